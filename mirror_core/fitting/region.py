"""A mask as a triangulated disk: the domain that the template's front is laid onto.

The template is a sphere, so its front is a disk. A mask may have holes (between arm and body) that a disk has not:
each hole is joined to the outside by a cut at the thinnest place, where the two sides of the mesh then touch.
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.ndimage as ndi
import scipy.sparse as sp
from scipy.sparse.csgraph import dijkstra

from mirror_core.errors import MaskError
from mirror_core.mesh.topology import unique_edges

BoolArray = npt.NDArray[np.bool_]
FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]

SMALLEST_HOLE = 0.001
"""Holes below this share of the region's area are filled: they are mistakes of the mask more often than gaps."""


@dataclass(frozen=True)
class Region:
    """A triangulated disk in the plane.

    Attributes:
        cells: the pixels it was made from, (R, R), row 0 at the top; holes included as they are.
        nodes: corners of pixels in NDC (x right, y up, -1..1); nodes on a cut appear once for each side.
        triangles: counter-clockwise node numbers.
        loop: the boundary's node numbers, counter-clockwise.
    """

    cells: BoolArray
    nodes: FloatArray
    triangles: IntArray
    loop: IntArray


def region_from_mask(mask: BoolArray) -> Region:
    """Triangulate the largest connected part of a square mask, cut open where it has holes."""
    cells = _clean(mask)
    if cells.sum() < 16:
        raise MaskError(
            f"The mask covers only {int(mask.sum())} of {mask.size} pixels in one piece.",
            "Check that the mask belongs to this photo and shows the whole object.",
        )
    nodes, triangles = _triangulate(cells)
    loops = boundary_loops(triangles)
    while len(loops) > 1:
        path = _shortest_way_out(nodes, triangles, loops)
        triangles, copied = _cut(triangles, path, len(nodes))
        nodes = np.concatenate([nodes, nodes[copied]])
        loops = boundary_loops(triangles)
    return Region(cells, nodes, triangles, loops[0])


def _clean(mask: BoolArray) -> BoolArray:
    """The largest part, without specks, tiny holes, and places where two pixels meet only at a corner."""
    parts, count = ndi.label(mask)
    cells = mask
    if count > 1:
        sizes = np.bincount(parts.ravel())[1:]
        cells = parts == 1 + int(np.argmax(sizes))
    smallest = max(4.0, SMALLEST_HOLE * float(cells.sum()))
    while True:
        cells = _fill_holes(cells, smallest)
        pinched = _pinched(cells)
        if not pinched.any():
            return cells
        cells = cells | pinched


def _fill_holes(cells: BoolArray, below: float) -> BoolArray:
    holes, _ = ndi.label(ndi.binary_fill_holes(cells) & ~cells)
    sizes = np.bincount(holes.ravel())
    small = (sizes < below) & (np.arange(len(sizes)) > 0)
    return cells | small[holes]


def _pinched(cells: BoolArray) -> BoolArray:
    """The pixels to add so that no two pixels of the region meet only at a corner."""
    a, b, c, d = cells[:-1, :-1], cells[:-1, 1:], cells[1:, :-1], cells[1:, 1:]
    add = np.zeros_like(cells)
    add[:-1, 1:] |= a & d & ~b & ~c
    add[:-1, :-1] |= b & c & ~a & ~d
    return add


def _triangulate(cells: BoolArray) -> tuple[FloatArray, IntArray]:
    """Two triangles for each pixel, with diagonals that alternate so that no direction is favoured."""
    size = cells.shape[0]
    row, column = np.nonzero(cells)
    number = np.full((size + 1, size + 1), -1, dtype=np.int64)
    for down in (0, 1):
        for right in (0, 1):
            number[row + down, column + right] = 0
    corners = np.argwhere(number == 0)
    number[number == 0] = np.arange(len(corners))
    a, b = number[row, column], number[row, column + 1]
    c, d = number[row + 1, column], number[row + 1, column + 1]
    falling = ((row + column) % 2 == 0)[:, None]
    first = np.where(falling, np.stack([a, c, d], axis=1), np.stack([a, c, b], axis=1))
    second = np.where(falling, np.stack([a, d, b], axis=1), np.stack([b, c, d], axis=1))
    nodes = np.stack([2.0 * corners[:, 1] / size - 1.0, 1.0 - 2.0 * corners[:, 0] / size], axis=1)
    return nodes, np.concatenate([first, second])


def boundary_loops(triangles: IntArray) -> list[IntArray]:
    """Closed boundary lines of an oriented triangle mesh, the longest first."""
    directed = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    count = int(triangles.max()) + 1
    code, reverse = directed[:, 0] * count + directed[:, 1], directed[:, 1] * count + directed[:, 0]
    following: dict[int, int] = dict(directed[~np.isin(code, reverse)].tolist())
    loops: list[IntArray] = []
    while following:
        node, onward = following.popitem()
        loop = [node]
        while onward != loop[0]:
            loop.append(onward)
            onward = following.pop(onward)
        loops.append(np.array(loop, dtype=np.int64))
    return sorted(loops, key=len, reverse=True)


def _shortest_way_out(nodes: FloatArray, triangles: IntArray, loops: list[IntArray]) -> IntArray:
    """The shortest line along edges from a hole's boundary to the outer one, the loop of the largest extent."""
    outer = max(loops, key=lambda loop: float(np.ptp(nodes[loop], axis=0).sum()))
    inner = np.concatenate([loop for loop in loops if loop is not outer])
    edges, numbers = unique_edges(triangles)
    usable = edges[np.bincount(numbers.ravel()) == 2]
    length = np.linalg.norm(nodes[usable[:, 0]] - nodes[usable[:, 1]], axis=1)
    graph = sp.csr_matrix((length, (usable[:, 0], usable[:, 1])), shape=(len(nodes), len(nodes)))
    distance, before, _ = dijkstra(graph, directed=False, indices=inner, min_only=True, return_predecessors=True)
    node = int(outer[np.argmin(distance[outer])])
    path = [node]
    while before[node] >= 0:
        node = int(before[node])
        path.append(node)
    return np.array(path, dtype=np.int64)


def _cut(triangles: IntArray, path: IntArray, count: int) -> tuple[IntArray, list[int]]:
    """Open the mesh along a line of nodes; returns the triangles and which node each new node (count ...) copies."""
    cut_edges = {frozenset(pair) for pair in zip(path[:-1].tolist(), path[1:].tolist(), strict=True)}
    result = triangles.copy()
    copied: list[int] = []
    for node in path.tolist():
        around = np.flatnonzero((triangles == node).any(axis=1))
        for fan in _fans(triangles[around], node, cut_edges)[1:]:
            rows = around[fan]
            block = result[rows]
            block[triangles[rows] == node] = count + len(copied)
            result[rows] = block
            copied.append(node)
    return result, copied


def _fans(triangles: IntArray, node: int, cut_edges: set[frozenset[int]]) -> list[list[int]]:
    """Groups of the triangles around a node that hang together across edges that are not cut."""
    at_spoke: dict[int, list[int]] = defaultdict(list)
    for row, triangle in enumerate(triangles.tolist()):
        for other in triangle:
            if other != node and frozenset((node, other)) not in cut_edges:
                at_spoke[other].append(row)
    pairs = [rows for rows in at_spoke.values() if len(rows) == 2]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    graph = sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(triangles), len(triangles)))
    count, group = sp.csgraph.connected_components(graph, directed=False)
    return [np.flatnonzero(group == number).tolist() for number in range(count)]


def rounded_nodes(region: Region) -> FloatArray:
    """The region's nodes with the stairs of the pixels' outline smoothed away."""
    nodes = region.nodes.copy()
    outline = nodes[region.loop]
    for _ in range(2):
        outline = 0.5 * outline + 0.25 * (np.roll(outline, 1, axis=0) + np.roll(outline, -1, axis=0))
    nodes[region.loop] = outline
    return nodes
