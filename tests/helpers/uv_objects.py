"""Eggs of different widths and colours, photographed from known cameras: the smallest data for ConvMesh."""

import numpy as np
import torch

from mirror_core.attributes import Camera
from mirror_core.generators import ConvMeshConfig, make_generator_config
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer
from training.datasets.uv_codes import CodeSettings
from training.datasets.uv_maps import UvMaps, UvObjects

SIZE = (48, 32)
TEXTURE = 16
TEMPLATE = make_template(642)


def tiny_config(**changes: object) -> ConvMeshConfig:
    """A generator of a few thousand parameters."""
    small = {
        "code": 6,
        "texture": 16,
        "map": 16,
        "trunk": (8, 8),
        "mesh_width": 4,
        "texture_widths": (),
        "modes": 8,
        "kinds": 2,
    }
    return make_generator_config("lite", **{**small, "texture_last": 4, **changes})


def eggs(count: int = 12, seed: int = 0) -> UvObjects:
    """Objects, each in one photo; the first third shows only the front half of its texture."""
    rng = np.random.default_rng(seed)
    scale = rng.uniform(0.6, 1.2, (count, 1, 3)).astype(np.float32)
    vertices = (TEMPLATE.vertices.numpy() * scale).astype(np.float32)
    vertices[..., 0] += 0.1 * vertices[..., 1] * rng.uniform(-1, 1, (count, 1))
    textures = np.full((count, TEXTURE, TEXTURE, 4), 255, np.uint8)
    textures[..., :3] = rng.integers(30, 220, (count, 1, 1, 3))
    textures[:, : TEXTURE // 4, :, :3] //= 2
    cameras = np.stack([rng.uniform(-40, 40, count), rng.uniform(0, 10, count), np.full(count, 2.8)], axis=1)
    cameras = np.concatenate([cameras, np.zeros((count, 2))], axis=1).astype(np.float32)
    pictures = np.stack([photograph(*one) for one in zip(vertices, textures, cameras, strict=True)])
    part = textures[: count // 3]
    part[:, :, : TEXTURE // 4], part[:, :, -TEXTURE // 4 :] = 0, 0
    return UvObjects(vertices, textures, pictures, cameras, np.arange(count), np.zeros(count, np.int64))


def photograph(vertices: np.ndarray, texture: np.ndarray, numbers: np.ndarray) -> np.ndarray:
    """(H, W, 4) uint8, before grey."""
    camera = Camera.single(float(numbers[0]), float(numbers[1]), float(numbers[2]))
    paint = torch.from_numpy(texture[..., :3]).permute(2, 0, 1)[None].float() / 255
    seen = Renderer(image_size=SIZE)(torch.from_numpy(vertices)[None], TEMPLATE, camera, paint)
    assert seen.rgb is not None
    values = torch.cat([seen.rgb + 0.5 * (1.0 - seen.mask), seen.mask], dim=1)[0].permute(1, 2, 0)
    return (values * 255).round().byte().numpy()


PLACING = CodeSettings(shape=3)


def egg_maps(count: int = 12, placing: CodeSettings | None = PLACING, **changes: object) -> UvMaps:
    """The eggs as a source."""
    return UvMaps.of(eggs(count), tiny_config(**changes), placing)
