"""Walls and tables as in shop photos: plain, graded, with a floor, wooden."""

import cv2
import numpy as np
from jaxtyping import Float32

Picture = Float32[np.ndarray, "H W 3"]


def draw_wall(rng: np.random.Generator, size: tuple[int, int]) -> Picture:
    """A background, sRGB, above 1 where overexposed: half of them white, the others grey, tinted or wooden."""
    kind = rng.choice(["white", "grey", "tinted", "wood"], p=[0.5, 0.15, 0.15, 0.2])
    if kind == "wood":
        picture = _wood(rng, size)
    else:
        colour = {
            "white": rng.uniform(0.9, 1.25) + rng.normal(0, 0.01, 3),
            "grey": rng.uniform(0.35, 0.85) + rng.normal(0, 0.015, 3),
            "tinted": rng.uniform(0.5, 0.9) + rng.uniform(-0.12, 0.12, 3),
        }[str(kind)]
        picture = np.broadcast_to(colour.astype(np.float32), (*size, 3))
    picture = picture * _falloff(rng, size)[..., None]
    if kind != "wood" and rng.uniform() < 0.3:
        picture = picture * _floor(rng, size)[..., None]
    return picture.clip(0, None).astype(np.float32)


def _falloff(rng: np.random.Generator, size: tuple[int, int]) -> Float32[np.ndarray, "H W"]:
    """Light from one side, and less of it towards the corners."""
    y, x = np.meshgrid(np.linspace(-1, 1, size[0]), np.linspace(-1, 1, size[1]), indexing="ij")
    slope = rng.normal(0, 0.05, 2)
    return (1 + slope[0] * x + slope[1] * y - rng.uniform(0, 0.08) * (x * x + y * y)).astype(np.float32)


def _floor(rng: np.random.Generator, size: tuple[int, int]) -> Float32[np.ndarray, "H W"]:
    """A floor of another brightness, with a soft or a sharp edge in the lower third."""
    rows = (np.arange(size[0]) + 0.5) / size[0]
    step = 1 / (1 + np.exp(-(rows - rng.uniform(0.72, 0.92)) / rng.uniform(0.003, 0.05)))
    return np.broadcast_to((1 + rng.uniform(-0.15, 0.06) * step).astype(np.float32)[:, None], size)


def _wood(rng: np.random.Generator, size: tuple[int, int]) -> Picture:
    """Boards with grain, upright or across."""
    upright = rng.uniform() < 0.5
    across, along = (size[1], size[0]) if upright else size
    board = max(int(rng.uniform(0.12, 0.35) * size[1]), 4)
    start = int(rng.integers(board))
    number = (np.arange(across) + start) // board
    count = int(number[-1]) + 1
    tone = rng.normal(0, 0.035, count)[number]
    gap = np.where((np.arange(across) + start) % board == 0, 0.82, 1.0)
    grain = np.zeros((across, along), np.float32)
    for width, length, strength in ((1, 14, 0.02), (3, 40, 0.035)):
        noise = rng.standard_normal((across // width + 2, along // length + 3), dtype=np.float32)
        grain += strength * cv2.resize(noise, (along, across), interpolation=cv2.INTER_CUBIC)
    shade = (1 + tone[:, None] + grain) * gap[:, None]
    green = rng.uniform(0.74, 0.9)
    colour = rng.uniform(0.35, 0.9) * np.array([1.0, green, green * rng.uniform(0.65, 0.9)])
    picture = (shade[..., None] * colour).astype(np.float32)
    return np.ascontiguousarray(picture.transpose(1, 0, 2)) if upright else picture
