"""The start of a fit from a trained 3D Magic Mirror: camera and shape in one forward pass."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.completion import BackNetwork
from mirror_core.encoders import MagicMirror
from mirror_core.images import Crop, middle_columns, square_crop


@dataclass(frozen=True)
class Prediction:
    """What a model says of one photo.

    Attributes:
        vertices: (V, 3), model space.
        camera: one camera (B = 1) that looks through `crop`.
        crop: the window the model was shown, made square.
        texture: (T, U, 3), sRGB 0..1.
    """

    vertices: npt.NDArray[np.float64]
    camera: Camera
    crop: Crop
    texture: npt.NDArray[np.float32]


@lru_cache(maxsize=2)
def load_mirror(name: str) -> MagicMirror:
    """The model of this name or in this folder, kept for the next photo."""
    return MagicMirror.from_pretrained(name)


@lru_cache(maxsize=1)
def load_back() -> BackNetwork:
    """The shipped network that completes the unseen side, kept for the next photo."""
    return BackNetwork.from_pretrained()


@torch.no_grad()
def predict(model: MagicMirror, photo: npt.NDArray[np.float32], mask: npt.NDArray[np.float32]) -> Prediction:
    """Ask the model.

    Args:
        model: in evaluation mode.
        photo: (H, W, 3), sRGB 0..1.
        mask: (H, W), 0..1.
    """
    height, width = model.config.image_size
    crop = square_crop(mask, width=min(width / height, 1.0))
    window = middle_columns(crop.apply(photo, height), width).clip(0.0, 1.0)
    inside = middle_columns(crop.apply(mask, height), width) > 0.5
    found = model(
        torch.from_numpy(np.ascontiguousarray(window)).permute(2, 0, 1)[None],
        torch.from_numpy(np.ascontiguousarray(inside))[None, None].float(),
    )
    texture = found.texture[0].permute(1, 2, 0).numpy()
    return Prediction(found.vertices[0].double().numpy(), found.camera, crop, texture)
