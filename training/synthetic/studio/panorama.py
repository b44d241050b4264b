# pyright: basic
# (numba infers the types of kernels)
"""Perspective views of panoramas."""

import math

from training.synthetic.studio.compiled import inlined, kernel


@kernel
def look_up(panorama, rotation, half_view, picture):
    """Fill a picture (H, W, 3), 0..1, from a panorama (h, w, 3), uint8; rotation: from camera space to its axes."""
    height, width = picture.shape[:2]
    for r in range(height):
        for c in range(width):
            x = (2 * c + 1.0 - width) / height * half_view
            y = (height - 2 * r - 1.0) / height * half_view
            length = math.sqrt(x * x + y * y + 1.0)
            px = rotation[0, 0] * x + rotation[0, 1] * y - rotation[0, 2]
            py = rotation[1, 0] * x + rotation[1, 1] * y - rotation[1, 2]
            pz = rotation[2, 0] * x + rotation[2, 1] * y - rotation[2, 2]
            row = (0.5 - math.asin(min(max(py / length, -1.0), 1.0)) / math.pi) * panorama.shape[0]
            column = (0.5 - math.atan2(px, pz) / (2 * math.pi)) * panorama.shape[1]
            _blend(panorama, column - 0.5, row - 0.5, picture, r, c)


@inlined
def _blend(panorama, x, y, picture, r, c):
    height, width = panorama.shape[:2]
    left, upper = math.floor(x), math.floor(y)
    fx, fy = x - left, y - upper
    column, next_column = int(left) % width, (int(left) + 1) % width
    row, next_row = min(max(int(upper), 0), height - 1), min(max(int(upper) + 1, 0), height - 1)
    for k in range(3):
        above = panorama[row, column, k] * (1 - fx) + panorama[row, next_column, k] * fx
        below = panorama[next_row, column, k] * (1 - fx) + panorama[next_row, next_column, k] * fx
        picture[r, c, k] = (above * (1 - fy) + below * fy) / 255
