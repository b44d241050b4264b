"""Checks at public entrances: what passes, and the sentence when it does not."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.checks import check_choice, check_finite, check_range, check_shape
from mirror_core.errors import InputError


@pytest.mark.parametrize("make", [torch.zeros, np.zeros])
def test_shape_with_numbers_and_letters(make) -> None:
    check_shape("vertices", make((2, 5, 3)), (2, "V", 3))


def test_wrong_shape_is_named_with_what_was_wanted_and_what_came() -> None:
    with pytest.raises(InputError) as caught:
        check_shape("vertices", torch.zeros(5, 3), ("B", "V", 3))
    assert caught.value.message == "vertices must have shape (B, V, 3), but its shape is (5, 3)."


@given(st.lists(st.integers(0, 4), max_size=4), st.lists(st.integers(0, 4), max_size=4))
def test_shape_passes_exactly_when_it_is_equal(wanted: list[int], actual: list[int]) -> None:
    if wanted == actual:
        check_shape("array", np.zeros(actual), wanted)
        return
    with pytest.raises(InputError):
        check_shape("array", np.zeros(actual), wanted)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_range_includes_its_ends(value: float) -> None:
    check_range("margin", value, 0.0, 1.0)


@pytest.mark.parametrize(("value", "shown"), [(1.5, "1.5"), (-0.1, "-0.1"), (float("nan"), "nan")])
def test_value_outside_the_range_is_named(value: float, shown: str) -> None:
    with pytest.raises(InputError, match=rf"margin must lie between 0 and 1, but is {shown}\."):
        check_range("margin", value, 0.0, 1.0)


def test_choice_lists_the_choices() -> None:
    check_choice("kind", "garment", ("garment", "person"))
    with pytest.raises(InputError, match="kind must be one of garment, person, but is 'shoe'"):
        check_choice("kind", "shoe", ("garment", "person"))


def test_finite_counts_what_is_not() -> None:
    check_finite("light", torch.zeros(9))
    with pytest.raises(InputError, match="light must be finite, but 2 of 9 values are not"):
        check_finite("light", np.array([0, np.nan, np.inf, 0, 0, 0, 0, 0, 0]))


def test_integers_are_finite() -> None:
    check_finite("faces", np.arange(3))
