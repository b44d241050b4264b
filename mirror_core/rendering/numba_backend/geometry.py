# pyright: basic
# (numba infers the types of kernels)
"""Faces from vertices on the way forward, vertices' gradients from faces' on the way back."""

import math

from mirror_core.rendering.numba_backend.jit import inlined, kernel
from mirror_core.rendering.numba_backend.layout import FACES_A_TASK
from mirror_core.rendering.numba_backend.surface import light_level


@kernel
def project_faces(first, step, tasks, mesh, faces, flat):
    """Fill the faces' corners, depths and validity; a task is a chunk of faces.

    Of flat = (normals, light, level) unit normals (B, F, 3) and, unless `level` (B, F, 1) is empty, the light's level.
    """
    normals, light, level = flat
    chunks = tasks // len(mesh.vertices)
    for task in range(first, tasks, step):
        b, start = task // chunks, task % chunks * FACES_A_TASK
        for f in range(start, min(start + FACES_A_TASK, len(mesh.faces))):
            behind = _project_corners(mesh, b, f, faces.image, faces.z)
            nx, ny, nz = _area_vector(_edges(mesh, b, f))
            facing = nz
            if mesh.cull_by_view:
                ax, ay, az = _corner(mesh, b, f, 0)
                facing = -(ax * nx + ay * ny + az * nz)
            faces.valid[b, f] = facing >= 0 and not behind
            length = max(math.sqrt(nx * nx + ny * ny + nz * nz), type(nx)(1e-12))
            n = nx / length, ny / length, nz / length
            normals[b, f, 0], normals[b, f, 1], normals[b, f, 2] = n
            if len(level):
                level[b, f, 0] = light_level(light, b, n)


@inlined
def _project_corners(mesh, b, f, image, z):
    """Fill the corners' NDC positions and depths; tell whether one is behind or too near the eye."""
    behind = False
    for k in range(3):
        px, py, pz = _corner(mesh, b, f, k)
        behind |= pz > mesh.near
        z[b, f, k] = pz
        image[b, f, k, 0], image[b, f, k, 1] = px * mesh.scale_x / -pz, py * mesh.scale_y / -pz
    if behind:
        for k in range(3):
            image[b, f, k, 0] = image[b, f, k, 1] = mesh.nowhere
    return behind


@inlined
def _corner(mesh, b, f, k):
    v = mesh.faces[f, k]
    return mesh.vertices[b, v, 0], mesh.vertices[b, v, 1], mesh.vertices[b, v, 2]


@inlined
def _edges(mesh, b, f):
    """Vectors from the first corner to the second and to the third."""
    ax, ay, az = _corner(mesh, b, f, 0)
    bx, by, bz = _corner(mesh, b, f, 1)
    cx, cy, cz = _corner(mesh, b, f, 2)
    return (bx - ax, by - ay, bz - az), (cx - ax, cy - ay, cz - az)


@inlined
def _area_vector(edges):
    u, v = edges
    return _cross(u, v)


@inlined
def _cross(u, v):
    return u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]


@inlined
def fill_corner_gradients(mesh, faces, b, f, sums, corners):
    """Gradient in a face's corners in space (B, F, 9) from that in their x, y on the image, sums[0:6], and z, [6:9]."""
    behind = faces.image[b, f, 0, 0] == mesh.nowhere
    for k in range(3):
        gx, gy, z = sums[2 * k], sums[2 * k + 1], faces.z[b, f, k]
        if behind:
            gx = gy = z * 0
        corners[b, f, 3 * k] = gx * mesh.scale_x / -z
        corners[b, f, 3 * k + 1] = gy * mesh.scale_y / -z
        along = gx * faces.image[b, f, k, 0] + gy * faces.image[b, f, k, 1]
        corners[b, f, 3 * k + 2] = sums[6 + k] - along / z


@inlined
def add_normal_gradient(mesh, b, f, g, corners):
    """Add to `corners` (B, F, 9) what reaches them through the face's unit normal, whose gradient is g."""
    u, v = _edges(mesh, b, f)
    nx, ny, nz = _cross(u, v)
    length = math.sqrt(nx * nx + ny * ny + nz * nz)
    if not length > 1e-12:
        return
    nx, ny, nz = nx / length, ny / length, nz / length
    along = g[0] * nx + g[1] * ny + g[2] * nz
    g = (g[0] - along * nx) / length, (g[1] - along * ny) / length, (g[2] - along * nz) / length
    second, third = _cross(v, g), _cross(g, u)
    for k in range(3):
        corners[b, f, k] -= second[k] + third[k]
        corners[b, f, 3 + k] += second[k]
        corners[b, f, 6 + k] += third[k]


@kernel
def sum_to_vertices(first, step, tasks, faces, corner_values, totals):
    """Sum the values of faces' corners (B, F, 3, 3) into their vertices (B, V, 3); a task is one image."""
    for b in range(first, tasks, step):
        totals[b] = 0
        for f in range(len(faces)):
            for k in range(3):
                for d in range(3):
                    totals[b, faces[f, k], d] += corner_values[b, f, k, d]
