"""The start of a fit: the template laid onto the photo's outline and inflated.

Most of the answer is here. The template's rim lies on the outline, its front covers the region without a fold, its
back mirrors the front, and the thickness follows the width. The optimisation that follows only has to be small.
"""

from collections.abc import Callable
from functools import partial

import numpy as np
import numpy.typing as npt

from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.fitting.disk_map import locate, map_to_disk
from mirror_core.fitting.inflate import find_hem, inflate
from mirror_core.fitting.region import Region, region_from_mask, rounded_nodes
from mirror_core.mesh import Template

FloatArray = npt.NDArray[np.float64]

HEM_REACH = 0.1
"""How far above a garment's lowest point its hem may lie, over its height."""


def outline_start(
    template: Template,
    mask: npt.NDArray[np.bool_],
    distance: float,
    ratio: float,
    open_hem: bool = False,
    tick: Callable[[str], None] = lambda _: None,
) -> FloatArray:
    """Vertices (V, 3) in model space whose front a camera at `distance` sees exactly within the mask.

    The back is the front's mirror image in z = 0 and so, in perspective, hidden behind it.

    Args:
        template: the mesh to lay onto the photo.
        mask: (R, R), what the camera sees, row 0 at the top.
        distance: of the camera from the origin, template units.
        ratio: thickness over width of a long strip.
        open_hem: the bottom is open and keeps its thickness, as a garment's does.
        tick: called between pieces of the work; may raise to stop.
    """
    tick("Reading the outline")
    region = region_from_mask(mask)
    lay = partial(tick, "Laying the template onto the outline")
    disk = map_to_disk(region, lay)
    directions = _directions(template)
    front = np.flatnonzero(directions[:, 2] >= 0.0)
    face, weights = locate(disk, region.triangles, _lambert(directions[front]), lay)
    tick("Inflating")
    corners = region.triangles[face]
    position = (rounded_nodes(region)[corners] * weights[..., None]).sum(axis=1)
    hem = find_hem(region.cells, HEM_REACH) if open_hem else np.zeros_like(region.cells)
    squared = (_at_nodes(region, inflate(region.cells, ratio, hem), hem)[corners] * weights).sum(axis=1)
    half = HALF_VIEW * distance * np.sqrt(np.maximum(squared, 0.0))
    plane = position * HALF_VIEW * (distance - half)[:, None]
    # On the rim front and back meet; along a hem that leaves a flat bottom as wide as the hem is thick.
    depth = np.where(directions[front, 2] == 0.0, 0.0, half)
    vertices = np.empty((len(template.vertices), 3))
    vertices[template.front_back.numpy()[front]] = np.column_stack([plane, -depth])
    vertices[front] = np.column_stack([plane, depth])
    return vertices


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


def _at_nodes(region: Region, squared: FloatArray, hem: npt.NDArray[np.bool_]) -> FloatArray:
    """A picture's value at each node: the mean of the pixels around it, 0 on the outline but for cuts and hems."""
    size = region.cells.shape[0]
    total, covered, open_edge = (
        sum(np.pad(image.astype(float), ((down, 1 - down), (right, 1 - right))) for down in (0, 1) for right in (0, 1))
        for image in (squared, region.cells, hem)
    )
    corner = np.where((covered == 4) | (open_edge > 0), total / np.maximum(covered, 1), 0.0)
    column = np.rint((region.nodes[:, 0] + 1.0) / 2.0 * size).astype(int)
    row = np.rint((1.0 - region.nodes[:, 1]) / 2.0 * size).astype(int)
    return corner[row, column]
