"""The last step, outside the generator's range (ours): the outline fitted, the photo as texture where it shows it."""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.fitting.optimise import Target, fit_vertices, refine
from mirror_core.fitting.settings import FitSettings
from mirror_core.fitting.texture import BLEND, bake_texture
from mirror_core.images import Photo
from mirror_core.mesh import LEVELS

Float32 = npt.NDArray[np.float32]
UInt8 = npt.NDArray[np.uint8]

MATCH_PIXELS = 128
"""Side of the map on which colours are matched: what is finer stays the generator's."""
MARGIN = 4
"""Texels that a texture is continued by at its edges before it is enlarged."""


@dataclass(frozen=True)
class Finished:
    """What becomes the result.

    Attributes:
        vertices: (V, 3).
        texture: (U, U, 3), sRGB.
        confidence: (U, U); 255 where the photo shows the texel straight on, 0 where the generator made it up.
    """

    vertices: Float32
    texture: UInt8
    confidence: UInt8


def plain(vertices: Float32, texture: Float[Tensor, "3 Ht Wt"], count: int, size: int) -> Finished:
    """The generator's answer as it is, on `count` vertices, its texture enlarged to `size` texels."""
    finer = vertices.astype(np.float64)
    while len(finer) < count:
        finer = refine(finer)
    colours = np.rint(np.clip(enlarged(texture, size), 0.0, 1.0) * 255.0).astype(np.uint8)
    return Finished(finer.astype(np.float32), colours, np.zeros((size, size), np.uint8))


def fitted(
    found: tuple[Float32, Float[Tensor, "3 Ht Wt"]],
    photo: Photo,
    target: Target,
    camera: Camera,
    settings: FitSettings,
    tick: Callable[[str], None],
) -> Finished:
    """Fit the found vertices (of the coarsest template) to the outline and take the photo's colours where it shows any.

    Where the photo shows nothing, the texture is the generator's, brought to the photo's colours along the rim.

    Args:
        found: vertices and texture of the inversion.
        photo: its pixels become texture.
        target: its mask and window.
        camera: one camera (B = 1) that looks through the window.
        settings: of the fit, whose start is a model.
        tick: called between pieces of the work; may raise to stop.
    """
    vertices = fit_vertices(found[0].astype(np.float64), target, camera, settings, tick).astype(np.float32)
    size = settings.texture_size
    pixels = min(max(round(target.crop.size), 256), size)
    window = np.clip(target.crop.apply(photo.pixels, pixels), 0.0, 1.0)
    inside = target.crop.apply(target.mask, pixels) > 0.5
    baked = bake_texture(vertices, camera, window, inside, size, tick)
    tick("Matching colours")
    shown = np.clip(baked.confidence.astype(np.float32) / 255.0 / BLEND, 0.0, 1.0)
    made = enlarged(found[1], size)
    own = baked.colours.astype(np.float32) / 255.0
    made = made + rim_match(own - made, shown)
    colours = shown[..., None] * own + (1.0 - shown[..., None]) * made
    return Finished(vertices, np.rint(np.clip(colours, 0.0, 1.0) * 255.0).astype(np.uint8), baked.confidence)


def enlarged(texture: Float[Tensor, "3 Ht Wt"], size: int) -> Float32:
    """A texture with `size` texels a side, (U, U, 3), interpolated by cubics; u wraps around, v stops at the border."""
    picture = texture.detach().cpu().permute(1, 2, 0).numpy()
    height, width = picture.shape[:2]
    wrapped = np.pad(picture, ((0, 0), (MARGIN, MARGIN), (0, 0)), mode="wrap")
    padded = np.pad(wrapped, ((MARGIN, MARGIN), (0, 0), (0, 0)), mode="edge")
    x, y = ((np.arange(size) + 0.5) * (length / size) - 0.5 + MARGIN for length in (width, height))
    maps = np.meshgrid(x.astype(np.float32), y.astype(np.float32))
    found = cv2.remap(padded, maps[0], maps[1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found, np.float32)


def rim_match(difference: Float32, known: Float32) -> Float32:
    """A difference (U, U, 3) continued smoothly to where it is not known (weights (U, U), 0 to 1).

    By a pyramid of weighted means (pull-push): near what is known the local difference, far from it the mean one.
    """
    size = len(known)
    half = min(MATCH_PIXELS, size)
    # The seam runs down the middle of the back, which the photo does not show: turned to the front for the while.
    values = np.roll(np.concatenate([difference * known[..., None], known[..., None]], axis=2), size // 2, axis=1)
    levels = [np.asarray(cv2.resize(values, (half, half), interpolation=cv2.INTER_AREA), np.float32)]
    while len(levels[-1]) > 1:
        side = max(len(levels[-1]) // 2, 1)
        levels.append(np.asarray(cv2.resize(levels[-1], (side, side), interpolation=cv2.INTER_AREA), np.float32))
    filled = levels[-1][..., :3] / np.maximum(levels[-1][..., 3:], 1e-6)
    for level in levels[-2::-1]:
        coarse = np.asarray(cv2.resize(filled, level.shape[1::-1], interpolation=cv2.INTER_LINEAR), np.float32)
        weight = level[..., 3:]
        filled = weight * (level[..., :3] / np.maximum(weight, 1e-6)) + (1.0 - weight) * coarse
    full = cv2.resize(filled, (size, size), interpolation=cv2.INTER_LINEAR)
    return np.roll(np.asarray(full, np.float32), -(size // 2), axis=1)


def fit_settings(kind: str, vertices: int, texture_size: int, seed: int, device: str) -> FitSettings:
    """Those of the last step: the found shape is a model's answer."""
    return FitSettings(
        kind=kind,
        vertices=vertices,
        texture_size=texture_size,
        start="model",
        back="mirrored",
        seed=seed,
        device=device,
    )


COARSEST = LEVELS[0]
"""Vertices that the last step begins with."""


def as_array(vertices: Float[Tensor, "1 V 3"]) -> Float32:
    """One mesh's vertices."""
    return vertices[0].detach().cpu().numpy().astype(np.float32)
