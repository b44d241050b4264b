"""Which vertices the photo's camera sees, and which a camera opposite would see."""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.mesh import Template
from mirror_core.mesh.normals import vertex_normals
from mirror_core.rendering import Renderer
from mirror_core.rendering.projection import camera_space

PIXELS = 512
"""Side of the depth pictures."""
NEAR = 0.03
"""Template units by which a vertex may lie behind what is seen at its pixel."""


def seen_from_both_sides(
    vertices: npt.NDArray[np.float32], template: Template, camera: Camera
) -> npt.NDArray[np.float32]:
    """For each vertex its NDC position, and the cosines under which it is seen from before and from behind; (V, 4).

    From behind means along the same line of sight, but from the other end. A cosine is 0 where something hides the
    vertex or the surface is turned away.
    """
    points = torch.from_numpy(vertices)[None].float()
    seen = camera_space(points, camera)[0]
    ndc = seen[:, :2] / (-seen[:, 2:] * HALF_VIEW)
    normals = vertex_normals(seen[None], template.faces)[0]
    cosine = torch.nn.functional.cosine_similarity(normals, -seen, dim=1)
    depth = -seen[:, 2]
    both = depth.min() + depth.max()
    eye = camera.eye()
    turned = eye[:, None] + (points - eye[:, None]) * ((both - depth) / depth)[None, :, None]
    before = cosine.clamp(min=0.0) * _unhidden(points, template, camera, ndc, depth)
    inside_out = replace(template, faces=template.faces.flip(1), uv_faces=template.uv_faces.flip(1))
    behind = (-cosine).clamp(min=0.0) * _unhidden(turned, inside_out, camera, ndc, both - depth)
    return torch.cat([ndc, before[:, None], behind[:, None]], dim=1).numpy()


def _unhidden(
    points: Float[Tensor, "1 V 3"],
    template: Template,
    camera: Camera,
    ndc: Float[Tensor, "V 2"],
    depth: Float[Tensor, " V"],
) -> Float[Tensor, " V"]:
    """1 where nothing lies before a vertex."""
    nearest = Renderer(image_size=(PIXELS, PIXELS))(points, template, camera).depth
    at_vertex = torch.nn.functional.grid_sample(
        nearest, (ndc * torch.tensor([1.0, -1.0]))[None, None], mode="nearest", align_corners=False
    )[0, 0, 0]
    return 1.0 - ((at_vertex > 0) & (depth > at_vertex + NEAR)).float()
