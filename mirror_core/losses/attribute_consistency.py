"""What is rendered is found again."""

from typing import Literal

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Attributes, Camera
from mirror_core.losses.chamfer_points import chamfer_points_loss


def attribute_consistency_loss(
    found: Attributes, given: Attributes, shape: Literal["l1", "chamfer"] = "l1"
) -> dict[str, Float[Tensor, ""]]:
    """Mean absolute differences of camera, vertices, texture and light (3D Magic Mirror, equation 10).

    Angles are compared by their cosine and sine, so that 180 degrees and -180 degrees are the same (release).

    Args:
        found: from a rendering.
        given: what was rendered; gradients are the caller's to stop.
        shape: "l1", vertex by vertex, or "chamfer", as released.
    """
    if shape == "l1":
        vertices = (found.vertices - given.vertices).abs().mean()
    else:
        vertices = chamfer_points_loss(found.vertices, given.vertices)
    return {
        "camera": (camera_vector(found.camera) - camera_vector(given.camera)).abs().mean(),
        "vertices": vertices,
        "texture": (found.texture - given.texture).abs().mean(),
        "light": (found.light - given.light).abs().mean(),
    }


def camera_vector(camera: Camera) -> Float[Tensor, "B 7"]:
    """A camera as numbers that are near when cameras are: cosines, sines, distance and offset in template units."""
    a, e = torch.deg2rad(camera.azimuth), torch.deg2rad(camera.elevation)
    angles = [torch.cos(a), torch.sin(a), torch.cos(e), torch.sin(e)]
    return torch.cat([torch.stack([*angles, camera.distance], dim=1), camera.offset], dim=1)
