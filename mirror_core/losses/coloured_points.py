"""Which coloured point explains another best, found by a tree over places and colours together.

Within the tolerance only colours count, so a grid over places alone would leave thousands of candidates. The tree's
boxes bound both terms, and whatever cannot be better than the best so far is passed over: exact, without a matrix.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.rendering.numba_backend.jit import inlined, kernel
from mirror_core.rendering.numba_backend.threads import run_tasks

MOST_VALUES = 3
"""Values of a point that the tree knows: colours."""
LEAF = 8
"""Points of a leaf, at most."""
PART = 512
"""Points that one thread looks up at a time."""
DEEPEST = 64
"""Of the stack of a search; a balanced tree of 2^60 points is no deeper."""


def nearest_coloured(
    queries: Float[Tensor, "N D"], points: Float[Tensor, "M D"], eps_s: float, eps_a: float, alpha: float
) -> Int[Tensor, " N"]:
    """For each query the number of the point with the least max((Ds + eps_s)^alpha, 1) (Da + eps_a).

    Args:
        queries: place (x, y), then up to three values.
        points: the same, at least one.
        eps_s: added to squared distances of places.
        eps_a: added to squared distances of values.
        alpha: exponent of the spatial term, not negative.
    """
    cloud, asked = _padded(points), _padded(queries)
    count, size = cloud.shape
    levels = max(int(np.ceil(np.log2(count / LEAF))), 0)
    nodes = 2 ** (levels + 1) - 1
    tree = (
        np.arange(count, dtype=np.int64),
        np.empty((count, size), np.float32),
        np.empty((nodes, 2), np.int64),
        np.empty((nodes, 2, size), np.float32),
    )
    _build(cloud, *tree)
    found = np.empty(len(asked), np.int64)
    numbers = np.array([eps_s, eps_a, alpha], np.float32)
    parts = -(-len(asked) // PART)
    stacks = np.empty((parts, DEEPEST), np.int64), np.empty((parts, DEEPEST), np.float32)
    run_tasks(_search, parts, asked, tree, (numbers, *stacks), found)
    return torch.from_numpy(found)


def _padded(points: Float[Tensor, "N D"]) -> npt.NDArray[np.float32]:
    array = np.zeros((len(points), 2 + MOST_VALUES), np.float32)
    array[:, : points.shape[1]] = points.detach().numpy()
    return array


@inlined
def _select(cloud: Any, order: Any, low: int, high: int, middle: int, axis: int) -> None:
    """Partly sort order[low:high] by one axis, so that what belongs at `middle` is there (quickselect)."""
    last = high - 1
    while low < last:
        pivot = cloud[order[(low + last) // 2], axis]
        i, j = low, last
        while i <= j:
            while cloud[order[i], axis] < pivot:
                i += 1
            while cloud[order[j], axis] > pivot:
                j -= 1
            if i <= j:
                kept = order[i]
                order[i] = order[j]
                order[j] = kept
                i += 1
                j -= 1
        if middle <= j:
            last = j
        elif middle >= i:
            low = i
        else:
            return


@kernel
def _build(cloud: Any, order: Any, sorted_points: Any, ranges: Any, boxes: Any) -> None:
    """Halve the points again and again along the longest side of their box; node k's halves are 2 k + 1 and 2 k + 2."""
    count, size = cloud.shape
    nodes = len(ranges)
    ranges[0, 0], ranges[0, 1] = 0, count
    for node in range(nodes):
        low, high = ranges[node, 0], ranges[node, 1]
        axis, longest = 0, -1.0
        for k in range(size):
            least, most = np.float32(np.inf), np.float32(-np.inf)
            for i in range(low, high):
                value = cloud[order[i], k]
                least, most = min(least, value), max(most, value)
            boxes[node, 0, k], boxes[node, 1, k] = least, most
            if most - least > longest:
                axis, longest = k, most - least
        if 2 * node + 2 < nodes:
            middle = (low + high) // 2
            if high - low > 1:
                _select(cloud, order, low, high, middle, axis)
            ranges[2 * node + 1, 0], ranges[2 * node + 1, 1] = low, middle
            ranges[2 * node + 2, 0], ranges[2 * node + 2, 1] = middle, high
    for i in range(count):
        for k in range(size):
            sorted_points[i, k] = cloud[order[i], k]


@inlined
def _joined(apart: Any, unlike: Any, numbers: Any) -> Any:
    spatial = apart + numbers[0]
    if numbers[2] != np.float32(1.0):
        spatial = spatial ** numbers[2]
    return max(spatial, np.float32(1.0)) * (unlike + numbers[1])


@inlined
def _gap(query: Any, box: Any, k: int) -> Any:
    """How far beside the box along one axis, squared."""
    gap = max(box[0, k] - query[k], query[k] - box[1, k], np.float32(0.0))
    return gap * gap


@inlined
def _bound(query: Any, box: Any, numbers: Any) -> Any:
    """What no point in the box is below."""
    apart = _gap(query, box, 0) + _gap(query, box, 1)
    return _joined(apart, _gap(query, box, 2) + _gap(query, box, 3) + _gap(query, box, 4), numbers)


@inlined
def _distance(query: Any, point: Any, numbers: Any) -> Any:
    x, y = query[0] - point[0], query[1] - point[1]
    r, g, b = query[2] - point[2], query[3] - point[3], query[4] - point[4]
    return _joined(x * x + y * y, r * r + g * g + b * b, numbers)


@kernel
def _search(first: int, step: int, tasks: int, queries: Any, tree: Any, rule: Any, found: Any) -> None:
    order, points, ranges, boxes = tree
    numbers, stack, stacked = rule
    nodes = len(ranges)
    for part in range(first, tasks, step):
        waiting, bounds = stack[part], stacked[part]
        for q in range(part * PART, min((part + 1) * PART, len(queries))):
            query = queries[q]
            best, chosen = np.float32(np.inf), 0
            waiting[0], bounds[0] = 0, np.float32(0.0)
            depth = 1
            while depth > 0:
                depth -= 1
                node, bound = waiting[depth], bounds[depth]
                if bound >= best:
                    continue
                if 2 * node + 2 >= nodes:
                    for i in range(ranges[node, 0], ranges[node, 1]):
                        distance = _distance(query, points[i], numbers)
                        if distance < best:
                            best, chosen = distance, order[i]
                    continue
                left, right = 2 * node + 1, 2 * node + 2
                near, far = _bound(query, boxes[left], numbers), _bound(query, boxes[right], numbers)
                if far < near:
                    left, right, near, far = right, left, far, near
                if far < best:
                    waiting[depth], bounds[depth] = right, far
                    depth += 1
                if near < best:
                    waiting[depth], bounds[depth] = left, near
                    depth += 1
            found[q] = chosen
