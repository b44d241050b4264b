# pyright: basic
# (numba infers the types of kernels)
"""One point of a surface: its normal, the light on it, its texel; with gradients."""

import math

import numpy as np

from mirror_core.rendering.numba_backend.jit import inlined


@inlined
def pixel_normal(look, b, f, w):
    """Unit normal at a point of a face, and, when smooth, the length it had before it was made one."""
    normals = look.normals
    if not look.smooth:
        return (normals[b, f, 0], normals[b, f, 1], normals[b, f, 2]), w[0]
    i, j, k = look.faces[f, 0], look.faces[f, 1], look.faces[f, 2]
    nx = w[0] * normals[b, i, 0] + w[1] * normals[b, j, 0] + w[2] * normals[b, k, 0]
    ny = w[0] * normals[b, i, 1] + w[1] * normals[b, j, 1] + w[2] * normals[b, k, 1]
    nz = w[0] * normals[b, i, 2] + w[1] * normals[b, j, 2] + w[2] * normals[b, k, 2]
    length = max(math.sqrt(nx * nx + ny * ny + nz * nz), type(nx)(1e-12))
    return (nx / length, ny / length, nz / length), length


@inlined
def corner_uv(look, f):
    """UV of a face's corners: u, v of the first, of the second, of the third."""
    uv, points = look.uv, look.uv_faces
    i, j, k = points[f, 0], points[f, 1], points[f, 2]
    return uv[i, 0], uv[i, 1], uv[j, 0], uv[j, 1], uv[k, 0], uv[k, 1]


@inlined
def interpolate_uv(uv, w):
    """Where in the texture a point looks."""
    return w[0] * uv[0] + w[1] * uv[2] + w[2] * uv[4], w[0] * uv[1] + w[1] * uv[3] + w[2] * uv[5]


@inlined
def basis(n):
    """Spherical harmonics without their factors, in kaolin's order."""
    x, y, z = n
    one, three = type(x)(1), type(x)(3)
    return one, x, z, y, x * y, y * z, three * z * z - one, x * z, x * x - y * y


@inlined
def light_level(light, b, n):
    """What the light (B, 9), multiplied by the basis' factors, multiplies a surface of unit normal n by."""
    s = basis(n)
    level = light[b, 0] + light[b, 1] * s[1] + light[b, 2] * s[2] + light[b, 3] * s[3] + light[b, 4] * s[4]
    return level + light[b, 5] * s[5] + light[b, 6] * s[6] + light[b, 7] * s[7] + light[b, 8] * s[8]


@inlined
def pixel_level(look, level, at):
    """What the light multiplies the texture by at a pixel; at = (image, face, row, column)."""
    b, f, r, c = at
    if not look.lit:
        return level.dtype.type(1)
    return level[b, r, c] if look.smooth else level[b, f, 0]


@inlined
def light_level_gradient(light, b, n):
    """Derivative of the level in x, y and z of the normal."""
    x, y, z = n
    two, six = type(x)(2), type(x)(6)
    gx = light[b, 1] + light[b, 4] * y + light[b, 7] * z + two * light[b, 8] * x
    gy = light[b, 3] + light[b, 4] * x + light[b, 5] * z - two * light[b, 8] * y
    gz = light[b, 2] + light[b, 5] * y + six * light[b, 6] * z + light[b, 7] * x
    return gx, gy, gz


@inlined
def texel(height, width, u, v):
    """Rows and columns of the four texels around (u, v), the way between them, and whether v is inside the border."""
    half, one = type(u)(0.5), type(u)(1)
    x = (u - np.floor(u)) * type(u)(width) - half
    y = (one - v) * type(u)(height) - half
    last = type(u)(height - 1)
    inside = y > 0 and y < last
    y = min(max(y, type(u)(0)), last)
    column, row = int(x + one) - 1, int(y)
    fx, fy = x - type(u)(column), y - type(u)(row)
    next_column = column + 1 if column + 1 < width else 0
    if column < 0:
        column = width - 1
    return row, min(row + 1, height - 1), column, next_column, fx, fy, inside


@inlined
def blend(texture, t, k, where):
    """Bilinear value of channel k of texture t, and its derivatives along x and y in texels."""
    row, next_row, column, next_column, fx, fy, inside = where
    a, b = texture[t, k, row, column], texture[t, k, row, next_column]
    c, d = texture[t, k, next_row, column], texture[t, k, next_row, next_column]
    upper, lower = a + fx * (b - a), c + fx * (d - c)
    along_x = (b - a) + fy * ((d - c) - (b - a))
    along_y = (lower - upper) if inside else type(fx)(0)
    return upper + fy * (lower - upper), along_x, along_y
