"""The project's template laid onto a figure: the truth in the order of vertices and the UV that every result has.

As a fit starts (`mirror_core.fitting.start`), the template's front covers the outline that the figure has from the
front; depths, and the colours of front and back, are the figure's own. What neither side shows is not in it.
"""

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import LinearNDInterpolator

from mirror_core.fitting.disk_map import map_to_disk
from mirror_core.fitting.region import region_from_mask
from mirror_core.mesh import make_template
from training.synthetic.piece import ByteArray, FloatArray, Piece
from training.synthetic.studio.layers import Frame, Layer, Surface
from training.synthetic.studio.raster import draw, find_normals
from training.synthetic.studio.surface import shade

VERTICES = 2562
TEXTURE = (160, 192)
"""Height and width of textures in the template's UV: the front half is as the smallest model sees photos."""
CELLS, FINENESS = 64, 4
"""The outline's resolution, and how many pixels of depth and colour there are to one of it."""
FAR = 100.0
"""Template units to the eye: so far that it is as good as orthographic."""


@dataclass(frozen=True)
class Laid:
    """The figure in the template's terms.

    Attributes:
        vertices: (2562, 3), template units.
        texture: (Ht, Wt, 3), sRGB without light.
        points: (Ht, Wt, 3), where each texel lies.
    """

    vertices: FloatArray
    texture: ByteArray
    points: FloatArray


@dataclass(frozen=True)
class _Side:
    """What is seen from the front, or from behind and mirrored so that x runs the same way."""

    covered: npt.NDArray[np.bool_]
    depth: FloatArray
    colour: FloatArray


def lay_template(pieces: list[Piece]) -> Laid:
    """Lay the template onto pieces that stand in template units, centred."""
    reach = 1.03 * max(float(np.abs(piece.vertices[piece.faces.ravel(), :2]).max()) for piece in pieces)
    front, back = (_filled(_look(pieces, reach, sign)) for sign in (1.0, -1.0))
    share = cv2.resize(front.covered.astype(np.float32), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    region = region_from_mask(share > 0.5)
    place = LinearNDInterpolator(map_to_disk(region), region.nodes)
    corners, texels = _directions()
    vertices, _ = _lift(place, corners, reach, (front, back))
    points, colours = _lift(place, texels.reshape(-1, 3), reach, (front, back))
    return Laid(
        vertices, np.clip(colours * 255, 0, 255).astype(np.uint8).reshape(*TEXTURE, 3), points.reshape(*TEXTURE, 3)
    )


def _look(pieces: list[Piece], reach: float, sign: float) -> _Side:
    size = CELLS * FINENESS
    frame = Frame(
        np.full((size, size), -1, np.int16), np.full((size, size), -1, np.int32), np.zeros((size, size), np.float32)
    )
    layers = [_flat(piece, reach, sign) for piece in pieces]
    for number, (layer, piece) in enumerate(zip(layers, pieces, strict=True)):
        draw(number, layer, piece.cutout, frame)
    surface = Surface(*(np.zeros((size, size, *more), np.float32) for more in ((3,), (3,), (3,), ())))
    for number, layer in enumerate(layers):
        shade(number, layer, np.zeros(9), frame, surface)
    covered = frame.piece >= 0
    depth = sign * (FAR - 1.0 / np.where(covered, frame.inverse, 1.0 / FAR))
    return _Side(covered, depth.astype(np.float32), surface.albedo)


def _flat(piece: Piece, reach: float, sign: float) -> Layer:
    """A piece seen along z; from behind it is not turned around, so both sides lie on the same pixels."""
    size = CELLS * FINENESS
    points = np.ascontiguousarray(piece.vertices, np.float32)
    image = (np.stack([points[:, 0], -points[:, 1]], axis=1) / reach + 1.0) * (0.5 * size)
    inverse = (1.0 / (FAR - sign * points[:, 2])).astype(np.float32)
    texture = piece.texture if piece.cutout else cv2.resize(piece.texture, (256, 256), interpolation=cv2.INTER_AREA)
    layer = Layer(
        points, image.astype(np.float32), inverse, np.empty_like(points), piece.faces, piece.uv, piece.uv_faces,
        np.ascontiguousarray(texture),
    )  # fmt: skip
    find_normals(layer)
    return layer


def _filled(side: _Side) -> _Side:
    """With the nearest covered pixel's depth and colour where nothing is covered."""
    empty = (~side.covered).astype(np.uint8)
    label = np.asarray(cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)[1], int)
    source = np.zeros(int(label.max()) + 1, np.int64)
    source[label[side.covered]] = np.flatnonzero(side.covered)
    nearest = source[label].ravel()
    depth = side.depth.ravel()[nearest].reshape(side.depth.shape)
    return _Side(side.covered, depth, side.colour.reshape(-1, 3)[nearest].reshape(side.colour.shape))


def _lift(
    place: LinearNDInterpolator, directions: FloatArray, reach: float, sides: tuple[_Side, _Side]
) -> tuple[FloatArray, FloatArray]:
    """Points (N, 3) and colours (N, 3) of the figure for directions (N, 3) of the template as a sphere."""
    x, y, z = directions.T
    scale = (1.0 - 2e-3) / np.sqrt(1.0 + np.abs(z))
    plane = place(x * scale, y * scale)
    size = CELLS * FINENESS
    column, row = (((plane * (1.0, -1.0)) + 1.0) * (0.5 * size)).astype(int).clip(0, size - 1).T
    depths, colours = (
        [side.depth[row, column] for side in sides],
        [side.colour[row, column] for side in sides],
    )
    forward = np.clip(0.5 + 50.0 * z, 0.0, 1.0)  # on the rim front and back meet in the middle
    depth = forward * depths[0] + (1.0 - forward) * depths[1]
    colour = np.where((z >= 0)[:, None], colours[0], colours[1])
    return np.column_stack([plane * reach, depth]).astype(np.float32), colour


@lru_cache(maxsize=1)
def _directions() -> tuple[FloatArray, FloatArray]:
    """Of the template's vertices (V, 3) and of the texels (Ht, Wt, 3), as points of the unit sphere."""
    template = make_template(VERTICES)
    vertices = template.vertices.double().numpy()
    sphere = vertices / np.abs(vertices).max(axis=0)
    corner = LinearNDInterpolator(template.uv.double().numpy(), sphere[template.uv_vertex.numpy()])
    height, width = TEXTURE
    u, v = np.meshgrid((np.arange(width) + 0.5) / width, 1.0 - (np.arange(height) + 0.5) / height)
    texels = corner(u, v)
    missing = np.isnan(texels[..., 0])
    return _unit(sphere), _unit(
        np.where(missing[..., None], np.array([0.0, 1.0, 0.0]) * np.sign(v - 0.5)[..., None], texels)
    )


def _unit(points: npt.NDArray[np.floating]) -> FloatArray:
    return (points / np.linalg.norm(points, axis=-1, keepdims=True)).astype(np.float32)
