"""Cameras as numbers that Adam can move at the published rates."""

import math
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.rendering.projection import camera_space, image_scale

AnyCamera = Camera | WeakPerspective

TURN = math.degrees(2.0)
"""Degrees for one unit: a unit quaternion that moves by d turns by 2 d radians."""
ROUNDS = 2
"""Perspective makes the box after a change not quite the one that was wanted."""


def numbers_of(camera: AnyCamera) -> Float[Tensor, "B K"]:
    """Where the descent begins.

    A weak-perspective camera is its own numbers, as published: scale, translation, quaternion. Our camera is changed by
    five numbers of the same size: turns in units of 2 radians, the logarithm of nearness, and the shift in NDC.
    """
    if isinstance(camera, WeakPerspective):
        return torch.cat([camera.scale[:, None], camera.translation, camera.rotation], dim=1).detach().clone()
    return torch.zeros(len(camera.azimuth), 5, dtype=camera.azimuth.dtype, device=camera.azimuth.device)


def camera_of(start: AnyCamera, numbers: Float[Tensor, "B K"]) -> AnyCamera:
    """The camera that numbers mean, for a descent that began at `start`."""
    if isinstance(start, WeakPerspective):
        return WeakPerspective(numbers[:, 0], numbers[:, 1:3], numbers[:, 3:])
    return Camera(
        start.azimuth + TURN * numbers[:, 0],
        (start.elevation + TURN * numbers[:, 1]).clamp(-89.0, 89.0),
        start.distance * torch.exp(-numbers[:, 2]),
        start.offset - numbers[:, 3:] * (HALF_VIEW * start.distance[:, None]),
    )


def project_points(vertices: Float[Tensor, "B V 3"], camera: AnyCamera) -> Float[Tensor, "B V 2"]:
    """Where a square picture shows the vertices, NDC."""
    seen = camera_space(vertices, camera)
    return seen[..., :2] * seen.new_tensor(image_scale((1, 1))) / -seen[..., 2:]


def box_of(places: Float[Tensor, "N 2"]) -> Float[Tensor, "2 2"]:
    """Least and most of points."""
    return torch.stack([places.min(dim=0).values, places.max(dim=0).values])


def aligned(camera: AnyCamera, vertices: Float[Tensor, "B V 3"], box: Float[Tensor, "2 2"]) -> AnyCamera:
    """Cameras that see the vertices as large as the box (the geometric mean of its sides) and in its middle.

    Only nearness and shift change. A shift across the view that our camera's offset, which lies in the plane z = 0,
    cannot make (from the side) is left out.
    """
    for _ in range(ROUNDS):
        seen = project_points(vertices, camera)
        low, high = seen.min(dim=1).values, seen.max(dim=1).values
        ratio = ((box[1] - box[0]) / (high - low)).log().mean(dim=1).exp()
        if isinstance(camera, WeakPerspective):
            middle = (low + high) / 2.0 - camera.translation
            shift = (box[0] + box[1]) / 2.0 - ratio[:, None] * middle
            camera = replace(camera, scale=camera.scale * ratio, translation=shift)
            continue
        camera = replace(camera, distance=camera.distance / ratio)
        seen = project_points(vertices, camera)
        beside = (seen.min(dim=1).values + seen.max(dim=1).values - box.sum(dim=0)) / 2.0
        plane = beside * (HALF_VIEW * camera.distance)[:, None]
        axes = camera.rotation()[:, :2, :2]
        turned = axes.transpose(1, 2)
        damped = turned @ axes + 0.01 * torch.eye(2).to(axes)
        camera = replace(
            camera, offset=camera.offset + torch.linalg.solve(damped, (turned @ plane[:, :, None])[:, :, 0])
        )
    return camera
