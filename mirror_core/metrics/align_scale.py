"""The size and place of a shape that a photo does not tell."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from mirror_core.metrics.surface import Surface, nearest_on

FloatArray = npt.NDArray[np.float64]

POINTS = 1000
"""Of each surface that take part."""
STEPS = 20
ENOUGH = 1e-3
"""A step that brings the surfaces nearer by a smaller share than this is the last."""
TOUCHING = 1e-3
"""Share of the size below which points count as touching: they weigh no more, and their face says where away is."""


@dataclass(frozen=True)
class Placement:
    """Scale about the origin, then shift (3,)."""

    scale: float
    shift: FloatArray

    def __call__(self, points: npt.NDArray[np.floating]) -> FloatArray:
        """Move points (N, 3)."""
        return np.asarray(points, np.float64) * self.scale + self.shift


@dataclass(frozen=True)
class _Partners:
    """Points of the moving surface where it lay at first, and where it lies now; each with a point of the fixed one."""

    moved: FloatArray
    difference: FloatArray
    distance: FloatArray
    normals: FloatArray

    @property
    def mean(self) -> float:
        return float(self.distance.mean())


def align_scale(moving: Surface, fixed: Surface) -> Placement:
    """Scale and translation, without rotation, that make the chamfer distance of two surfaces smallest.

    Begins with equal middles and diagonals of the bounding boxes. Each step takes nearest points in both directions
    for partners, weighs them by one over their distance, so that squares become distances, and solves for scale and
    shift with the surfaces free to slide along each other (Gauss-Newton). A step that makes the distance larger is
    halved. What is found is the minimum next to the boxes' start, not the least of all.
    """
    moving, fixed = moving.thinned(POINTS), fixed.thinned(POINTS)
    trees = cKDTree(moving.points), cKDTree(fixed.points)
    size = float(np.linalg.norm(np.ptp(fixed.points, axis=0)))
    place = _boxes(moving.points, fixed.points)
    now = _partners(moving, fixed, trees, place)
    for _ in range(STEPS):
        growth, shift, pivot = _step(now, TOUCHING * size)
        for part in (1.0, 0.5, 0.25, 0.125):
            grown = float(np.exp(part * growth))
            tried = Placement(place.scale * grown, (place.shift - pivot) * grown + pivot + part * shift)
            there = _partners(moving, fixed, trees, tried)
            if there.mean < now.mean:
                break
        else:
            return place
        gained = 1.0 - there.mean / now.mean
        place, now = tried, there
        if gained < ENOUGH:
            break
    return place


def _partners(moving: Surface, fixed: Surface, trees: tuple[cKDTree, cKDTree], place: Placement) -> _Partners:
    moved = place(moving.points)
    forth = nearest_on(fixed, trees[1], moved)
    # The other direction is sought where the moving surface lay at first: its tree stays good.
    back = nearest_on(moving, trees[0], (fixed.points - place.shift) / place.scale)
    here = np.concatenate([moved, place(back.points)])
    return _Partners(
        moved=here,
        difference=here - np.concatenate([forth.points, fixed.points]),
        distance=np.concatenate([forth.distance, back.distance * place.scale]),
        normals=np.concatenate([fixed.normals[forth.drawn], moving.normals[back.drawn]]),
    )


def _step(pairs: _Partners, touching: float) -> tuple[float, FloatArray, FloatArray]:
    """By how much to grow (a logarithm) about which point, and to shift."""
    far = pairs.distance > touching
    away = np.where(far[:, None], pairs.difference / np.maximum(pairs.distance, 1e-300)[:, None], pairs.normals)
    pivot = pairs.moved.mean(axis=0)
    slopes = np.column_stack([(away * (pairs.moved - pivot)).sum(axis=1), away])
    weight = 1.0 / np.maximum(pairs.distance, touching)
    matrix = slopes.T @ (weight[:, None] * slopes)
    # A plane may slide within itself: what nothing decides stays as it is.
    matrix += 1e-6 * np.trace(matrix) * np.eye(4)
    found = -np.linalg.solve(matrix, slopes.T @ (weight * (away * pairs.difference).sum(axis=1)))
    return float(np.clip(found[0], -0.5, 0.5)), found[1:], pivot


def _boxes(moving: FloatArray, fixed: FloatArray) -> Placement:
    scale = float(np.linalg.norm(np.ptp(fixed, axis=0)) / np.linalg.norm(np.ptp(moving, axis=0)))
    return Placement(scale, _middle(fixed) - scale * _middle(moving))


def _middle(points: FloatArray) -> FloatArray:
    return (points.min(axis=0) + points.max(axis=0)) / 2.0
