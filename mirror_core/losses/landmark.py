"""A face of the mesh lies on the same part of every object."""

from collections.abc import Callable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.mesh.normals import face_normals
from mirror_core.rendering.projection import camera_space, image_scale

FACING = 0.1
"""A face counts as seen when its camera-space normal's z is more than this (release)."""


def landmark_loss(
    features: Float[Tensor, "B C h w"],
    centres: Float[Tensor, "B G 2"],
    seen: Bool[Tensor, "B G"],
    faces: Int[Tensor, " G"],
    classify: Callable[[Tensor], Tensor],
    upside_down: bool = False,
) -> Float[Tensor, ""]:
    """Cross-entropy of telling a face's number from the picture's feature where it is seen (SMR, as released).

    Args:
        features: of the photo, by a network that knows parts of objects.
        centres: where the faces are, `face_centres`.
        seen: which of them count; without any the loss is 0.
        faces: their numbers.
        classify: from features (N, C) to a score for each face of the mesh (N, F).
        upside_down: read at the vertical mirror image of each place, as the release does.
    """
    points = centres * centres.new_tensor([1.0, 1.0 if upside_down else -1.0])  # row 0 is the top, y points up
    read = torch.nn.functional.grid_sample(features, points[:, None], padding_mode="border", align_corners=False)
    found = read[:, :, 0].transpose(1, 2)[seen]
    if not len(found):
        return read.sum() * 0.0
    return torch.nn.functional.cross_entropy(classify(found), faces.expand(len(centres), -1)[seen])


def face_centres(
    vertices: Float[Tensor, "B V 3"], faces: Int[Tensor, "G 3"], camera: Camera, image_size: tuple[int, int]
) -> tuple[Float[Tensor, "B G 2"], Bool[Tensor, "B G"]]:
    """Where faces' centres are in the picture (NDC, y up), and whether the faces turn to the camera.

    Args:
        vertices: model space.
        faces: the chosen ones, as vertex numbers.
        camera: that looks at them.
        image_size: height and width of the picture, pixels.
    """
    space = camera_space(vertices, camera)
    centre = space[:, faces].mean(dim=2)
    place = centre[..., :2] * centre.new_tensor(image_scale(image_size)) / -centre[..., 2:]
    inside = (place.detach().abs() < 1.0).all(dim=-1) & (centre[..., 2] < 0)
    return place, inside & (face_normals(space.detach(), faces)[..., 2] > FACING)
