"""The start of a fit: the template laid onto the photo's outline and inflated.

Most of the answer is here. The template's rim lies on the outline, its front covers the region without a fold, its
back mirrors the front, and the thickness follows the width. The optimisation that follows only has to be small.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.fitting.disk_map import locate, map_to_disk
from mirror_core.fitting.inflate import inflate
from mirror_core.fitting.region import Region, region_from_mask
from mirror_core.mesh import Template

FloatArray = npt.NDArray[np.float64]


def outline_start(
    template: Template,
    mask: npt.NDArray[np.bool_],
    distance: float,
    ratio: float,
    tick: Callable[[str], None] = lambda _: None,
) -> FloatArray:
    """Vertices (V, 3) in model space that a frontal camera at `distance` sees exactly within the mask.

    Args:
        template: the mesh to lay onto the photo.
        mask: (R, R), what the camera sees, row 0 at the top.
        distance: of the camera from the origin, template units.
        ratio: thickness over width of a long strip.
        tick: called between pieces of the work; may raise to stop.
    """
    tick("Reading the outline")
    region = region_from_mask(mask)
    disk = map_to_disk(region, lambda: tick("Laying the template onto the outline"))
    tick("Inflating")
    directions = _directions(template)
    front = np.flatnonzero(directions[:, 2] >= 0.0)
    face, weights = locate(disk, region.triangles, _lambert(directions[front]))
    corners = region.triangles[face]
    position = (_rounded(region)[corners] * weights[..., None]).sum(axis=1)
    squared = (_at_nodes(region, inflate(region.cells, ratio))[corners] * weights).sum(axis=1)
    half = HALF_VIEW * distance * np.sqrt(np.maximum(squared, 0.0))
    half[directions[front, 2] == 0.0] = 0.0
    return _lift(template, front, position, half, distance)


def ellipsoid_start(template: Template, mask: npt.NDArray[np.bool_], distance: float) -> FloatArray:
    """The papers' start: the template as it is, scaled and shifted to the mask's bounding box."""
    size = mask.shape[0]
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    left, right = columns[0] / size * 2 - 1, (columns[-1] + 1) / size * 2 - 1
    top, bottom = 1 - rows[0] / size * 2, 1 - (rows[-1] + 1) / size * 2
    vertices = template.vertices.double().numpy()
    reach = np.abs(vertices).max(axis=0)
    scale = HALF_VIEW * distance * np.array([(right - left) / 2, (top - bottom) / 2]) / reach[:2]
    middle = HALF_VIEW * distance * np.array([(left + right) / 2, (top + bottom) / 2])
    return np.concatenate([vertices[:, :2] * scale + middle, vertices[:, 2:] * scale[0]], axis=1)


def _directions(template: Template) -> FloatArray:
    """The template as a unit sphere."""
    vertices = template.vertices.double().numpy()
    sphere = vertices / np.abs(vertices).max(axis=0)
    return sphere / np.linalg.norm(sphere, axis=1, keepdims=True)


def _lambert(directions: FloatArray) -> FloatArray:
    """Lambert's equal-area map of the front hemisphere to the unit disk; the rim stays a hair inside the circle."""
    x, y, z = directions.T
    scale = (1.0 - 1e-6) / np.sqrt(1.0 + z)
    return np.stack([x * scale, y * scale], axis=1)


def _rounded(region: Region) -> FloatArray:
    """The region's nodes with the stairs of the pixels' outline smoothed away."""
    nodes = region.nodes.copy()
    outline = nodes[region.loop]
    for _ in range(2):
        outline = 0.5 * outline + 0.25 * (np.roll(outline, 1, axis=0) + np.roll(outline, -1, axis=0))
    nodes[region.loop] = outline
    return nodes


def _at_nodes(region: Region, squared: FloatArray) -> FloatArray:
    """A picture's value at each node: the mean of the four pixels around it, 0 on the outline (not on cuts)."""
    size = region.cells.shape[0]
    padded, covered = np.pad(squared, 1), np.pad(region.cells, 1)
    corner = (padded[:-1, :-1] + padded[:-1, 1:] + padded[1:, :-1] + padded[1:, 1:]) / 4.0
    inside = covered[:-1, :-1] & covered[:-1, 1:] & covered[1:, :-1] & covered[1:, 1:]
    column = np.rint((region.nodes[:, 0] + 1.0) / 2.0 * size).astype(int)
    row = np.rint((1.0 - region.nodes[:, 1]) / 2.0 * size).astype(int)
    return np.where(inside, corner, 0.0)[row, column]


def _lift(
    template: Template,
    front: npt.NDArray[np.int64],
    position: FloatArray,
    half: FloatArray,
    distance: float,
) -> FloatArray:
    """Front vertices towards the camera, their mirror images away from it, both on the ray through their pixel."""
    vertices = np.empty((len(template.vertices), 3))
    back = template.front_back.numpy()[front]
    for rows, depth in ((back, -half), (front, half)):
        vertices[rows, :2] = position * HALF_VIEW * (distance - depth)[:, None]
        vertices[rows, 2] = depth
    return vertices
