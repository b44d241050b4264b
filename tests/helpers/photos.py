"""Photos drawn by hand, with the mask that belongs to them."""

import numpy as np

from mirror_core.images import Photo

Scene = tuple[Photo, np.ndarray]


def make_photo(pixels: np.ndarray, alpha: np.ndarray | None = None) -> Photo:
    return Photo(np.clip(pixels, 0, 1).astype(np.float32), alpha, "drawn.png", "0" * 64)


def shirt(height: int = 240, width: int = 200, *, noise: float = 0.01, vignette: float = 0.0) -> Scene:
    """A dark red shirt (a body and two sleeves, with soft texture) on a light grey ground, smooth edges."""
    random = np.random.default_rng(3)
    y, x = np.mgrid[0:height, 0:width]
    x, y = (x + 0.5) / width * 2 - 1, (y + 0.5) / height * 2 - 1
    inside = ((np.abs(x) < 0.4) & (np.abs(y) < 0.7)) | ((np.abs(x) < 0.75) & (np.abs(y + 0.5) < 0.2))
    ground = np.stack([0.86 + 0.0 * x, 0.86 + 0.0 * x, 0.88 + 0.0 * x], axis=-1)
    ground -= vignette * (x * x + y * y)[..., None] / 2
    cloth = np.array([0.55, 0.12, 0.15]) + 0.05 * np.sin(20 * y)[..., None]
    pixels = np.where(inside[..., None], cloth, ground) + random.normal(0, noise, (height, width, 3))
    return make_photo(pixels), inside


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    return float((first & second).sum() / (first | second).sum())
