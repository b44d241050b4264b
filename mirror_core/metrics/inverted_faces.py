"""Faces that a camera sees from the inside."""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.mesh import Template
from mirror_core.rendering import RasterSettings
from mirror_core.rendering.backends import choose_backend
from mirror_core.rendering.projection import camera_space, gather_corners, project


def inverted_faces(vertices: Float[Tensor, "1 V 3"], template: Template, camera: Camera, pixels: int = 256) -> float:
    """Of the faces seen in a picture drawn without culling, the share that is seen from inside; lower is better."""
    corners = gather_corners(camera_space(vertices, camera), template.faces.to(vertices.device))
    faces = project(corners, (pixels, pixels), cull_by_view=False)
    everything = dataclasses.replace(faces, valid=torch.ones_like(faces.valid))
    backend = choose_backend("auto", vertices.device)
    drawn = backend.rasterize(everything, (pixels, pixels), RasterSettings(boxlen=0.0)).face_index
    seen = torch.unique(drawn[drawn >= 0]).long()
    a, b, c = faces.image[0, seen].unbind(dim=1)
    u, v = b - a, c - a
    inverted = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] < 0
    return float(inverted.double().mean()) if len(seen) else 0.0
