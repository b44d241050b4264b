"""The released evaluation measures pictures that were written as JPEG files and read back."""

import cv2
import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor


def round_trip(pictures: Float[Tensor, "N C H W"]) -> Float[Tensor, "N C H W"]:
    """Each picture, of one or three channels, through JPEG at quality 100."""
    levels = (pictures.clamp(0.0, 1.0) * 255.0).round().byte().permute(0, 2, 3, 1).numpy()
    read = np.stack([_through(picture) for picture in levels])
    return torch.from_numpy(read).permute(0, 3, 1, 2).float() / 255.0


def _through(picture: np.ndarray) -> np.ndarray:
    _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 100])
    flag = cv2.IMREAD_COLOR if picture.shape[2] == 3 else cv2.IMREAD_GRAYSCALE
    found = np.asarray(cv2.imdecode(data, flag))
    return found.reshape(*picture.shape[:2], -1)[..., ::-1].copy()
