"""The photo itself as texture: every texel that the camera sees is sampled from the photo at full resolution.

Seen texels take the photo's colour. Unseen ones take what the completion network says lies behind the photo's pixels
(`mirror_core.completion`), or, mirrored, the colour of their mirror image in front or behind, as in 3D Magic Mirror,
section 3.2. What neither shows is filled from its surroundings. Where two sources meet they are blended by how squarely
the camera sees each, so no seam shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.completion import BackNetwork, complete_back
from mirror_core.fitting.visibility import seen_from_both_sides
from mirror_core.mesh import make_template
from mirror_core.rendering import RasterSettings
from mirror_core.rendering.backends import choose_backend
from mirror_core.rendering.scene import ProjectedFaces

Float32 = npt.NDArray[np.float32]
UInt8 = npt.NDArray[np.uint8]
Picture = TypeVar("Picture", UInt8, Float32)

ROWS = 256
"""Texel rows worked on at once: bounds memory and the time between two cancel checks."""

BLEND = 0.2
"""Confidence below which a texel begins to give way to what is said of the unseen side."""


@dataclass(frozen=True)
class BakedTexture:
    """A texture and how much of it is the photo's.

    Attributes:
        colours: (U, U, 3) uint8, sRGB; row 0 is the top (v = 1).
        confidence: (U, U) uint8; cosine of the angle under which the camera sees the texel, 0 where it does not.
        completion: (U, U) uint8; how sure the completion is of a colour that it gave, times its share in the texel.
    """

    colours: UInt8
    confidence: UInt8
    completion: UInt8


def bake_texture(
    vertices: Float32,
    camera: Camera,
    window: Float32,
    inside: npt.NDArray[np.bool_],
    size: int,
    tick: Callable[[str], None],
    network: BackNetwork | None = None,
) -> BakedTexture:
    """Sample the photo into the template's UV map.

    Args:
        vertices: (V, 3), model space.
        camera: one camera (B = 1).
        window: (P, P, 3), what the camera sees of the photo, 0..1.
        inside: (P, P), the object's pixels in it.
        size: side of the texture.
        tick: called between pieces of the work; may raise to stop.
        network: completes the unseen side; none: it is the seen one's mirror image.
    """
    template = make_template(len(vertices))
    tick("Extending the photo beyond its outline")
    source = extend_colours(window, inside)
    behind = None
    if network is not None and inside.any():
        tick("Imagining the unseen side")
        found = complete_back(source.astype(np.float32) / 255.0, inside, network)
        behind = np.rint(found.colours * 255.0).astype(np.uint8), found.confidence
    corners = seen_from_both_sides(vertices, template, camera)[template.faces.numpy()]
    baked = BakedTexture(
        np.empty((size, size, 3), np.uint8), np.empty((size, size), np.uint8), np.zeros((size, size), np.uint8)
    )
    for start in range(0, size, ROWS):
        tick("Sampling the photo")
        face, weights = texel_rows(len(vertices), size, start)
        values = np.einsum("hwk,hwkd->hwd", weights, corners[face])
        pixel = ((values[..., :2] * (1, -1) + 1.0) * (len(window) / 2) - 0.5).astype(np.float32)
        seen = np.ascontiguousarray(values[..., 2], np.float32)
        rows = slice(start, start + ROWS)
        own = _sample(source, pixel, cv2.INTER_CUBIC)
        if behind is None:
            baked.colours[rows] = _mirror(own, seen)
        else:
            unseen = np.ascontiguousarray(values[..., 3], np.float32)
            baked.colours[rows], baked.completion[rows] = _complete(own, behind, pixel, (seen, unseen))
        baked.confidence[rows] = np.rint(seen * 255.0)
    return baked


@lru_cache(maxsize=64)
def texel_rows(vertex_count: int, size: int, start: int) -> tuple[npt.NDArray[np.int32], Float32]:
    """For `ROWS` rows of texels from `start` on, each texel's face, (R, U), and barycentric weights in it, (R, U, 3).

    Texels beside the faces at the two poles belong to the nearest one.
    """
    template = make_template(vertex_count)
    rows = min(ROWS, size - start)
    corners = template.uv[template.uv_faces] * 2.0 - 1.0
    middle = 1.0 - (2 * start + rows) / size
    corners[..., 1] = (corners[..., 1] - middle) * (size / rows)
    flat = ProjectedFaces(corners[None], -torch.ones(1, len(corners), 3), torch.ones(1, len(corners), dtype=torch.bool))
    drawn = choose_backend("auto", corners.device).rasterize(flat, (rows, size), RasterSettings(boxlen=0.0))
    face = drawn.face_index[0].numpy().astype(np.int32)
    weights = drawn.barycentric[0].numpy()
    row, column = _nearest(face >= 0)
    beside = face < 0
    face[beside], weights[beside] = face[row, column], weights[row, column]
    return face, weights


def _nearest(known: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each unknown pixel, in row order, row and column of the nearest known one."""
    _, label = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5, labelType=cv2.DIST_LABEL_PIXEL
    )
    label = label.astype(np.int64)
    of_label = np.zeros(int(label.max()) + 1, dtype=np.int64)
    of_label[label[known]] = np.flatnonzero(known)
    row, column = np.unravel_index(of_label[label[~known]], known.shape)
    return row, column


def extend_colours(window: Float32, inside: npt.NDArray[np.bool_]) -> UInt8:
    """Carry the object's colours outwards over the background; (P, P, 3), 0..255.

    The outermost pixels of the object, mixed with the background by lens and sensor, are replaced as well.
    """
    border = max(2, round(len(window) / 200))
    kernel = np.ones((3, 3), np.uint8)
    core = cv2.erode(inside.astype(np.uint8), kernel, iterations=border, borderValue=0) > 0
    # Parts thinner than the border have no core: they keep their own colours.
    thick = cv2.dilate(core.astype(np.uint8), kernel, iterations=border + 1) > 0
    core |= inside & ~thick
    colours = np.rint(window * 255.0).astype(np.uint8)
    if core.any():
        colours[~core] = colours[_nearest(core)]
    return colours


def _sample(picture: Picture, pixel: Float32, how: int) -> Picture:
    """A window's values at positions (R, U, 2); its border's beyond it."""
    found: Any = cv2.remap(picture, pixel[..., 0], pixel[..., 1], how, borderMode=cv2.BORDER_REPLICATE)
    return found


def _complete(
    own: UInt8, behind: tuple[UInt8, Float32], pixel: Float32, seen: tuple[Float32, Float32]
) -> tuple[UInt8, UInt8]:
    """Some rows: colours, and how sure the completion is of its own.

    A surface that neither side sees, such as the body under an arm, is filled from nearby.

    Args:
        own: the photo's colours, (R, U, 3).
        behind: colours and confidence of the window's far side.
        pixel: where each texel lies in the window, (R, U, 2).
        seen: cosines from before and from behind, (R, U).
    """
    front, back = (np.clip(cosine / BLEND, 0.0, 1.0) for cosine in seen)
    back = back * (1.0 - front)
    colours = _sample(behind[0], pixel, cv2.INTER_LINEAR)
    merged = _filled(cv2.blendLinear(own, colours, front, back), np.maximum(front, back) > 0.05)
    sure = _sample(behind[1], pixel, cv2.INTER_LINEAR) * back
    return merged, np.rint(sure * 255.0).astype(np.uint8)


def _mirror(colours: UInt8, confidence: Float32) -> UInt8:
    """Some rows: unseen texels take the colour of their mirror image, u -> 1/2 - u; the rest is filled from nearby."""
    own = np.clip(confidence / BLEND, 0.0, 1.0)
    mirrored = _front_back(own)
    merged = cv2.blendLinear(colours, _front_back(colours), own, mirrored * (1.0 - own))
    return _filled(merged, np.maximum(own, mirrored) > 0.05)


def _filled(colours: npt.NDArray[np.generic], known: npt.NDArray[np.bool_]) -> UInt8:
    """Unknown texels take the nearest known one's colour."""
    values = np.asarray(colours, np.uint8)
    if known.any() and not known.all():
        values[~known] = values[_nearest(known)]
    return values


def _front_back(image: Picture) -> Picture:
    half = image.shape[1] // 2
    mirrored = np.empty_like(image)
    mirrored[:, :half], mirrored[:, half:] = image[:, half - 1 :: -1], image[:, : half - 1 : -1]
    return mirrored
