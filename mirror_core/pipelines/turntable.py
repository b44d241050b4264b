"""A result turned around once: a sheet of pictures or an animation, to look at it without opening Blender."""

import io
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.attributes.light import Y00
from mirror_core.checks import check_range
from mirror_core.errors import CancelledError, InputError
from mirror_core.files import check_absent, write_files
from mirror_core.pipelines.result import Reconstruction
from mirror_core.rendering import RasterSettings, Renderer
from mirror_core.rendering.shading import SH_FACTORS

Picture = npt.NDArray[np.uint8]

ELEVATION = 8.0
SECONDS = 4.0
"""Of one turn of the animation."""

AMBIENT, KEY = 0.75, 0.3
KEY_DIRECTION = (-0.4, 0.5, 0.77)
"""In camera space: from the upper left, behind the viewer; it stays there while the model turns."""


def turntable(
    result: Reconstruction,
    path: Path | str,
    *,
    frames: int = 24,
    size: int = 256,
    overwrite: bool = False,
    progress: Callable[[int, int, str], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Path:
    """Draw a result from all around, on white, under a soft light.

    Args:
        result: what to draw; its own light is not used.
        path: .png for one sheet of all frames, row by row, or .gif for an animation.
        frames: how many views, from the front and on to the model's right (azimuth rises).
        size: height and width of each in pixels.
        overwrite: replace a file that exists.
        progress: called with (frames done, all frames, what is being done).
        cancelled: asked before each frame; true stops.

    Raises:
        InputError: the suffix, `frames` (1..360) or `size` (16..2048) is not usable.
        OutputError: the file exists, or the disk refuses.
        CancelledError: `cancelled` said so.
    """
    path = Path(path)
    if path.suffix.lower() not in (".png", ".gif"):
        raise InputError(f"{path.name} has the suffix {path.suffix!r}.", "Choose .png for a sheet or .gif.")
    check_range("frames", float(frames), 1.0, 360.0)
    check_range("size", float(size), 16.0, 2048.0)
    if not overwrite:
        check_absent([path])
    pictures: list[Picture] = []
    for frame in range(frames):
        if cancelled is not None and cancelled():
            raise CancelledError("The turntable was cancelled.")
        if progress is not None:
            progress(frame, frames, "Drawing the turntable")
        pictures.append(draw_view(result, 360.0 * frame / frames, size))
    write_files(
        {path: _sheet(pictures) if path.suffix.lower() == ".png" else _animation(pictures)}, overwrite=overwrite
    )
    if progress is not None:
        progress(frames, frames, "Done")
    return path


def draw_view(result: Reconstruction, azimuth: float, size: int) -> Picture:
    """One view (size, size, 3), sRGB, the model centred; all views of one result have the same scale."""
    centre = (result.vertices.min(axis=0) + result.vertices.max(axis=0)) / 2
    vertices = torch.as_tensor(result.vertices - centre)[None]
    camera = Camera.single(azimuth, ELEVATION, _distance(result.vertices - centre))
    fine = 2 * size  # drawn twice as large and averaged, for smooth edges
    renderer = Renderer(
        image_size=(fine, fine),
        settings=RasterSettings(perspective_correct=True, cull_by_view=True),
        smooth_normals=True,
    )
    with torch.no_grad():
        image = renderer(vertices, result.template, camera, _texture(result.texture, fine), _light())
    assert image.rgb is not None, "a texture was given"
    rgb = image.rgb.clamp(0.0, 1.0) + (1.0 - image.mask)
    small = torch.nn.functional.avg_pool2d(rgb.clamp(0.0, 1.0), 2)[0]
    return np.asarray((small * 255.0).round().to(torch.uint8).permute(1, 2, 0).numpy())


def _distance(centred: npt.NDArray[np.float32]) -> float:
    """From where the whole model is in view at every azimuth, with a margin of 8 %.

    A point at radius r and height y, turned by t, is in view if depth + |across| * slope <= distance, with
    depth = r cos t cos e + y sin e, across = r sin t or y cos e - r cos t sin e; this is the worst t of each.
    """
    slope = 1.08 / HALF_VIEW
    sine, cosine = np.sin(np.radians(ELEVATION)), np.cos(np.radians(ELEVATION))
    r, y = np.linalg.norm(centred[:, [0, 2]], axis=1), centred[:, 1]
    sideways = y * sine + r * np.hypot(cosine, slope)
    up = y * (sine + slope * cosine) + r * abs(cosine - slope * sine)
    down = y * (sine - slope * cosine) + r * abs(cosine + slope * sine)
    return float(max(sideways.max(), up.max(), down.max(), 1e-3))


def _texture(texture: Picture, pixels: int) -> torch.Tensor:
    """As a tensor, averaged down to a texel or two a pixel so that fine patterns do not flicker."""
    side = 2 * pixels
    if texture.shape[0] > side:
        texture = np.asarray(cv2.resize(texture, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    return torch.as_tensor(texture).permute(2, 0, 1)[None].float() / 255.0


def _light() -> torch.Tensor:
    """AMBIENT + KEY * (normal . direction), as spherical harmonics in kaolin's order 1, x, z, y."""
    x, y, z = np.array(KEY_DIRECTION) / np.linalg.norm(KEY_DIRECTION)
    light = torch.zeros(1, 9)
    light[0, 0] = AMBIENT / Y00
    light[0, 1:4] = torch.tensor([float(x), float(z), float(y)]) * (KEY / SH_FACTORS[1])
    return light


def _sheet(pictures: list[Picture]) -> bytes:
    count, size = len(pictures), len(pictures[0])
    columns = count if count <= 4 else int(np.ceil(np.sqrt(1.5 * count)))
    rows = -(-count // columns)
    sheet = np.full((rows * size, columns * size, 3), 255, np.uint8)
    for number, picture in enumerate(pictures):
        top, left = number // columns * size, number % columns * size
        sheet[top : top + size, left : left + size] = picture
    return _encoded(Image.fromarray(sheet), "PNG")


def _animation(pictures: list[Picture]) -> bytes:
    first, *rest = (Image.fromarray(picture) for picture in pictures)
    duration = max(20, round(1000 * SECONDS / len(pictures)))
    return _encoded(first, "GIF", save_all=True, append_images=rest, duration=duration, loop=0)


def _encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, kind, **options)
    return buffer.getvalue()
