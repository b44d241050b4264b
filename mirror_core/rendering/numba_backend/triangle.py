# pyright: basic
# (numba infers the types of kernels)
"""One triangle and one pixel: weights, distance, and their gradients. The formulas are those of the reference."""

import math

from mirror_core.rendering.numba_backend.jit import inlined


@inlined
def multiplied(image, b, f, scale_x, scale_y):
    """The six coordinates of a face's corners, times the scale."""
    return (
        image[b, f, 0, 0] * scale_x,
        image[b, f, 0, 1] * scale_y,
        image[b, f, 1, 0] * scale_x,
        image[b, f, 1, 1] * scale_y,
        image[b, f, 2, 0] * scale_x,
        image[b, f, 2, 1] * scale_y,
    )


@inlined
def below(centres, value):
    """How many of the ascending, evenly spaced centres are less than value."""
    count = len(centres)
    if value <= centres[0]:
        return 0
    if value > centres[count - 1]:
        return count
    guess = int((value - centres[0]) / (centres[count - 1] - centres[0]) * (count - 1))
    guess = min(max(guess, 1), count - 1)
    while centres[guess - 1] >= value:
        guess -= 1
    while centres[guess] < value:
        guess += 1
    return guess


@inlined
def fill_box(box, b, f, corners, reach, x, upward):
    """Rows and columns whose centres lie in the bounding box grown by `reach`; none for corners that are not finite."""
    ax, ay, bx, by, cx, cy = corners
    if (ax + bx + cx + ay + by + cy) * 0 != 0:
        box[b, f, 0] = box[b, f, 1] = box[b, f, 2] = box[b, f, 3] = 0
        return
    box[b, f, 0] = len(upward) - below(upward, max(ay, by, cy) + reach)
    box[b, f, 1] = len(upward) - below(upward, min(ay, by, cy) - reach)
    box[b, f, 2] = below(x, min(ax, bx, cx) - reach)
    box[b, f, 3] = below(x, max(ax, bx, cx) + reach)


@inlined
def doubled_areas(corners, px, py):
    """Twice the signed areas of the triangles between a point and the edges opposite the corners."""
    ax, ay, bx, by, cx, cy = corners
    ax, ay, bx, by, cx, cy = ax - px, ay - py, bx - px, by - py, cx - px, cy - py
    return bx * cy - by * cx, cx * ay - cy * ax, ax * by - ay * bx


@inlined
def screen_weights(corners, px, py, epsilon):
    """Barycentric weights of a point."""
    a0, a1, a2 = doubled_areas(corners, px, py)
    total = a0 + a1 + a2
    total = total + math.copysign(epsilon, total)
    return a0 / total, a1 / total, a2 / total


@inlined
def true_weights(w, z, b, f):
    """Weights on the triangle in space from those on the screen."""
    u0, u1, u2 = w[0] / z[b, f, 0], w[1] / z[b, f, 1], w[2] / z[b, f, 2]
    total = u0 + u1 + u2
    return u0 / total, u1 / total, u2 / total


@inlined
def add_weight_gradient(frame, b, f, w, g, sums):
    """Add to sums[0:6] and [6:9] the gradient in a face's corners and depths, given that (g) in its weights.

    w are the screen-space weights. The formula is kaolin's: d I / d corner_i = -w_i d I / d P.
    """
    g0, g1, g2 = g
    if frame.grid.perspective:
        z0, z1, z2 = frame.faces.z[b, f, 0], frame.faces.z[b, f, 1], frame.faces.z[b, f, 2]
        u0, u1, u2 = w[0] / z0, w[1] / z1, w[2] / z2
        total = u0 + u1 + u2
        mean = (g0 * u0 + g1 * u1 + g2 * u2) / total
        g0, g1, g2 = (g0 - mean) / (z0 * total), (g1 - mean) / (z1 * total), (g2 - mean) / (z2 * total)
        sums[6] -= g0 * u0
        sums[7] -= g1 * u1
        sums[8] -= g2 * u2
    one = type(g0)(1)
    ax, ay, bx, by, cx, cy = multiplied(frame.faces.image, b, f, one, one)
    area = (bx - ax) * (cy - ay) - (by - ay) * (cx - ax)
    area = area + math.copysign(frame.grid.epsilon, area)
    along_x = (g0 * (by - cy) + g1 * (cy - ay) + g2 * (ay - by)) / area
    along_y = (g0 * (cx - bx) + g1 * (ax - cx) + g2 * (bx - ax)) / area
    sums[0] -= w[0] * along_x
    sums[1] -= w[0] * along_y
    sums[2] -= w[1] * along_x
    sums[3] -= w[1] * along_y
    sums[4] -= w[2] * along_x
    sums[5] -= w[2] * along_y


@inlined
def edges(corners, epsilon):
    """For each edge a -> b: a, b - a, and 1 / |b - a|^2."""
    ax, ay, bx, by, cx, cy = corners
    one = type(epsilon)(1)
    ux, uy, vx, vy, wx, wy = bx - ax, by - ay, cx - bx, cy - by, ax - cx, ay - cy
    return (
        (ax, ay, ux, uy, one / (ux * ux + uy * uy + epsilon)),
        (bx, by, vx, vy, one / (vx * vx + vy * vy + epsilon)),
        (cx, cy, wx, wy, one / (wx * wx + wy * wy + epsilon)),
    )


@inlined
def to_edge(edge, px, py):
    """Squared distance to an edge, where its foot lies (0 ... 1), and the vector from the foot to the point."""
    ax, ay, ux, uy, inverse = edge
    zero, one = type(px)(0), type(px)(1)
    along = min(max(((px - ax) * ux + (py - ay) * uy) * inverse, zero), one)
    dx, dy = px - (ax + along * ux), py - (ay + along * uy)
    return dx * dx + dy * dy, along, dx, dy
