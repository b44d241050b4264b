"""From model space to the image plane: Magic Mirror's camera or MeshInversion's, kaolin's conventions."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.rendering.scene import ProjectedFaces

NEAR = 0.01
"""A face with a corner nearer than this (template units) or behind the eye is not drawn; kaolin draws garbage."""

NOWHERE = 1e4
"""NDC position given to the corners of such a face, far outside every image."""


AFAR = 100.0
"""Template units from the eye to the origin through a camera without perspective; it must exceed what is drawn."""


def camera_space(vertices: Float[Tensor, "B V 3"], camera: Camera | WeakPerspective) -> Float[Tensor, "B V 3"]:
    """Vertices as the camera sees them: x right, y up, z backward, the eye at the origin.

    Without perspective, x and y are widened by each point's own depth, so that the perspective division gives back
    exactly scale * R p + translation. Only what lies where in the picture, and before what, is then true: normals and
    angles in this space are not.
    """
    camera = camera.to(vertices)
    if isinstance(camera, Camera):
        return (vertices - camera.eye()[:, None]) @ camera.rotation().transpose(1, 2)
    turned = vertices @ camera.matrix().transpose(1, 2)
    depth = AFAR - turned[..., 2:]
    flat = camera.scale[:, None, None] * turned[..., :2] + camera.translation[:, None]
    return torch.cat([flat * depth * HALF_VIEW, -depth], dim=-1)


def gather_corners(points: Float[Tensor, "B V D"], faces: Int[Tensor, "F 3"]) -> Float[Tensor, "B F 3 D"]:
    """Each face's three corners.

    `gather` and not indexing, because on the CPU its gradient is summed in a fixed order.
    """
    batch, _, size = points.shape
    index = faces.reshape(1, -1, 1).expand(batch, -1, size).long()
    return points.gather(1, index).reshape(batch, len(faces), 3, size)


def project(corners: Float[Tensor, "B F 3 3"], image_size: tuple[int, int], cull_by_view: bool) -> ProjectedFaces:
    """Project camera-space triangles with a vertical field of view of 43.6 degrees.

    A face is valid when its normal points towards the image plane (z >= 0, as in kaolin) or, with `cull_by_view`,
    towards the eye.
    """
    z = corners[..., 2]
    behind = (z > -NEAR).any(dim=-1)
    image = (
        corners[..., :2]
        * corners.new_tensor(image_scale(image_size))
        / -z.masked_fill(behind[..., None], -1.0)[..., None]
    )
    image = image.masked_fill(behind[..., None, None], NOWHERE)
    with torch.no_grad():
        (ax, ay, az), (ux, uy, uz), (vx, vy, vz) = (
            edge.unbind(-1)
            for edge in (corners[:, :, 0], corners[:, :, 1] - corners[:, :, 0], corners[:, :, 2] - corners[:, :, 0])
        )
        facing = ux * vy - uy * vx
        if cull_by_view:
            facing = -(ax * (uy * vz - uz * vy) + ay * (uz * vx - ux * vz) + az * facing)
    return ProjectedFaces(image, z, (facing >= 0) & ~behind)


def image_scale(image_size: tuple[int, int]) -> tuple[float, float]:
    """What x / -z and y / -z in camera space are multiplied by to give NDC: 2.5 times (H / W, 1)."""
    height, width = image_size
    return height / width / HALF_VIEW, 1.0 / HALF_VIEW


def pixel_centres(count: int) -> Float[Tensor, " {count}"]:
    """NDC positions of `count` pixel centres in ascending order, float64."""
    return (2.0 * torch.arange(count, dtype=torch.float64) + 1.0 - count) / count
