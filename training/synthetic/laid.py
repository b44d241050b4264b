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
from mirror_core.fitting.region import Region, region_from_mask, rounded_nodes
from mirror_core.mesh import make_template
from training.synthetic.laid_kernel import interpolate
from training.synthetic.piece import ByteArray, FloatArray, Piece
from training.synthetic.studio.layers import Frame, Layer, Surface
from training.synthetic.studio.raster import draw, find_normals
from training.synthetic.studio.surface import shade

VERTICES = 2562
TEXTURE = (160, 192)
"""Height and width of textures in the template's UV: the front half is as the smallest model sees photos."""
CELLS, FINENESS = 96, 3
"""The outline's resolution, and how many pixels of depth and colour there are to one of it."""
GRID = 64
"""Cells across the disk, in which its spots are sought."""
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
    colour: ByteArray


def lay_template(pieces: list[Piece], reach: float) -> Laid:
    """Lay the template onto pieces.

    Args:
        pieces: in template units, centred.
        reach: how far they reach in x or y at most.
    """
    reach = 1.03 * reach  # a little room, so that the outline is closed
    front, back = (_filled(_look(pieces, reach, sign)) for sign in (1.0, -1.0))
    share = cv2.resize(front.covered.astype(np.float32), (CELLS, CELLS), interpolation=cv2.INTER_AREA)
    region = region_from_mask(share > 0.5)
    spots = _spots()
    plane = _place(region, map_to_disk(region), spots)
    size = CELLS * FINENESS
    column, row = ((plane * (1.0, -1.0) + 1.0) * (0.5 * size)).astype(int).clip(0, size - 1).T
    depth = np.stack([side.depth[row, column] for side in (front, back)])[:, spots.number]
    # On the rim front and back meet in the middle.
    middle = spots.forward * depth[0] + (1.0 - spots.forward) * depth[1]
    points = np.column_stack([plane[spots.number] * reach, middle]).astype(np.float32)
    colours = np.concatenate([side.colour[row, column] for side in (front, back)])
    behind = spots.forward[VERTICES:] < 0.5
    texture = colours[spots.number[VERTICES:] + behind * len(plane)]
    return Laid(points[:VERTICES], texture.reshape(*TEXTURE, 3), points[VERTICES:].reshape(*TEXTURE, 3))


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
    colour = np.clip(surface.albedo * 255.0, 0, 255).astype(np.uint8)
    return _Side(covered, depth.astype(np.float32), colour)


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
    nearest = _nearest(side.covered)
    depth = side.depth.ravel()[nearest].reshape(side.depth.shape)
    return _Side(side.covered, depth, side.colour.reshape(-1, 3)[nearest].reshape(side.colour.shape))


def _nearest(covered: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """For each pixel the number of the covered pixel nearest to it, (H * W,)."""
    empty = (~covered).astype(np.uint8)
    label = np.asarray(cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL)[1], int)
    source = np.zeros(int(label.max()) + 1, np.int64)
    source[label[covered]] = np.flatnonzero(covered)
    return source[label].ravel()


def _place(region: Region, disk: npt.NDArray[np.floating], spots: "_Spots") -> FloatArray:
    """Where spots of the disk lie in the region, (S, 2)."""
    corners, nodes = disk.astype(np.float64), rounded_nodes(region)
    plane = np.full(spots.disk.shape, np.nan)
    interpolate(corners, region.triangles, nodes, spots.disk, spots.start, plane)
    missed = np.isnan(plane[:, 0])  # the outline is a polygon, which cuts slivers off the circle
    apart = ((spots.disk[missed, None] - corners[None, region.loop]) ** 2).sum(axis=2)
    plane[missed] = nodes[region.loop[apart.argmin(axis=1)]]
    return plane.astype(np.float32)


@dataclass(frozen=True)
class _Spots:
    """Where on the unit disk the template's vertices and then the texels lie; front and back share their spots.

    Attributes:
        disk: (S, 2), each spot once, ordered by the cells of a grid.
        start: (GRID ** 2 + 1,), how many spots are in the cells before each.
        number: (V + Ht * Wt,), which spot each has.
        forward: (V + Ht * Wt,), 1 on the front, 0 on the back, between on the rim.
    """

    disk: npt.NDArray[np.float64]
    start: npt.NDArray[np.int64]
    number: npt.NDArray[np.int64]
    forward: FloatArray


@lru_cache(maxsize=1)
def _spots() -> _Spots:
    template = make_template(VERTICES)
    vertices = template.vertices.double().numpy()
    sphere = vertices / np.abs(vertices).max(axis=0)
    corner = LinearNDInterpolator(template.uv.double().numpy(), sphere[template.uv_vertex.numpy()])
    height, width = TEXTURE
    u, v = np.meshgrid((np.arange(width) + 0.5) / width, 1.0 - (np.arange(height) + 0.5) / height)
    texels = corner(u, v).reshape(-1, 3)
    pole = np.array([0.0, 1.0, 0.0]) * np.sign(v.reshape(-1, 1) - 0.5)
    every = np.concatenate([sphere, np.where(np.isnan(texels), pole, texels)])
    x, y, z = (every / np.linalg.norm(every, axis=1, keepdims=True)).T
    # Lambert's equal-area map, as a fit starts with; a hair inside the circle, so that no spot is outside the map.
    disk = np.stack([x, y], axis=1) * ((1.0 - 2e-3) / np.sqrt(1.0 + np.abs(z)))[:, None]
    cell = ((disk + 1.0) * (0.5 * GRID)).astype(int).clip(0, GRID - 1)
    rows = np.column_stack([cell[:, 1] * GRID + cell[:, 0], disk.round(6)])
    single, number = np.unique(rows, axis=0, return_inverse=True)
    start = np.searchsorted(single[:, 0], np.arange(GRID**2 + 1))
    forward = np.clip(0.5 + 50.0 * z, 0.0, 1.0).astype(np.float32)
    return _Spots(np.ascontiguousarray(single[:, 1:]), start, number.ravel(), forward)
