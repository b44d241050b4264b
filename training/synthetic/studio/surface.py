# pyright: basic
# (numba infers the types of kernels)
"""How what each fine pixel sees looks: normal, texture, level of light."""

import math

from training.synthetic.studio.compiled import inlined, kernel
from training.synthetic.studio.raster import area_vector, perspective_weights, texture_point


@kernel
def shade(number, layer, light, frame, surface):
    """Fill the pixels that see a layer; light (9,) are its coefficients times the factors of the harmonics."""
    height, width = frame.face.shape
    for r in range(height):
        for c in range(width):
            if frame.piece[r, c] == number:
                _shade_pixel((frame.face[r, c], r, c), layer, light, surface)


@inlined
def _shade_pixel(at, layer, light, surface):
    f, r, c = at
    w0, w1, w2, area = perspective_weights(layer, f, c + 0.5, r + 0.5)
    surface.weights[r, c, 0], surface.weights[r, c, 1], surface.weights[r, c, 2] = w0, w1, w2
    x, y, z = _normal(layer, f, w0, w1, w2)
    if area > 0:  # rows count downwards: this face shows its back
        x, y, z = -x, -y, -z
    surface.normals[r, c, 0], surface.normals[r, c, 1], surface.normals[r, c, 2] = x, y, z
    surface.level[r, c] = _light_level(light, x, y, z)
    column, row = texture_point(layer, f, w0, w1, w2)
    _blend(layer.texture, column - 0.5, row - 0.5, surface.albedo, r, c)


@inlined
def _normal(layer, f, w0, w1, w2):
    """Unit normal between the corners'; the face's own where theirs cancel."""
    n, i, j, k = layer.normals, layer.faces[f, 0], layer.faces[f, 1], layer.faces[f, 2]
    x = w0 * n[i, 0] + w1 * n[j, 0] + w2 * n[k, 0]
    y = w0 * n[i, 1] + w1 * n[j, 1] + w2 * n[k, 1]
    z = w0 * n[i, 2] + w1 * n[j, 2] + w2 * n[k, 2]
    length = math.sqrt(x * x + y * y + z * z)
    if length < 0.1:
        x, y, z = area_vector(layer.camera, i, j, k)
        length = max(math.sqrt(x * x + y * y + z * z), 1e-30)
    return x / length, y / length, z / length


@inlined
def _light_level(light, x, y, z):
    """Nine harmonics in the project's order."""
    level = light[0] + light[1] * x + light[2] * z + light[3] * y + light[4] * x * y + light[5] * y * z
    return max(level + light[6] * (3.0 * z * z - 1.0) + light[7] * x * z + light[8] * (x * x - y * y), 0.0)


@inlined
def _blend(texture, x, y, albedo, r, c):
    """Bilinear, wrapping around in both directions."""
    height, width = texture.shape[:2]
    left, upper = math.floor(x), math.floor(y)
    fx, fy = x - left, y - upper
    column, row = int(left) % width, int(upper) % height
    right = column + 1 if column + 1 < width else 0
    lower = row + 1 if row + 1 < height else 0
    a, b = (1.0 - fx) * (1.0 - fy) / 255.0, fx * (1.0 - fy) / 255.0
    d, e = (1.0 - fx) * fy / 255.0, fx * fy / 255.0
    for k in range(3):
        albedo[r, c, k] = (
            a * texture[row, column, k] + b * texture[row, right, k] + d * texture[lower, column, k]
            + e * texture[lower, right, k]
        )  # fmt: skip
