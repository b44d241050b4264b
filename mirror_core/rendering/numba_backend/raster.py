# pyright: basic
# (numba infers the types of kernels)
"""The rasterizer: nearest face of each pixel, then the soft silhouette, one band of rows of one image at a time."""

import math

import numpy as np

from mirror_core.rendering.numba_backend.jit import inlined, kernel
from mirror_core.rendering.numba_backend.layout import FACES_A_TASK
from mirror_core.rendering.numba_backend.triangle import (
    doubled_areas,
    edges,
    fill_box,
    multiplied,
    screen_weights,
    to_edge,
    true_weights,
)


@kernel
def bound_faces(first, step, tasks, grid, faces):
    """Fill the boxes; a task is one image's chunk of faces."""
    batch, count = faces.valid.shape
    chunks = tasks // batch
    for task in range(first, tasks, step):
        b, start = task // chunks, task % chunks * FACES_A_TASK
        for f in range(start, min(start + FACES_A_TASK, count)):
            corners = multiplied(faces.image, b, f, grid.multiplier, grid.multiplier)
            fill_box(faces.box, b, f, corners, grid.reach * 0, grid.x, grid.upward)
            corners = multiplied(faces.image, b, f, grid.soft_multiplier, grid.multiplier)
            fill_box(faces.soft_box, b, f, corners, grid.reach, grid.soft_x, grid.upward)


@kernel
def draw(first, step, tasks, frame, scratch):
    """Fill the pixels; a task is one image's band of rows; scratch: int32 (threads, 2, rows of a band + 1, W + 1)."""
    batch, height = frame.pixels.face_index.shape[:2]
    bands = tasks // batch
    for task in range(first, tasks, step):
        b, band = task // bands, task % bands
        rows = height * band // bands, height * (band + 1) // bands
        _draw_hard(b, rows, frame)
        _draw_soft(b, rows, frame, scratch[first])


@inlined
def _draw_hard(b, rows, frame):
    grid, faces, face_index, depth = frame.grid, frame.faces, frame.pixels.face_index, frame.pixels.depth
    top, bottom = rows
    face_index[b, top:bottom] = -1
    depth[b, top:bottom] = -np.inf
    for f in range(faces.box.shape[1]):
        row, last_row = max(faces.box[b, f, 0], top), min(faces.box[b, f, 1], bottom)
        if row >= last_row or not faces.valid[b, f]:
            continue
        corners = multiplied(faces.image, b, f, grid.multiplier, grid.multiplier)
        for r in range(row, last_row):
            y = grid.upward[len(grid.upward) - 1 - r]
            for c in range(faces.box[b, f, 2], faces.box[b, f, 3]):
                if _inside(corners, grid.x[c], y):
                    z = _depth(corners, b, f, grid.x[c], y, frame)
                    if z > depth[b, r, c]:
                        depth[b, r, c] = z
                        face_index[b, r, c] = f
    for r in range(top, bottom):
        for c in range(len(grid.x)):
            if face_index[b, r, c] < 0:
                depth[b, r, c] = 0


@inlined
def _inside(corners, px, py):
    """No weight is negative: the areas agree in sign, which saves dividing them by their sum."""
    a0, a1, a2 = doubled_areas(corners, px, py)
    if a0 + a1 + a2 >= 0:
        return a0 >= 0 and a1 >= 0 and a2 >= 0
    return a0 <= 0 and a1 <= 0 and a2 <= 0


@inlined
def _depth(corners, b, f, px, py, frame):
    w0, w1, w2 = screen_weights(corners, px, py, frame.grid.epsilon)
    z0, z1, z2 = frame.faces.z[b, f, 0], frame.faces.z[b, f, 1], frame.faces.z[b, f, 2]
    if frame.grid.perspective:
        return type(px)(1) / (w0 / z0 + w1 / z1 + w2 / z2)
    return w0 * z0 + w1 * z1 + w2 * z2


@inlined
def _draw_soft(b, rows, frame, scratch):
    grid, faces, face_index = frame.grid, frame.faces, frame.pixels.face_index
    absent, last_face = frame.pixels.silhouette, frame.pixels.last_face
    top, bottom = rows
    count, uncovered = scratch[0], scratch[1]
    count[:] = 0
    _count_uncovered(face_index, b, top, bottom, uncovered)
    absent[b, top:bottom] = 1
    last_face[b, top:bottom] = faces.box.shape[1]
    one = type(grid.sigmainv)(1)
    squared_multiplier = grid.multiplier * grid.multiplier
    for f in range(faces.box.shape[1]):
        row, last_row = max(faces.soft_box[b, f, 0], top), min(faces.soft_box[b, f, 1], bottom)
        left, right = faces.soft_box[b, f, 2], faces.soft_box[b, f, 3]
        if row >= last_row or left >= right or _none(uncovered, row - top, last_row - top, left, right):
            continue
        faces.near_edge[b, f] = True
        e0, e1, e2 = edges(multiplied(faces.image, b, f, grid.soft_multiplier, grid.multiplier), grid.edge_epsilon)
        for r in range(row, last_row):
            y = grid.upward[len(grid.upward) - 1 - r]
            for c in range(left, right):
                if face_index[b, r, c] >= 0 or last_face[b, r, c] < f:
                    continue
                x = grid.soft_x[c]
                squared = min(to_edge(e0, x, y)[0], to_edge(e1, x, y)[0], to_edge(e2, x, y)[0])
                absent[b, r, c] *= one - math.exp(-grid.sigmainv * (squared / squared_multiplier))
                count[r - top, c] += 1
                if count[r - top, c] == grid.knum:
                    last_face[b, r, c] = f
    for r in range(top, bottom):
        for c in range(len(grid.x)):
            absent[b, r, c] = one if face_index[b, r, c] >= 0 else one - absent[b, r, c]


@inlined
def _count_uncovered(face_index, b, top, bottom, table):
    """Fill a summed-area table: element (r, c) counts the empty pixels above row top + r and left of column c."""
    table[0] = 0
    for r in range(bottom - top):
        in_row = table[r + 1, 0] = 0
        for c in range(face_index.shape[2]):
            if face_index[b, top + r, c] < 0:
                in_row += 1
            table[r + 1, c + 1] = table[r, c + 1] + in_row


@inlined
def _none(table, top, bottom, left, right):
    return table[bottom, right] - table[top, right] - table[bottom, left] + table[top, left] == 0


@kernel
def fill_weights(first, step, tasks, frame, weights):
    """Barycentric weights (B, H, W, 3) of every pixel; a task is one image."""
    height, width = frame.pixels.face_index.shape[1:]
    for b in range(first, tasks, step):
        for r in range(height):
            for c in range(width):
                f = frame.pixels.face_index[b, r, c]
                if f < 0:
                    weights[b, r, c, 0] = weights[b, r, c, 1] = weights[b, r, c, 2] = 0
                else:
                    w = pixel_weights((b, f, r, c), frame)
                    weights[b, r, c, 0], weights[b, r, c, 1], weights[b, r, c, 2] = w


@inlined
def pixel_weights(at, frame):
    """Barycentric weights of a face at a pixel; at = (image, face, row, column)."""
    b, f, r, c = at
    grid, faces = frame.grid, frame.faces
    corners = multiplied(faces.image, b, f, grid.multiplier, grid.multiplier)
    w = screen_weights(corners, grid.x[c], grid.upward[len(grid.upward) - 1 - r], grid.epsilon)
    return true_weights(w, faces.z, b, f) if grid.perspective else w
