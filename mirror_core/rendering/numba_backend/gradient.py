# pyright: basic
# (numba infers the types of kernels)
"""The way back, face by face: a face gathers what its pixels say, so no two tasks write to one place."""

import math

from mirror_core.rendering.numba_backend.geometry import add_normal_gradient, fill_corner_gradients
from mirror_core.rendering.numba_backend.jit import inlined, kernel
from mirror_core.rendering.numba_backend.layout import FACES_A_TASK
from mirror_core.rendering.numba_backend.surface import (
    basis,
    blend,
    corner_uv,
    interpolate_uv,
    light_level_gradient,
    pixel_level,
    pixel_normal,
    texel,
)
from mirror_core.rendering.numba_backend.triangle import (
    add_weight_gradient,
    edges,
    multiplied,
    screen_weights,
    to_edge,
    true_weights,
)


@kernel
def render_gradients(first, step, tasks, mesh, scene, upstream, out):
    """Fill `out`; scene = (frame, look, picture); a task is one image's chunk of faces."""
    frame, look, _ = scene
    sums = out.sums[first]
    shaded = upstream.has_rgb or upstream.has_normals or upstream.has_uv
    chunks = tasks // len(mesh.vertices)
    for task in range(first, tasks, step):
        b, chunk = task // chunks, task % chunks
        out.light[b, chunk] = 0
        for f in range(chunk * FACES_A_TASK, min((chunk + 1) * FACES_A_TASK, len(mesh.faces))):
            sums[:] = 0
            if shaded and frame.faces.valid[b, f]:
                _add_shaded_pixels(b, f, scene, upstream, sums, out.light[b, chunk])
            if upstream.has_silhouette and frame.faces.near_edge[b, f]:
                add_silhouette(b, f, frame, upstream.silhouette, sums)
            fill_corner_gradients(mesh, frame.faces, b, f, sums, out.corners)
            if look.smooth:
                for k in range(9):
                    out.normals[b, f, k] = sums[9 + k]
            elif shaded:
                g = sums[9], sums[10], sums[11]
                add_normal_gradient(mesh, b, f, g, out.corners)


@inlined
def _add_shaded_pixels(b, f, scene, upstream, sums, light):
    frame, look, _ = scene
    grid, box = frame.grid, frame.faces.box
    triangle = multiplied(frame.faces.image, b, f, grid.multiplier, grid.multiplier)
    uv = corner_uv(look, f)
    for r in range(box[b, f, 0], box[b, f, 1]):
        y = grid.upward[len(grid.upward) - 1 - r]
        for c in range(box[b, f, 2], box[b, f, 3]):
            if frame.pixels.face_index[b, r, c] == f:
                w = screen_weights(triangle, grid.x[c], y, grid.epsilon)
                g = _pixel((b, f, r, c), w, uv, scene, upstream, sums, light)
                add_weight_gradient(frame, b, f, w, g, sums)
    if look.lit and not look.smooth:
        n, _ = pixel_normal(look, b, f, uv)
        _add_light(look, b, n, sums[18], light)
        gx, gy, gz = light_level_gradient(look.light, b, n)
        sums[9] += sums[18] * gx
        sums[10] += sums[18] * gy
        sums[11] += sums[18] * gz


@inlined
def _add_light(look, b, n, g, light):
    s = basis(n)
    for k in range(9):
        light[k] += g * s[k]


@inlined
def _pixel(at, screen, uv, scene, upstream, sums, light):
    """Add one pixel's gradients in normal and light to the sums; return that in its barycentric weights."""
    b, f, r, c = at
    frame, look, _ = scene
    w = true_weights(screen, frame.faces.z, b, f) if frame.grid.perspective else screen
    gu = gv = gx = gy = gz = g_level = type(w[0])(0)
    if upstream.has_uv:
        gu, gv = upstream.uv[b, 0, r, c], upstream.uv[b, 1, r, c]
    if upstream.has_normals:
        gx, gy, gz = upstream.normals[b, 0, r, c], upstream.normals[b, 1, r, c], upstream.normals[b, 2, r, c]
    if upstream.has_rgb:
        tu, tv, g_level = _colour(at, interpolate_uv(uv, w), scene, upstream.rgb)
        gu, gv = gu + tu, gv + tv
    g0, g1, g2 = gu * uv[0] + gv * uv[1], gu * uv[2] + gv * uv[3], gu * uv[4] + gv * uv[5]
    if look.smooth:
        h0, h1, h2 = _smooth_normal(at, w, look, (gx, gy, gz, g_level), sums, light)
        return g0 + h0, g1 + h1, g2 + h2
    sums[9] += gx
    sums[10] += gy
    sums[11] += gz
    sums[18] += g_level
    return g0, g1, g2


@inlined
def _colour(at, point, scene, rgb):
    """Gradients of a pixel's colour in u, v and the level of light."""
    b, _, r, c = at
    _, look, picture = scene
    u, v = point
    height, width = look.texture.shape[2], look.texture.shape[3]
    where = texel(height, width, u, v)
    t = b if len(look.texture) > 1 else 0
    gx = gy = g_level = type(u)(0)
    for k in range(3):
        g = rgb[b, k, r, c]
        value, along_x, along_y = blend(look.texture, t, k, where)
        g_level += g * value
        gx += g * along_x
        gy += g * along_y
    level = pixel_level(look, picture.level, at)
    return gx * level * type(u)(width), -gy * level * type(u)(height), g_level


@inlined
def _smooth_normal(at, w, look, g, sums, light):
    """Add the gradients in the corners' normals and in the light; return those in the weights."""
    b, f, _, _ = at
    n, length = pixel_normal(look, b, f, w)
    gx, gy, gz, g_level = g
    if look.lit:
        _add_light(look, b, n, g_level, light)
        lx, ly, lz = light_level_gradient(look.light, b, n)
        gx, gy, gz = gx + g_level * lx, gy + g_level * ly, gz + g_level * lz
    along = gx * n[0] + gy * n[1] + gz * n[2]
    gx, gy, gz = (gx - along * n[0]) / length, (gy - along * n[1]) / length, (gz - along * n[2]) / length
    for k in range(3):
        sums[9 + 3 * k] += w[k] * gx
        sums[10 + 3 * k] += w[k] * gy
        sums[11 + 3 * k] += w[k] * gz
    normals, i, j, k = look.normals, look.faces[f, 0], look.faces[f, 1], look.faces[f, 2]
    return (
        gx * normals[b, i, 0] + gy * normals[b, i, 1] + gz * normals[b, i, 2],
        gx * normals[b, j, 0] + gy * normals[b, j, 1] + gz * normals[b, j, 2],
        gx * normals[b, k, 0] + gy * normals[b, k, 1] + gz * normals[b, k, 2],
    )


@inlined
def add_silhouette(b, f, frame, upstream, sums):
    """Add to sums[0:6] what the soft silhouette says, given its gradient `upstream` (B, H, W)."""
    grid, pixels, box = frame.grid, frame.pixels, frame.faces.soft_box
    triangle = multiplied(frame.faces.image, b, f, grid.soft_multiplier, grid.multiplier)
    e0, e1, e2 = edges(triangle, grid.edge_epsilon)
    squared_multiplier = grid.multiplier * grid.multiplier
    one = type(grid.sigmainv)(1)
    for r in range(box[b, f, 0], box[b, f, 1]):
        y = grid.upward[len(grid.upward) - 1 - r]
        for c in range(box[b, f, 2], box[b, f, 3]):
            g = upstream[b, r, c]
            if g == 0 or pixels.face_index[b, r, c] >= 0 or pixels.last_face[b, r, c] < f:
                continue
            squared, along, dx, dy, start, end = _to_nearest_edge(e0, e1, e2, grid.soft_x[c], y)
            p = math.exp(-grid.sigmainv * (squared / squared_multiplier))
            slope = grid.sigmainv * g * (one - pixels.silhouette[b, r, c]) * p / (one - p + grid.product_epsilon)
            slope = (slope + slope) / squared_multiplier
            sx, sy = slope * dx * grid.soft_multiplier, slope * dy * grid.multiplier
            sums[start] += sx * (one - along)
            sums[start + 1] += sy * (one - along)
            sums[end] += sx * along
            sums[end + 1] += sy * along


@inlined
def _to_nearest_edge(e0, e1, e2, x, y):
    """As `to_edge` for the nearest of three, and the places of its ends among a face's sums."""
    squared, along, dx, dy = to_edge(e0, x, y)
    start, end = 0, 2
    other = to_edge(e1, x, y)
    if other[0] < squared:
        squared, along, dx, dy = other
        start, end = 2, 4
    other = to_edge(e2, x, y)
    if other[0] < squared:
        squared, along, dx, dy = other
        start, end = 4, 0
    return squared, along, dx, dy, start, end


@kernel
def fragment_gradients(first, step, tasks, frame, gradients):
    """Fill the gradients in faces' corners and depths; a task is one image's chunk of faces."""
    batch, count = frame.faces.valid.shape
    chunks = tasks // batch
    image, z = gradients.image, gradients.z
    sums = gradients.sums[first]
    for task in range(first, tasks, step):
        b, start = task // chunks, task % chunks * FACES_A_TASK
        for f in range(start, min(start + FACES_A_TASK, count)):
            sums[:] = 0
            if frame.faces.valid[b, f]:
                _add_weights(b, f, frame, gradients.weights, sums)
            if frame.faces.near_edge[b, f]:
                add_silhouette(b, f, frame, gradients.silhouette, sums)
            for k in range(3):
                image[b, f, k, 0], image[b, f, k, 1], z[b, f, k] = sums[2 * k], sums[2 * k + 1], sums[6 + k]


@inlined
def _add_weights(b, f, frame, upstream, sums):
    grid, box = frame.grid, frame.faces.box
    triangle = multiplied(frame.faces.image, b, f, grid.multiplier, grid.multiplier)
    for r in range(box[b, f, 0], box[b, f, 1]):
        y = grid.upward[len(grid.upward) - 1 - r]
        for c in range(box[b, f, 2], box[b, f, 3]):
            if frame.pixels.face_index[b, r, c] == f:
                w = screen_weights(triangle, grid.x[c], y, grid.epsilon)
                g = upstream[b, r, c, 0], upstream[b, r, c, 1], upstream[b, r, c, 2]
                add_weight_gradient(frame, b, f, w, g, sums)
