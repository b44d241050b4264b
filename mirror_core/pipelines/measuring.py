"""What is checked before a job and measured after it."""

import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.errors import MaskError
from mirror_core.fitting.optimise import Target
from mirror_core.images import Photo
from mirror_core.masking import Mask
from mirror_core.mesh import make_template
from mirror_core.metrics import inverted_faces, mask_iou
from mirror_core.pipelines.result import CameraPose
from mirror_core.rendering import Renderer

Float32 = npt.NDArray[np.float32]

CHECK_PIXELS = 256
"""Side of the picture that a result is measured on."""


def check_mask(photo: Photo, mask: Mask) -> None:
    """Require that they are of one size.

    Raises:
        MaskError: naming both sizes.
    """
    if mask.values.shape != photo.size:
        raise MaskError(
            f"The mask is {_size(mask.values.shape)} pixels, but the photo {photo.source} is {_size(photo.size)}.",
            "Use a mask of the photo's size.",
        )


def pose_of(camera: Camera) -> CameraPose:
    """One camera (B = 1) as plain numbers."""
    azimuth, elevation, distance = (float(v[0]) for v in (camera.azimuth, camera.elevation, camera.distance))
    return CameraPose(azimuth, elevation, distance, (float(camera.offset[0, 0]), float(camera.offset[0, 1])))


def measure(vertices: Float32, camera: Camera, target: Target) -> dict[str, float]:
    """Overlap with the mask (higher is better), share of folded faces in front (lower), depth over width."""
    points, template = torch.from_numpy(vertices)[None], make_template(len(vertices))
    seen = Renderer(image_size=(CHECK_PIXELS, CHECK_PIXELS))(points, template, camera)
    truth = (target.at(CHECK_PIXELS) > 0.5).float()
    width, thickness = np.ptp(vertices[:, 0]), np.ptp(vertices[:, 2])
    return {
        "mask_iou": float(mask_iou(seen.mask, truth)[0]),
        "inverted_faces": inverted_faces(points, template, camera, CHECK_PIXELS),
        "thickness_over_width": float(thickness / width),
    }


def _size(shape: tuple[int, ...]) -> str:
    return f"{shape[1]} x {shape[0]}"
