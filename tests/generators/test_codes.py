"""Latent codes."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.errors import InputError
from mirror_core.generators import draw_codes


@given(st.floats(0.05, 3.0), st.integers(0, 2**31))
def test_truncated_numbers_lie_within_the_limit(limit: float, seed: int):
    codes = draw_codes(8, 16, torch.Generator().manual_seed(seed), limit)
    assert codes.shape == (8, 16)
    assert codes.abs().max() <= limit


def test_truncation_draws_anew_and_does_not_clamp():
    """Within the limit the numbers are spread as the normal distribution is there: of |z| < 1, 0.5608 is |z| < 1/2."""
    codes = draw_codes(2000, 16, torch.Generator().manual_seed(0), 1)
    assert codes.std().item() == pytest.approx(0.5396, abs=0.01)
    assert (codes.abs() < 0.5).float().mean().item() == pytest.approx(0.5608, abs=0.01)


def test_numbers_within_the_limit_stay_what_they_are_without_it():
    free, limited = (draw_codes(50, 8, torch.Generator().manual_seed(3), limit) for limit in (None, 1.5))
    within = free.abs() <= 1.5
    assert torch.equal(limited[within], free[within])
    assert free.abs().max() > 1.5


def test_the_seed_decides():
    first, again, other = (draw_codes(2, 4, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("limit", [0.0, -1.0])
def test_a_limit_that_nothing_meets_is_refused(limit: float):
    with pytest.raises(InputError, match="truncation must be larger than 0"):
        draw_codes(1, 1, torch.Generator(), limit)
