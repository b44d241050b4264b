# pyright: basic
# (numba infers the types of kernels)
"""From the fine picture to the picture: means over blocks."""

import math

from training.synthetic.studio.compiled import inlined, kernel


@kernel
def reduce_frame(frame, surface, open_share, parts, out):
    """Fill out = (rgb, alpha, majority, depth, normals, fine depth); parts are the classes of the pieces."""
    height, width = out[1].shape
    side = frame.face.shape[0] // height
    for r in range(height):
        for c in range(width):
            covered = _sum_block((r, c, side), frame, surface, open_share, out)
            out[1][r, c] = covered / (side * side)
            out[2][r, c] = _majority((r, c, side), frame, parts) if 2 * covered >= side * side else 0


@inlined
def _sum_block(block, frame, surface, open_share, out):
    r, c, side = block
    red, green, blue, depth, x, y, z = 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0
    covered = 0
    for row in range(r * side, (r + 1) * side):
        for column in range(c * side, (c + 1) * side):
            if frame.piece[row, column] < 0:
                continue
            covered += 1
            light = surface.level[row, column] * open_share[row, column]
            red += surface.albedo[row, column, 0] * light
            green += surface.albedo[row, column, 1] * light
            blue += surface.albedo[row, column, 2] * light
            x += surface.normals[row, column, 0]
            y += surface.normals[row, column, 1]
            z += surface.normals[row, column, 2]
            distance = 1.0 / frame.inverse[row, column]
            out[5][row, column] = distance
            depth += distance
    count = side * side
    out[0][r, c, 0], out[0][r, c, 1], out[0][r, c, 2] = red / count, green / count, blue / count
    length = max(math.sqrt(x * x + y * y + z * z), 1e-12)
    out[4][r, c, 0], out[4][r, c, 1], out[4][r, c, 2] = x / length, y / length, z / length
    out[3][r, c] = depth / max(covered, 1)
    return covered


@inlined
def _majority(block, frame, parts):
    """The class that covers most of a block; of two that cover as much, the one met first."""
    r, c, side = block
    best, most = 0, 0
    for row in range(r * side, (r + 1) * side):
        for column in range(c * side, (c + 1) * side):
            number = frame.piece[row, column]
            if number < 0:
                continue
            same = 0
            for i in range(r * side, (r + 1) * side):
                for j in range(c * side, (c + 1) * side):
                    if frame.piece[i, j] >= 0 and parts[frame.piece[i, j]] == parts[number]:
                        same += 1
            if same > most:
                best, most = parts[number], same
    return best
