"""Garments alone: flat ones are flat, their cloth keeps its size, and nobody is in those that are worn."""

import numpy as np
import pytest
import torch
from helpers.wearers import SHAPES, body, sewn

from training.synthetic.tailor.flat import lay_flat
from training.synthetic.tailor.hang import lower_arms, spread_out, wear_invisibly
from training.synthetic.tailor.style import KINDS


@pytest.mark.parametrize("kind", KINDS)
def test_laid_out_it_is_flat_and_wider_than_worn(kind: str) -> None:
    garment = sewn(kind)
    points = spread_out(garment, np.random.default_rng(0)).vertices
    assert np.isfinite(points).all()
    assert np.ptp(points[:, 2]) < 0.09
    ring, rest = garment.plan.sheets["front"].ids[4], garment.piece.vertices
    assert np.ptp(points[ring, 0]) > np.ptp(rest[ring, 0])


@pytest.mark.parametrize("kind", ["t-shirt", "skirt", "coat"])
def test_half_of_what_goes_around_lies_in_front(kind: str) -> None:
    garment = sewn(kind)
    rest, plan = garment.piece.vertices[: garment.plan.main], garment.plan
    flat = lay_flat(plan, rest, 30.0)
    for row in (3, 10):
        ring = np.concatenate([plan.sheets[name].ids[row] for name in ("front", "back")])
        around = np.linalg.norm(np.diff(rest[ring], axis=0), axis=1).sum()
        assert np.ptp(flat[ring, 0]) == pytest.approx(around / 2, rel=0.03)


def test_sleeves_fold_down_by_the_angle_asked_for() -> None:
    garment = sewn("sweater")
    for angle in (20.0, 75.0):
        flat = lay_flat(garment.plan, garment.piece.vertices[: garment.plan.main], angle)
        ids = garment.plan.sheets["sleeve L"].ids
        middles = flat[ids[:, :-1]].mean(axis=1)
        step = middles[0] - middles[8]
        assert np.degrees(np.arctan2(-step[1], step[0])) == pytest.approx(angle, abs=8)


def test_legs_do_not_cross_the_middle() -> None:
    garment = sewn("jeans")
    flat = lay_flat(garment.plan, garment.piece.vertices[: garment.plan.main], 0.0)
    left, right = (flat[garment.plan.sheets[f"leg {side}"].ids[:-1], 0] for side in "LR")
    assert left.min() >= -1e-6
    assert right.max() <= 1e-6


def test_a_mannequin_lowers_its_arms() -> None:
    garment = sewn("sweater")
    shape = torch.tensor([SHAPES["average"]])
    piece = wear_invisibly(garment, body(), shape, np.random.default_rng(0))
    cuff = garment.plan.sheets["sleeve L"].ids[0]
    assert piece.vertices[cuff, 1].mean() < garment.piece.vertices[cuff, 1].mean() - 0.05
    assert lower_arms(body(), np.random.default_rng(1)).shape == (1, len(body().joint_names), 3, 3)
