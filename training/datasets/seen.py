"""What a photo's camera sees of a mesh, with perspective or without."""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.fitting.visibility import NEAR, PIXELS, seen_from_both_sides
from mirror_core.mesh import Template
from mirror_core.mesh.normals import vertex_normals
from mirror_core.rendering import Renderer
from mirror_core.rendering.projection import camera_space
from training.datasets.camera_rows import AnyCamera, Floats


def seen_by(vertices: Float[Tensor, "V 3"], template: Template, camera: AnyCamera) -> Floats:
    """For each vertex its NDC position in a square picture, and the cosine under which it is seen; (V, 3).

    A cosine is 0 where something hides the vertex or the surface is turned away.

    Args:
        vertices: model space, template units.
        template: says faces.
        camera: one camera (B = 1).
    """
    if isinstance(camera, Camera):
        return seen_from_both_sides(vertices.numpy(), template, camera)[:, :3]
    return _seen_without_perspective(vertices.float()[None], template, camera).numpy()


def _seen_without_perspective(
    points: Float[Tensor, "1 V 3"], template: Template, camera: WeakPerspective
) -> Float[Tensor, "V 3"]:
    # All lines of sight are parallel to the camera's z axis. Angles are those of the turned mesh: in the space in which
    # it is drawn, x and y are widened.
    turned = points @ camera.matrix().transpose(1, 2)
    ndc = camera.scale[:, None, None] * turned[..., :2] + camera.translation[:, None]
    cosine = vertex_normals(turned, template.faces)[0, :, 2].clamp(min=0.0)
    depth = -camera_space(points, camera)[0, :, 2]
    nearest = Renderer(image_size=(PIXELS, PIXELS))(points, template, camera).depth
    at_vertex = torch.nn.functional.grid_sample(
        nearest, (ndc * torch.tensor([1.0, -1.0]))[None], mode="nearest", align_corners=False
    )[0, 0, 0]
    hidden = (at_vertex > 0) & (depth > at_vertex + NEAR)
    return torch.cat([ndc[0], torch.where(hidden, 0.0, cosine)[:, None]], dim=1)
