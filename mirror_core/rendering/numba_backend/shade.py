# pyright: basic
# (numba infers the types of kernels)
"""Shading of covered pixels, and the gradient that goes into the texture."""

from mirror_core.rendering.numba_backend.jit import inlined, kernel
from mirror_core.rendering.numba_backend.raster import pixel_weights
from mirror_core.rendering.numba_backend.surface import (
    blend,
    corner_uv,
    interpolate_uv,
    light_level,
    pixel_level,
    pixel_normal,
    texel,
)


@kernel
def shade(first, step, tasks, frame, look, picture):
    """Fill the picture, and turn depths positive; a task is one image's band of rows."""
    face_index, depth = frame.pixels.face_index, frame.pixels.depth
    batch, height, width = face_index.shape
    bands = tasks // batch
    for task in range(first, tasks, step):
        b, band = task // bands, task % bands
        for r in range(height * band // bands, height * (band + 1) // bands):
            for c in range(width):
                f = face_index[b, r, c]
                if f < 0:
                    _clear_pixel(b, r, c, look, picture)
                else:
                    depth[b, r, c] = -depth[b, r, c]
                    _shade_pixel((b, f, r, c), frame, look, picture)


@inlined
def _clear_pixel(b, r, c, look, picture):
    picture.mask[b, 0, r, c] = 0
    picture.uv[b, 0, r, c] = picture.uv[b, 1, r, c] = 0
    for k in range(3):
        picture.normals[b, k, r, c] = 0
    if look.textured:
        for k in range(3):
            picture.rgb[b, k, r, c] = 0


@inlined
def _shade_pixel(at, frame, look, picture):
    b, f, r, c = at
    w = pixel_weights(at, frame)
    n, _ = pixel_normal(look, b, f, w)
    u, v = interpolate_uv(corner_uv(look, f), w)
    picture.mask[b, 0, r, c] = 1
    picture.uv[b, 0, r, c], picture.uv[b, 1, r, c] = u, v
    picture.normals[b, 0, r, c], picture.normals[b, 1, r, c], picture.normals[b, 2, r, c] = n
    if look.textured:
        if look.lit and look.smooth:
            picture.level[b, r, c] = light_level(look.light, b, n)
        level = pixel_level(look, picture.level, at)
        t = b if len(look.texture) > 1 else 0
        where = texel(look.texture.shape[2], look.texture.shape[3], u, v)
        for k in range(3):
            picture.rgb[b, k, r, c] = blend(look.texture, t, k, where)[0] * level


@kernel
def texture_gradient(first, step, tasks, face_index, scene, rgb, texture):
    """Sum the pixels' gradients into their texels; a task is one channel of one image, so no two tasks meet."""
    _, look, picture = scene
    height, width = face_index.shape[1:]
    for task in range(first, tasks, step):
        b, k = task // 3, task % 3
        texture[b, k] = 0
        for r in range(height):
            for c in range(width):
                f = face_index[b, r, c]
                if f >= 0:
                    g = rgb[b, k, r, c] * pixel_level(look, picture.level, (b, f, r, c))
                    u, v = picture.uv[b, 0, r, c], picture.uv[b, 1, r, c]
                    _spread(texture, b, k, texel(texture.shape[2], texture.shape[3], u, v), g)


@inlined
def _spread(texture, b, k, where, g):
    row, next_row, column, next_column, fx, fy, _ = where
    lower, right = g * fy, fx
    upper = g - lower
    texture[b, k, row, column] += upper - upper * right
    texture[b, k, row, next_column] += upper * right
    texture[b, k, next_row, column] += lower - lower * right
    texture[b, k, next_row, next_column] += lower * right
