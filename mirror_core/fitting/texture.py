"""The photo itself as texture: every texel that the camera sees is sampled from the photo at full resolution.

Seen texels take the photo's colour; unseen ones that of their mirror image in front or behind, as in 3D Magic Mirror,
section 3.2; what neither shows is filled from its surroundings. Where two sources meet they are blended by how
squarely the camera sees each, so no seam shows.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeVar

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.mesh import Template, make_template
from mirror_core.mesh.normals import vertex_normals
from mirror_core.rendering import RasterSettings, Renderer
from mirror_core.rendering.backends import choose_backend
from mirror_core.rendering.projection import camera_space
from mirror_core.rendering.scene import ProjectedFaces

Float32 = npt.NDArray[np.float32]
UInt8 = npt.NDArray[np.uint8]
Picture = TypeVar("Picture", UInt8, Float32)

ROWS = 256
"""Texel rows worked on at once: bounds memory and the time between two cancel checks."""

BLEND = 0.2
"""Confidence below which a texel begins to give way to its mirror image."""


@dataclass(frozen=True)
class BakedTexture:
    """A texture and how much of it is the photo's.

    Attributes:
        colours: (U, U, 3) uint8, sRGB; row 0 is the top (v = 1).
        confidence: (U, U) uint8; cosine of the angle under which the camera sees the texel, 0 where it does not.
    """

    colours: UInt8
    confidence: UInt8


def bake_texture(
    vertices: Float32,
    camera: Camera,
    window: Float32,
    inside: npt.NDArray[np.bool_],
    size: int,
    tick: Callable[[str], None],
) -> BakedTexture:
    """Sample the photo into the template's UV map.

    Args:
        vertices: (V, 3), model space.
        camera: one camera (B = 1).
        window: (P, P, 3), what the camera sees of the photo, 0..1.
        inside: (P, P), the object's pixels in it.
        size: side of the texture.
        tick: called between pieces of the work; may raise to stop.
    """
    template = make_template(len(vertices))
    tick("Extending the photo beyond its outline")
    source = extend_colours(window, inside)
    corners = _seen_from(vertices, template, camera)[template.faces.numpy()]
    colours = np.empty((size, size, 3), np.uint8)
    confidence = np.empty((size, size), np.float32)
    for start in range(0, size, ROWS):
        tick("Sampling the photo")
        face, weights = texel_rows(len(vertices), size, start)
        rows = slice(start, start + ROWS)
        values = np.einsum("hwk,hwkd->hwd", weights, corners[face])
        pixel = ((values[..., :2] * (1, -1) + 1.0) * (len(window) / 2) - 0.5).astype(np.float32)
        x, y = pixel[..., 0], pixel[..., 1]
        colours[rows] = cv2.remap(source, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
        confidence[rows] = values[..., 2]
    for start in range(0, size, ROWS):
        tick("Filling the unseen side")
        rows = slice(start, start + ROWS)
        colours[rows] = _complete(colours[rows], confidence[rows])
    return BakedTexture(colours, np.rint(confidence * 255.0).astype(np.uint8))


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


def _seen_from(vertices: Float32, template: Template, camera: Camera) -> Float32:
    """For each vertex its NDC position and the cosine under which the camera sees it, 0 where hidden; (V, 3)."""
    points = torch.from_numpy(vertices)[None].float()
    seen = camera_space(points, camera)[0]
    ndc = seen[:, :2] / (-seen[:, 2:] * HALF_VIEW)
    normals = vertex_normals(seen[None], template.faces)[0]
    cosine = torch.nn.functional.cosine_similarity(normals, -seen, dim=1)
    nearest = Renderer(image_size=(512, 512))(points, template, camera).depth
    at_vertex = torch.nn.functional.grid_sample(
        nearest, (ndc * torch.tensor([1.0, -1.0]))[None, None], mode="nearest", align_corners=False
    )[0, 0, 0]
    hidden = (at_vertex > 0) & (-seen[:, 2] > at_vertex + 0.03)
    cosine = torch.where(hidden, torch.zeros(()), cosine.clamp(min=0.0))
    return torch.cat([ndc, cosine[:, None]], dim=1).numpy()


def _complete(colours: UInt8, confidence: Float32) -> UInt8:
    """Some rows: unseen texels take the colour of their mirror image, u -> 1/2 - u; the rest is filled from nearby."""
    own = np.clip(confidence / BLEND, 0.0, 1.0)
    mirrored = _front_back(own)
    merged = cv2.blendLinear(colours, _front_back(colours), own, mirrored * (1.0 - own))
    known = np.maximum(own, mirrored) > 0.05
    if known.any() and not known.all():
        merged[~known] = merged[_nearest(known)]
    return np.asarray(merged, dtype=np.uint8)


def _front_back(image: Picture) -> Picture:
    half = image.shape[1] // 2
    mirrored = np.empty_like(image)
    mirrored[:, :half], mirrored[:, half:] = image[:, half - 1 :: -1], image[:, : half - 1 : -1]
    return mirrored
