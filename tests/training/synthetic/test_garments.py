"""Garments need nothing but chance."""

import numpy as np
import pytest

from mirror_core.body import AnnyBody
from training.synthetic.figure import Figure
from training.synthetic.garments import FLAT, Garments
from training.synthetic.parts import part_number
from training.synthetic.tailor.cut import CLASSES


@pytest.fixture(scope="module")
def figures(body: AnnyBody) -> list[Figure]:
    return [Garments(body).draw(np.random.default_rng(seed)) for seed in range(24)]


def test_the_class_is_the_kind_or_what_it_counts_as(figures: list[Figure]) -> None:
    for figure in figures:
        (piece,) = figure.pieces
        assert piece.part == part_number(CLASSES.get(figure.kind, figure.kind))
        assert not figure.closed
        assert figure.key_points.shape == (0, 3)


def test_flat_ones_are_flat_and_the_others_are_not(figures: list[Figure]) -> None:
    for figure in figures:
        size = np.ptp(figure.pieces[0].vertices, axis=0)
        assert (size[2] < 0.15 * size[:2].max()) == figure.flat, figure.kind


def test_some_lie_flat_and_most_are_worn(figures: list[Figure]) -> None:
    assert 0 < sum(figure.flat for figure in figures) < len(figures) * 2 * FLAT


def test_they_are_as_large_as_clothes(figures: list[Figure]) -> None:
    for figure in figures:
        assert 0.2 < np.ptp(figure.pieces[0].vertices, axis=0)[:2].max() < 1.9, figure.kind


def test_the_same_chances_make_the_same_garment(body: AnnyBody, figures: list[Figure]) -> None:
    again = Garments(body).draw(np.random.default_rng(5)).pieces[0]
    np.testing.assert_array_equal(again.vertices, figures[5].pieces[0].vertices)
    np.testing.assert_array_equal(again.texture, figures[5].pieces[0].texture)
