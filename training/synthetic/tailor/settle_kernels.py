# pyright: basic
# (numba infers the types of kernels)
"""Pushing points out of a surface that is given by oriented points, kept in cells of a grid."""

import math

from training.synthetic.studio.compiled import inlined, kernel

STEP = 0.015
"""Metres that cloth moves at most from one look at it to the next."""

AGAINST = -0.3
"""Cosine of the angle between cloth and skin from which on the skin is not what the cloth lies on."""


@kernel
def find_normals(points, faces, normals):
    """Unit normals of vertices, means of their faces' weighted by area."""
    normals[:] = 0
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        ux, uy, uz = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
        vx, vy, vz = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1], points[k, 2] - points[i, 2]
        x, y, z = uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx
        for v in (i, j, k):
            normals[v, 0] += x
            normals[v, 1] += y
            normals[v, 2] += z
    for v in range(len(normals)):
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        length = max(math.sqrt(x * x + y * y + z * z), 1e-20)
        normals[v, 0], normals[v, 1], normals[v, 2] = x / length, y / length, z / length


@inlined
def _cell(grid, x, y, z):
    """Column, row and layer of the cell at a point, which may lie outside the grid."""
    low, size = grid.low, grid.size
    return (
        math.floor((x - low[0]) / size),
        math.floor((y - low[1]) / size),
        math.floor((z - low[2]) / size),
    )


@kernel
def fill_grid(grid, number):
    """Sort the points by cell: `order` from `start[c]` to `start[c + 1]` are in cell c; `number` is room to work."""
    points, start, order, shape = grid.points, grid.start, grid.order, grid.shape
    start[:] = 0
    for v in range(len(points)):
        i, j, k = _cell(grid, points[v, 0], points[v, 1], points[v, 2])
        number[v] = (i * shape[1] + j) * shape[2] + k
        start[number[v] + 1] += 1
    for c in range(1, len(start)):
        start[c] += start[c - 1]
    for v in range(len(points) - 1, -1, -1):  # fills each cell from its end, so that start comes out right
        order[start[number[v] + 1] - 1] = v
        start[number[v] + 1] -= 1
    for c in range(len(start) - 1):
        start[c] = start[c + 1]
    start[len(start) - 1] = len(points)


@inlined
def _scan(grid, cell, x, y, z, best, nearest):
    """The nearest point in a cell, if it is nearer than the best so far."""
    points, order = grid.points, grid.order
    for m in range(grid.start[cell], grid.start[cell + 1]):
        v = order[m]
        dx, dy, dz = points[v, 0] - x, points[v, 1] - y, points[v, 2] - z
        distance = dx * dx + dy * dy + dz * dz
        if distance < best:
            best, nearest = distance, v
    return best, nearest


@inlined
def _gap(position, cell, low, size):
    """How far a position is from a cell along an axis."""
    first = low + cell * size
    return max(first - position, position - first - size, 0.0)


@inlined
def _nearest(grid, x, y, z):
    """The nearest point in this cell and those around it; -1 if there is none."""
    low, size, shape = grid.low, grid.size, grid.shape
    i, j, k = _cell(grid, x, y, z)
    best, nearest = 1e30, -1
    if 0 <= i < shape[0] and 0 <= j < shape[1] and 0 <= k < shape[2]:
        best, nearest = _scan(grid, (i * shape[1] + j) * shape[2] + k, x, y, z, best, nearest)
    for a in range(max(i - 1, 0), min(i + 2, shape[0])):
        across = _gap(x, a, low[0], size) ** 2
        for b in range(max(j - 1, 0), min(j + 2, shape[1])):
            up = across + _gap(y, b, low[1], size) ** 2
            for c in range(max(k - 1, 0), min(k + 2, shape[2])):
                if up + _gap(z, c, low[2], size) ** 2 < best and not (a == i and b == j and c == k):
                    best, nearest = _scan(grid, (a * shape[1] + b) * shape[2] + c, x, y, z, best, nearest)
    return nearest


@inlined
def _lack(grid, x, y, z, facing, clearance):
    """The nearest point of the surface, and how far one must go along its normal to be clear of it.

    Where that normal runs against the cloth's, `facing`, it is another limb's that touches the cloth from outside.
    """
    v = _nearest(grid, x, y, z)
    if v < 0:
        return v, 0.0
    normals, points = grid.normals, grid.points
    if facing[0] * normals[v, 0] + facing[1] * normals[v, 1] + facing[2] * normals[v, 2] < AGAINST:
        return -1, 0.0
    height = (
        (x - points[v, 0]) * normals[v, 0] + (y - points[v, 1]) * normals[v, 1] + (z - points[v, 2]) * normals[v, 2]
    )
    return v, clearance - height


@kernel
def nearest_points(points, grid, found):
    """The surface's nearest point for each point; -1 where none is near."""
    for p in range(len(points)):
        found[p] = _nearest(grid, points[p, 0], points[p, 1], points[p, 2])


@kernel
def push_out(points, facing, grid, clearance, moved, slack):
    """Move points that are not clear of the surface along its normals; `moved` is how, `facing` are the cloth's.

    `slack` is how far each point may move before it must be looked at again; it shrinks by `STEP` each time.
    """
    for p in range(len(points)):
        moved[p, 0] = moved[p, 1] = moved[p, 2] = 0
        if slack[p] > STEP:
            slack[p] -= STEP
            continue
        v, lack = _lack(grid, points[p, 0], points[p, 1], points[p, 2], facing[p], clearance[p])
        slack[p] = grid.size if v < 0 else max(-lack, 0.0)
        if lack > 0:
            for a in range(3):
                step = lack * grid.normals[v, a]
                moved[p, a] = step
                points[p, a] += step


@kernel
def push_out_faces(points, faces, facing, grid, clearance, slack):
    """Move faces whose middles are not clear of the surface, of those that have a corner near it."""
    third = 1.0 / 3.0
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        if min(slack[i], slack[j], slack[k]) > 0.5 * STEP:
            continue
        x = (points[i, 0] + points[j, 0] + points[k, 0]) * third
        y = (points[i, 1] + points[j, 1] + points[k, 1]) * third
        z = (points[i, 2] + points[j, 2] + points[k, 2]) * third
        v, lack = _lack(grid, x, y, z, facing[i], (clearance[i] + clearance[j] + clearance[k]) * third)
        if lack > 0:
            for a in range(3):
                step = lack * grid.normals[v, a]
                points[i, a] += step
                points[j, a] += step
                points[k, a] += step


@kernel
def spread(points, faces, moved, mean, count):
    """Let points go along with their neighbours' moves, so that cloth bulges instead of creasing."""
    mean[:] = 0
    count[:] = 0
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        count[i] += 2
        count[j] += 2
        count[k] += 2
        for a in range(3):
            total = moved[i, a] + moved[j, a] + moved[k, a]
            mean[i, a] += total - moved[i, a]
            mean[j, a] += total - moved[j, a]
            mean[k, a] += total - moved[k, a]
    for p in range(len(points)):
        share = 1.0 / max(count[p], 1)
        own = moved[p, 0] ** 2 + moved[p, 1] ** 2 + moved[p, 2] ** 2
        others = (mean[p, 0] ** 2 + mean[p, 1] ** 2 + mean[p, 2] ** 2) * share * share
        if others > own:
            for a in range(3):
                step = mean[p, a] * share - moved[p, a]
                points[p, a] += step
                moved[p, a] += step


@kernel
def hold_lengths(points, edges, lengths, weight, stiffness):
    """Bring edges nearer to their lengths.

    A point gives way as its `weight` says, 0 holds it; `stiffness` is the share of the error that is mended of edges
    too long, and of those too short: cloth folds before it is pressed together.
    """
    for e in range(len(edges)):
        i, j = edges[e, 0], edges[e, 1]
        total = weight[i] + weight[j]
        if total <= 0:
            continue
        dx, dy, dz = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
        length = math.sqrt(dx * dx + dy * dy + dz * dz) + 1e-12
        error = length - lengths[e]
        share = error / length * (stiffness[0] if error > 0 else stiffness[1]) / total
        a, b = share * weight[i], share * weight[j]
        points[i, 0] += a * dx
        points[i, 1] += a * dy
        points[i, 2] += a * dz
        points[j, 0] -= b * dx
        points[j, 1] -= b * dy
        points[j, 2] -= b * dz


@kernel
def even_out(points, edges, weight, share, mean, count):
    """Move points towards their neighbours' mean."""
    mean[:] = 0
    count[:] = 0
    for e in range(len(edges)):
        i, j = edges[e, 0], edges[e, 1]
        count[i] += 1
        count[j] += 1
        for a in range(3):
            mean[i, a] += points[j, a]
            mean[j, a] += points[i, a]
    for p in range(len(points)):
        if count[p] > 0:
            for a in range(3):
                points[p, a] += share * weight[p] * (mean[p, a] / count[p] - points[p, a])
