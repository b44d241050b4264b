"""Garments fit the body that they are made for, and are cut as asked."""

from dataclasses import replace

import numpy as np
import pytest
from helpers.wearers import SHAPES, heights_over, sewn, wearer

from mirror_core.errors import InputError
from training.synthetic.parts import part_number
from training.synthetic.tailor.cut import make_garment
from training.synthetic.tailor.settle import find_normals
from training.synthetic.tailor.style import KINDS, Style, sample_style

SHIRT = Style("t-shirt", 0.2, 0.3)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", SHAPES)
def test_cloth_lies_outside_the_body(kind: str, name: str) -> None:
    garment, body = sewn(kind, name), wearer(name).surface
    points = garment.piece.vertices[: garment.plan.main]
    assert heights_over(points, body.points, body.normals).min() > 0
    normals = find_normals(points, garment.plan.main_faces)
    near = body.nearest(points)
    outwards = (normals[near >= 0] * body.normals[near[near >= 0]]).sum(axis=1)
    assert np.mean(outwards > 0) > 0.9  # but for pleats, collars that are turned down, and the armpits


@pytest.mark.parametrize("kind", KINDS)
def test_weights_are_shares_and_every_number_is_finite(kind: str) -> None:
    garment = sewn(kind)
    assert np.isfinite(garment.piece.vertices).all()
    np.testing.assert_allclose(garment.weights.sum(axis=1), 1, atol=1e-5)
    assert garment.weights.min() >= 0
    assert len(garment.weights) == len(garment.joints) == len(garment.piece.vertices)


@pytest.mark.parametrize("kind", KINDS)
def test_both_sides_are_alike(kind: str) -> None:
    if kind in ("skirt", "dress"):
        pytest.skip("their folds are not")
    points = sewn(kind).piece.vertices
    mirrored = points * np.float32([-1, 1, 1])
    gap = np.abs(heights_over(mirrored, points, np.broadcast_to(np.float32([0, 0, 1]), points.shape)))
    assert np.percentile(gap, 95) < 0.012


def test_faces_stay_the_same_on_all_bodies() -> None:
    first, second = (make_garment(SHIRT, wearer(name)).piece for name in ("heavy woman", "strong man"))
    np.testing.assert_array_equal(first.faces, second.faces)
    np.testing.assert_array_equal(first.uv_faces, second.uv_faces)
    assert first.vertices.shape == second.vertices.shape


@pytest.mark.parametrize(("share", "level"), [(0.25, "crotch"), (0.6, "knee"), (1.0, "ankle")])
def test_the_hem_is_where_it_is_asked_for(share: float, level: str) -> None:
    garment = make_garment(Style("dress", share), wearer())
    hem = garment.piece.vertices[garment.plan.sheets["front"].ids[0], 1]
    np.testing.assert_allclose(hem, wearer().levels[level], atol=0.02)


def test_sleeves_end_at_the_elbow_and_at_the_wrist() -> None:
    for share, joint in ((0.5, "lowerarm01.L"), (1.0, "wrist.L")):
        garment = make_garment(replace(SHIRT, sleeve=share), wearer())
        cuff = garment.piece.vertices[garment.plan.sheets["sleeve L"].ids[0, :-1]].mean(axis=0)
        assert np.linalg.norm(cuff - wearer().joints[joint]) < 0.04


def test_a_shirt_hides_the_chest_but_neither_hands_nor_knees_nor_what_is_near_its_hem() -> None:
    garment, rest = make_garment(SHIRT, wearer()), wearer().rest
    hidden = rest[garment.hides]
    assert len(hidden) > 1000
    assert hidden[:, 1].min() > wearer().height(SHIRT.length) + 0.03
    assert np.abs(hidden[:, 0]).max() < wearer().joints["lowerarm01.L"][0]
    chest = (np.abs(rest[:13380, 0]) < 0.05) & (np.abs(rest[:13380, 1] - 0.4) < 0.05)
    assert garment.hides[:13380][chest].mean() > 0.95
    assert not garment.hides[13380:].any()


def test_more_ease_is_wider_and_a_thicker_rim_is_thicker() -> None:
    tight, wide = (make_garment(replace(SHIRT, ease=ease), wearer()) for ease in (0.005, 0.04))
    ring = tight.plan.sheets["front"].ids[10]
    assert np.ptp(wide.piece.vertices[ring, 0]) == pytest.approx(np.ptp(tight.piece.vertices[ring, 0]) + 0.07, abs=0.02)
    thick = make_garment(replace(SHIRT, thickness=0.01), wearer())
    edge, inside = thick.plan.edge, np.arange(len(thick.plan.edge)) + thick.plan.main
    gap = np.linalg.norm(thick.piece.vertices[edge] - thick.piece.vertices[inside], axis=1)
    np.testing.assert_allclose(gap, 0.01, atol=1e-5)


def test_the_middle_of_the_chest_lies_on_the_fronts_middle_in_the_texture() -> None:
    garment = make_garment(SHIRT, wearer())
    left, _, right, _ = garment.plan.sheets["front"].rect
    middle = garment.plan.uv_numbers["front"][:, 13]
    np.testing.assert_allclose(garment.piece.uv[middle, 0], (left + right) / 2, atol=0.005)
    rows = garment.piece.uv[garment.plan.uv_numbers["front"][:24], 1]
    assert np.ptp(rows, axis=1).max() < 0.03  # stripes run level


def test_parts_and_slots() -> None:
    slots = {kind: sewn(kind).slot for kind in KINDS}
    assert slots["jeans"] == slots["skirt"] == "lower"
    assert slots["dress"] == "whole"
    assert slots["coat"] == slots["blazer"] == "outer"
    assert slots["polo"] == "upper"
    assert sewn("jeans").piece.part == part_number("jeans")
    assert sewn("polo").piece.part == part_number("t-shirt")  # the classes have no polo shirt


@pytest.mark.parametrize("kind", KINDS)
def test_styles_are_drawn_by_seed(kind: str) -> None:
    first, again, other = (sample_style(kind, np.random.default_rng(seed)) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_what_is_no_garment_is_refused() -> None:
    with pytest.raises(InputError, match=r"'toga' is not a kind"):
        Style("toga", 0.5)
    with pytest.raises(InputError, match=r"'ruff' is not a collar"):
        Style("shirt", 0.2, collar="ruff")
