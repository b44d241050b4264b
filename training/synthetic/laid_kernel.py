# pyright: basic
# (numba infers the types of kernels)
"""Linear interpolation over triangles in the plane, at many points that never change."""

from training.synthetic.studio.compiled import inlined, kernel


@kernel
def interpolate(corners, triangles, values, spots, start, result):
    """Fill result (S, 2) with values (N, 2), interpolated over the triangles between corners (N, 2).

    The spots (S, 2) lie in [-1, 1]^2, ordered by the cells of a square grid; start (cells + 1,) counts them.
    """
    cells = round((len(start) - 1) ** 0.5)
    for t in range(len(triangles)):
        i, j, k = triangles[t, 0], triangles[t, 1], triangles[t, 2]
        xs, ys = (corners[i, 0], corners[j, 0], corners[k, 0]), (corners[i, 1], corners[j, 1], corners[k, 1])
        ux, uy, vx, vy = xs[1] - xs[0], ys[1] - ys[0], xs[2] - xs[0], ys[2] - ys[0]
        area = ux * vy - uy * vx
        if area == 0:
            continue
        for row in range(_cell(min(ys), cells), _cell(max(ys), cells) + 1):
            first, last = row * cells + _cell(min(xs), cells), row * cells + _cell(max(xs), cells)
            for s in range(start[first], start[last + 1]):
                x, y = spots[s, 0] - xs[0], spots[s, 1] - ys[0]
                w1, w2 = (x * vy - y * vx) / area, (ux * y - uy * x) / area
                w0 = 1 - w1 - w2
                if w0 >= -1e-6 and w1 >= -1e-6 and w2 >= -1e-6:
                    for d in range(2):
                        result[s, d] = w0 * values[i, d] + w1 * values[j, d] + w2 * values[k, d]


@inlined
def _cell(position, cells):
    return min(max(int((position + 1) * 0.5 * cells), 0), cells - 1)
