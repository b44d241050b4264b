"""Contact sheets: what an artist looks at first."""

from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.images import Photo
from mirror_core.pipelines.result import Reconstruction
from mirror_core.rendering import Renderer

TILE = 192
Picture = npt.NDArray[np.float32]
VIEWS = ((0.0, 0.0), (45.0, 10.0), (90.0, 0.0), (180.0, 0.0))
KEY_LIGHT = np.array([0.4, 0.5, 0.77], dtype=np.float32)


def contact_sheet(lines: list[Picture], path: Path) -> None:
    """Write the lines that `sheet_line` drew, two beside each other."""
    if len(lines) % 2:
        lines = [*lines, np.ones_like(lines[0])]
    pairs = [np.concatenate(lines[i : i + 2], axis=1) for i in range(0, len(lines), 2)]
    sheet = (np.concatenate(pairs, axis=0).clip(0.0, 1.0) * 255).astype(np.uint8)
    cv2.imwrite(str(path), sheet[..., ::-1])


def write_picture(picture: Float[Tensor, "3 H W"], path: Path) -> None:
    """Write a picture, sRGB 0..1, as PNG, JPEG or whatever the suffix says."""
    path.parent.mkdir(parents=True, exist_ok=True)
    levels = (picture.clamp(0.0, 1.0) * 255.0).byte().permute(1, 2, 0).numpy()
    cv2.imwrite(str(path), levels[..., ::-1])


def sheet_line(photo: Photo, result: Reconstruction) -> Picture:
    """Photo; textured front, three-quarter, side, back; shaded three-quarter and side; wire."""
    window = result.crop.apply(photo.pixels, TILE, outside=1.0)
    textured = [_view(result, azimuth, elevation, textured=True) for azimuth, elevation in VIEWS]
    shaded = [_view(result, azimuth, elevation, textured=False) for azimuth, elevation in VIEWS[1:3]]
    return np.concatenate([window, *textured, *shaded, _wire(result)], axis=1)


def _view(result: Reconstruction, azimuth: float, elevation: float, textured: bool) -> Picture:
    renderer = Renderer(image_size=(TILE * 2, TILE * 2), smooth_normals=True)
    texture = torch.from_numpy(result.texture).permute(2, 0, 1)[None].float() / 255.0
    seen = renderer(
        torch.from_numpy(result.vertices)[None],
        result.template,
        Camera.single(azimuth, elevation, result.camera.distance),
        texture,
        torch.from_numpy(result.light)[None],
    )
    assert seen.rgb is not None
    if textured:
        colour = seen.rgb[0].permute(1, 2, 0).numpy()
    else:
        normals = seen.normals[0].permute(1, 2, 0).numpy()
        colour = (0.25 + 0.7 * np.clip(normals @ KEY_LIGHT, 0, 1))[..., None] * np.array([0.85, 0.9, 1.0])
    mask = seen.mask[0, 0].numpy()[..., None]
    return _shrink((colour * mask + 1.0 - mask).astype(np.float32))


def _wire(result: Reconstruction) -> Picture:
    """The front's edges as the camera sees them."""
    scale = TILE * 2
    vertices = result.vertices
    ndc = vertices[:, :2] / (0.4 * (result.camera.distance - vertices[:, 2:]))
    points = np.stack([(ndc[:, 0] + 1) / 2, (1 - ndc[:, 1]) / 2], axis=1) * scale
    faces = result.template.faces.numpy()
    front = faces[result.template.vertices.numpy()[faces][..., 2].mean(axis=1) > 0]
    canvas = np.full((scale, scale, 3), 255, np.uint8)
    cv2.polylines(canvas, list(points[front].astype(np.int32)), True, (70, 70, 90), 1, cv2.LINE_AA)
    return _shrink(canvas.astype(np.float32) / 255.0)


def _shrink(picture: Picture) -> Picture:
    return np.asarray(cv2.resize(picture, (TILE, TILE), interpolation=cv2.INTER_AREA), dtype=np.float32)
