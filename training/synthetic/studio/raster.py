# pyright: basic
# (numba infers the types of kernels)
"""Which piece and which face each fine pixel sees."""

import math

from training.synthetic.studio.compiled import inlined, kernel


@kernel
def project(vertices, rotation, eye, lens, layer):
    """Fill a layer's camera-space and image positions; lens = (focal length, middle column, middle row, near)."""
    focal, column, row, near = lens
    for v in range(len(vertices)):
        x, y, z = vertices[v, 0] - eye[0], vertices[v, 1] - eye[1], vertices[v, 2] - eye[2]
        cx = rotation[0, 0] * x + rotation[0, 1] * y + rotation[0, 2] * z
        cy = rotation[1, 0] * x + rotation[1, 1] * y + rotation[1, 2] * z
        cz = rotation[2, 0] * x + rotation[2, 1] * y + rotation[2, 2] * z
        layer.camera[v, 0], layer.camera[v, 1], layer.camera[v, 2] = cx, cy, cz
        if cz > -near:
            layer.inverse[v] = 0
            continue
        inverse = -1.0 / cz
        layer.inverse[v] = inverse
        layer.image[v, 0] = column + focal * cx * inverse
        layer.image[v, 1] = row - focal * cy * inverse


@kernel
def find_normals(layer):
    """Fill a layer's normals: unit, the mean of the faces around a vertex weighted by their area."""
    normals = layer.normals
    normals[:] = 0
    for f in range(len(layer.faces)):
        i, j, k = layer.faces[f, 0], layer.faces[f, 1], layer.faces[f, 2]
        x, y, z = area_vector(layer.camera, i, j, k)
        for v in (i, j, k):
            normals[v, 0] += x
            normals[v, 1] += y
            normals[v, 2] += z
    for v in range(len(normals)):
        x, y, z = normals[v, 0], normals[v, 1], normals[v, 2]
        length = max(math.sqrt(x * x + y * y + z * z), 1e-30)
        normals[v, 0], normals[v, 1], normals[v, 2] = x / length, y / length, z / length


@inlined
def area_vector(points, i, j, k):
    """Normal of a face, twice as long as its area."""
    ux, uy, uz = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1], points[j, 2] - points[i, 2]
    vx, vy, vz = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1], points[k, 2] - points[i, 2]
    return uy * vz - uz * vy, uz * vx - ux * vz, ux * vy - uy * vx


@kernel
def measure_texture(layer, step, areas):
    """Add up areas[0] of every step-th face in the picture, pixels, and areas[1] in the texture, texels."""
    height, width = layer.texture.shape[:2]
    for f in range(0, len(layer.faces), step):
        i, j, k = layer.faces[f, 0], layer.faces[f, 1], layer.faces[f, 2]
        if layer.inverse[i] > 0 and layer.inverse[j] > 0 and layer.inverse[k] > 0:
            areas[0] += abs(_doubled_area(layer.image, i, j, k))
            p, q, r = layer.uv_faces[f, 0], layer.uv_faces[f, 1], layer.uv_faces[f, 2]
            areas[1] += abs(_doubled_area(layer.uv, p, q, r)) * height * width


@inlined
def _doubled_area(points, i, j, k):
    ux, uy = points[j, 0] - points[i, 0], points[j, 1] - points[i, 1]
    vx, vy = points[k, 0] - points[i, 0], points[k, 1] - points[i, 1]
    return ux * vy - uy * vx


@inlined
def areas_around(corners, x, y):
    """Twice the signed areas between a point and the edges opposite the corners.

    The point is subtracted first: then the two faces at an edge find values that differ in nothing but their sign.
    """
    ax, ay, bx, by, cx, cy = corners
    ax, ay, bx, by, cx, cy = ax - x, ay - y, bx - x, by - y, cx - x, cy - y
    return bx * cy - by * cx, cx * ay - cy * ax, ax * by - ay * bx


@inlined
def perspective_weights(layer, f, x, y):
    """Weights of a face's corners at a pixel's centre, in space; and its doubled area in the picture, signed."""
    image = layer.image
    i, j, k = layer.faces[f, 0], layer.faces[f, 1], layer.faces[f, 2]
    corners = image[i, 0], image[i, 1], image[j, 0], image[j, 1], image[k, 0], image[k, 1]
    a0, a1, a2 = areas_around(corners, x, y)
    u0, u1, u2 = a0 * layer.inverse[i], a1 * layer.inverse[j], a2 * layer.inverse[k]
    total = u0 + u1 + u2
    return u0 / total, u1 / total, u2 / total, a0 + a1 + a2


@inlined
def texture_point(layer, f, w0, w1, w2):
    """Column and row in the texture, counted from its upper left corner."""
    p, q, r = layer.uv_faces[f, 0], layer.uv_faces[f, 1], layer.uv_faces[f, 2]
    u = w0 * layer.uv[p, 0] + w1 * layer.uv[q, 0] + w2 * layer.uv[r, 0]
    v = w0 * layer.uv[p, 1] + w1 * layer.uv[q, 1] + w2 * layer.uv[r, 1]
    return u * layer.texture.shape[1], (1.0 - v) * layer.texture.shape[0]


@kernel
def draw(number, layer, cutout, frame):
    """Draw a layer's faces, from both sides, over what the frame holds where they are nearer."""
    height, width = frame.face.shape
    image, inverse, faces = layer.image, layer.inverse, layer.faces
    for f in range(len(faces)):
        i, j, k = faces[f, 0], faces[f, 1], faces[f, 2]
        depths = inverse[i], inverse[j], inverse[k]
        if min(depths) <= 0:
            continue
        corners = image[i, 0], image[i, 1], image[j, 0], image[j, 1], image[k, 0], image[k, 1]
        first = max(_centre_after(min(corners[0], corners[2], corners[4])), 0)
        last = min(_centre_after(max(corners[0], corners[2], corners[4])), width)
        top = max(_centre_after(min(corners[1], corners[3], corners[5])), 0)
        bottom = min(_centre_after(max(corners[1], corners[3], corners[5])), height)
        for r in range(top, bottom):
            for c in range(first, last):
                depth = _depth_inside(corners, depths, c, r)
                if depth > frame.inverse[r, c] and (not cutout or _is_solid(layer, f, r, c)):
                    frame.inverse[r, c] = depth
                    frame.face[r, c] = f
                    frame.piece[r, c] = number


@inlined
def _centre_after(position):
    """The first pixel whose centre is not before a position, which is kept within a range that whole numbers hold."""
    one = type(position)
    shifted = min(max(position, one(-1e6)), one(1e6)) - one(0.5)
    whole = int(shifted)
    return whole + 1 if shifted > whole else whole


@inlined
def _depth_inside(corners, depths, c, r):
    """One over the distance of a face at a pixel's centre; 0 outside.

    The face covers centres in [first, last) of its bounding box: one on its right or lower border belongs to the next.
    """
    one = type(corners[0])
    a0, a1, a2 = areas_around(corners, one(c) + one(0.5), one(r) + one(0.5))
    total = a0 + a1 + a2
    if total == 0 or not ((a0 >= 0 and a1 >= 0 and a2 >= 0) or (a0 <= 0 and a1 <= 0 and a2 <= 0)):
        return one(0)
    return (a0 * depths[0] + a1 * depths[1] + a2 * depths[2]) / total


@inlined
def _is_solid(layer, f, r, c):
    """Whether a cutout's texel is there.

    Each pixel of a block of 2 x 2 asks for another share of alpha, so that a hair that fills a quarter of the block is
    drawn in one of its pixels (alpha to coverage); on the average the border is at alpha = 1/2.
    """
    w0, w1, w2, _ = perspective_weights(layer, f, c + 0.5, r + 0.5)
    x, y = texture_point(layer, f, w0, w1, w2)
    height, width = layer.texture.shape[:2]
    column, row = int(x // 1) % width, int(y // 1) % height
    share = 2 * (((r + f) ^ c) & 1) + (r & 1)
    return layer.texture[row, column, 3] > 48 + 51 * share
