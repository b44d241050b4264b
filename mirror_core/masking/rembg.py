"""Masks by rembg's networks, for those who have it installed."""

import importlib
import importlib.util
from typing import Any

import numpy as np

from mirror_core.errors import DependencyError
from mirror_core.images import Photo
from mirror_core.masking.mask import Mask
from mirror_core.masking.working import resize


def rembg_is_installed() -> bool:
    """Whether `import rembg` would find it; imports nothing."""
    return importlib.util.find_spec("rembg") is not None


def rembg_mask(photo: Photo) -> Mask:
    """Segment with rembg's default network, which rembg may download when it is first used.

    The confidence is the share of the mask that the network has decided on.

    Raises:
        DependencyError: rembg is not installed, or cannot load or fetch its network.
    """
    if not rembg_is_installed():
        raise DependencyError(
            "The masking method rembg needs the package rembg, which is not installed.",
            'Install it with: pip install "mirror-core[rembg]"; or choose the method border, grabcut or auto.',
        )
    picture = np.round(photo.pixels * 255.0).astype(np.uint8)
    try:
        rembg: Any = importlib.import_module("rembg")
        values = np.asarray(rembg.remove(picture, only_mask=True), np.float32) / np.float32(255.0)
    except Exception as error:  # a third party's network, runtime or download
        raise DependencyError(
            f"rembg failed: {error}.", "Check its installation and its network, or choose the method border or grabcut."
        ) from error
    values = resize(values.reshape(values.shape[:2]), photo.size)
    undecided = float(((values > 0.1) & (values < 0.9)).sum()) / max(float((values > 0.1).sum()), 1.0)
    return Mask(values, "rembg", 1.0 - undecided)
