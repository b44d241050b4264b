"""Creases of cloth: ridges of noise, higher where the cloth is too long for its place."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.synthetic.piece import FloatArray, IntArray


@dataclass(frozen=True)
class Creases:
    """How cloth creases."""

    height: int | float = 0.012
    """Metres everywhere."""
    pressed: int | float = 0.06
    """Metres more where cloth is fully pressed together, less by the root of the share."""
    wave: int | float = 0.09
    """Metres from a crease to the next, about."""
    upright: int | float = 0.6
    """0 creases run anywhere, 1 they run down."""


def crease(points: FloatArray, settings: Creases, rng: np.random.Generator, waves: int = 7) -> FloatArray:
    """A field (V,) between 0 and 1 with soft ridges, at points (V, 3) of uncreased cloth."""
    direction = rng.normal(size=(waves, 3))
    direction[:, 1] *= 1.0 - settings.upright
    direction /= np.linalg.norm(direction, axis=1, keepdims=True)
    length = settings.wave * np.exp(rng.uniform(-0.25, 0.7, (waves, 1)))
    bend = rng.normal(size=(waves, 3)) * (2 * np.pi / (4.0 * settings.wave))
    where = points @ (bend * 0.6).T + rng.uniform(0, 2 * np.pi, waves)
    phase = points @ (np.pi / length * direction).T + rng.uniform(0, np.pi, waves) + 0.9 * np.sin(where)
    ridge = (1.0 - np.abs(np.sin(phase))) ** 2.0
    there = 0.5 + 0.5 * np.sin(points @ (bend * 0.35).T + rng.uniform(0, 2 * np.pi, waves))  # no crease is everywhere
    return np.clip((ridge * there).sum(axis=1) / (0.2 * waves), 0.0, 1.5).astype(np.float32) / 1.5


def pressed(points: FloatArray, edges: IntArray, lengths: FloatArray) -> npt.NDArray[np.floating]:
    """Root of the share (V,) by which the edges around each vertex are shorter than the cloth."""
    first, second = edges.T
    step = points[first] - points[second]
    short = np.clip(1.0 - np.sqrt((step * step).sum(axis=1)) / np.maximum(lengths, 1e-6), 0.0, 1.0)
    count = len(points)
    total = np.bincount(first, short, count) + np.bincount(second, short, count)
    degree = np.bincount(first, minlength=count) + np.bincount(second, minlength=count)
    return np.sqrt(total / np.maximum(degree, 1))
