"""Synthetic truths drawn with the project's own renderer: a shape with a red front and a blue back."""

from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from mirror_core.attributes import Camera, ambient_light
from mirror_core.images import square_crop
from mirror_core.mesh import make_template
from mirror_core.rendering import RasterSettings, Renderer
from training.evaluation.three_d_methods import Prediction
from training.synthetic.truth import Truth

SIZE = 256
TEMPLATE = make_template(2562)


def two_sided_texture() -> Tensor:
    """Red where the template's front is, blue behind, stripes across both, (1, 3, 64, 128)."""
    texture = torch.zeros(1, 3, 64, 128)
    texture[:, 0, :, 32:96] = 0.9
    texture[:, 2, :, :32] = texture[:, 2, :, 96:] = 0.9
    texture[:, 1, ::8] = 0.5
    return texture


def egg() -> np.ndarray:
    """The template with a narrow head and a hollow in one side, so that no two sides are alike."""
    points = TEMPLATE.vertices.double().numpy().copy()
    points *= (1.0 - 0.4 * np.clip(points[:, 1:2], 0.0, None)) * (1.0, 1.0, 1.4)
    points[:, 0] -= 0.15 * np.exp(-8.0 * ((points - (0.4, -0.3, 0.0)) ** 2).sum(axis=1))
    return (points - (points.min(axis=0) + points.max(axis=0)) / 2.0).astype(np.float32)


def picture(vertices: np.ndarray, camera: Camera) -> np.ndarray:
    """(H, W, 4) uint8, colours not multiplied by alpha."""
    renderer = Renderer(
        image_size=(SIZE, SIZE),
        settings=RasterSettings(perspective_correct=True, cull_by_view=True),
        smooth_normals=True,
    )
    seen = renderer(torch.from_numpy(vertices)[None], TEMPLATE, camera, two_sided_texture(), ambient_light())
    assert seen.rgb is not None
    values = torch.cat([seen.rgb.clamp(0, 1), seen.mask], dim=1)[0].permute(1, 2, 0)
    return (values * 255).round().byte().numpy()


def make_truth(name: str = "egg", azimuth: float = 0.0, vertices: np.ndarray | None = None) -> Truth:
    """A truth of the egg, or of other vertices of the template, from 10 degrees above."""
    vertices = egg() if vertices is None else vertices
    camera = Camera.single(azimuth, 10.0, 2.6)
    seen = picture(vertices, camera)
    inside = seen[..., 3:] > 0
    turned = {turn: replace(camera, azimuth=camera.azimuth + turn) for turn in (90, 180, 270)}
    faces = TEMPLATE.faces.numpy().astype(np.int32)
    return Truth(
        name=name,
        category="garments",
        kind="egg",
        photo=np.where(inside, seen[..., :3], np.uint8(128)),
        mask=seen[..., 3],
        parts=inside[..., 0].astype(np.uint8),
        camera=camera,
        light=ambient_light()[0].numpy(),
        vertices=vertices,
        faces=faces,
        face_parts=np.ones(len(faces), np.uint8),
        closed=True,
        metres=1.0,
        texture=(two_sided_texture()[0].permute(1, 2, 0) * 255).round().byte().numpy(),
        visible=np.zeros((64, 128), np.uint8),
        template=vertices,
        views={turn: picture(vertices, camera) for turn, camera in turned.items()},
    )


def perfect(truth: Truth) -> Prediction:
    """What the truth itself would have answered."""
    mask = truth.mask.astype(np.float32) / 255.0
    crop = replace(square_crop(mask), left=0.0, top=0.0, size=float(SIZE))
    return Prediction(truth.vertices, TEMPLATE, truth.camera, two_sided_texture(), ambient_light(), crop)
