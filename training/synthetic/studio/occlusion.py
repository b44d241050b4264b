# pyright: basic
# (numba infers the types of kernels)
"""Ambient occlusion from the depth buffer: how much of the sky a visible point's own surroundings hide."""

import math

import numpy as np

from training.synthetic.studio.compiled import inlined, kernel
from training.synthetic.studio.layers import Array, Frame, Surface

SAMPLES = 16
"""Around each point, on a spiral that is turned from pixel to pixel in a pattern of 4 x 4."""


def occlusion(frame: Frame, surface: Surface, focal: float, radius: float, strength: float) -> Array:
    """How much light is left at each fine pixel, 0..1; 1 where there is nothing.

    Found for blocks of 2 x 2 pixels, at the nearest point in each, smoothed within a surface.

    Args:
        frame: what is seen.
        surface: its normals.
        focal: of the fine picture, pixels.
        radius: how far surroundings count, template units.
        strength: share of the light that a point loses whose whole sky is hidden.
    """
    height, width = frame.face.shape
    low = ((height + 1) // 2, (width + 1) // 2)
    rows, raw, smooth = np.zeros((*low, 4), np.float32), np.ones(low, np.float32), np.ones(low, np.float32)
    fine = np.ones((height, width), np.float32)
    _nearest_of_blocks(frame, surface, rows)
    _occlude(rows, _spiral(), (focal / 2.0, radius, strength), raw)
    _smooth(rows, raw, 0.2 * radius, smooth)
    _spread(frame, rows, smooth, fine)
    return fine


def _spiral() -> Array:
    """(16, SAMPLES, 2): for each turn, offsets within a disc of radius 1, denser towards the middle."""
    turns = (np.arange(16) * 7 % 16)[:, None] / 16
    steps = (np.arange(SAMPLES)[None] + 0.25 + 0.5 * turns) / SAMPLES
    angle = 2 * np.pi * (steps * 5.0 + turns)
    return np.stack([steps * np.cos(angle), steps * np.sin(angle)], axis=-1).astype(np.float32)


@kernel
def _nearest_of_blocks(frame, surface, rows):
    """Of each block's nearest pixel: one over its distance, and its normal."""
    height, width = frame.face.shape
    for r in range(height):
        for c in range(width):
            point = rows[r // 2, c // 2]
            if frame.inverse[r, c] > point[0]:
                point[0] = frame.inverse[r, c]
                for k in range(3):
                    point[k + 1] = surface.normals[r, c, k]


@kernel
def _occlude(rows, spiral, settings, out):
    height, width = out.shape
    for r in range(height):
        for c in range(width):
            if rows[r, c, 0] > 0:
                out[r, c] = _open_share(rows, spiral[(r % 4) * 4 + c % 4], settings, r, c)


@inlined
def _open_share(rows, offsets, settings, r, c):
    focal, radius, strength = settings
    height, width = rows.shape[:2]
    inverse = rows[r, c, 0]
    reach = radius * focal * inverse
    hidden = 0.0
    for s in range(len(offsets)):
        column, row = c + round(offsets[s, 0] * reach), r + round(offsets[s, 1] * reach)
        if column < 0 or row < 0 or column >= width or row >= height or rows[row, column, 0] <= 0:
            continue
        hidden += _hides(rows, (r, c), (row, column), focal, radius)
    return 1.0 - strength * min(4.0 * hidden / len(offsets), 1.0)


@inlined
def _hides(rows, here, there, focal, radius):
    """How high another point stands above a point's horizon, 0..1; less the farther away it is."""
    (r, c), (row, column) = here, there
    height, width = rows.shape[:2]
    z, other = 1.0 / rows[r, c, 0], 1.0 / rows[row, column, 0]
    x = ((column + 0.5 - 0.5 * width) * other - (c + 0.5 - 0.5 * width) * z) / focal
    y = -((row + 0.5 - 0.5 * height) * other - (r + 0.5 - 0.5 * height) * z) / focal
    d = z - other
    square = x * x + y * y + d * d
    above = x * rows[r, c, 1] + y * rows[r, c, 2] + d * rows[r, c, 3]
    near = 1.0 - square / (radius * radius)
    if square == 0 or near <= 0:
        return 0.0
    return max(above / math.sqrt(square) - 0.1, 0.0) * near


@kernel
def _smooth(rows, raw, tolerance, out):
    """Mean over 4 x 4, which evens out the pattern of turns, of what lies at about the same distance."""
    height, width = raw.shape
    for r in range(height):
        for c in range(width):
            if rows[r, c, 0] <= 0:
                continue
            total, weight, z = 0.0, 0.0, 1.0 / rows[r, c, 0]
            for row in range(max(r - 2, 0), min(r + 2, height)):
                for column in range(max(c - 2, 0), min(c + 2, width)):
                    if rows[row, column, 0] > 0 and abs(1.0 / rows[row, column, 0] - z) < tolerance:
                        total += raw[row, column]
                        weight += 1.0
            out[r, c] = total / weight


@kernel
def _spread(frame, rows, smooth, out):
    """To fine pixels, from the 2 x 2 blocks around, those at the same distance above all."""
    height, width = out.shape
    for r in range(height):
        for c in range(width):
            if frame.inverse[r, c] <= 0:
                continue
            total, weight, z = 0.0, 1e-12, 1.0 / frame.inverse[r, c]
            top, left = (r - 1) // 2, (c - 1) // 2
            for row in range(max(top, 0), min(top + 2, len(smooth))):
                for column in range(max(left, 0), min(left + 2, smooth.shape[1])):
                    if rows[row, column, 0] > 0:
                        share = 1.0 / (1e-3 + abs(1.0 / rows[row, column, 0] - z))
                        total += share * smooth[row, column]
                        weight += share
            out[r, c] = total / weight
