"""Least-squares and hinge losses by hand, and means over patches of which only a part is visible."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.losses.hinge import hinge_critic_loss, hinge_generator_loss
from mirror_core.losses.least_squares import least_squares_critic_loss, least_squares_generator_loss
from mirror_core.losses.patches import patch_mean


def scores(*values: float) -> list[tuple[torch.Tensor, None]]:
    """One discriminator that rates one object in so many patches."""
    return [(torch.tensor(values).reshape(1, 1, -1), None)]


def test_least_squares_by_hand():
    assert least_squares_critic_loss(scores(1.0, 0.5), scores(0.0, 2.0)) == pytest.approx(0.125 + 2.0)
    assert least_squares_generator_loss(scores(1.0, 3.0)) == pytest.approx(2.0)


def test_hinge_by_hand():
    assert hinge_critic_loss(scores(2.0, 0.0), scores(-2.0, 1.0)) == pytest.approx(0.5 + 1.0)
    assert hinge_generator_loss(scores(2.0, 0.0)) == pytest.approx(-1.0)


@pytest.mark.parametrize("critic", [least_squares_critic_loss, hinge_critic_loss])
def test_a_critic_that_is_right_has_nothing_to_learn(critic):
    real = 1.0
    fake = 0.0 if critic is least_squares_critic_loss else -1.0
    assert critic(scores(real), scores(fake)) == 0.0


def test_discriminators_count_alike_however_many_patches_they_have():
    fine = (torch.full((1, 8, 8), 3.0), None)
    coarse = (torch.full((1, 1, 1), 1.0), None)
    assert least_squares_generator_loss([fine, coarse]) == pytest.approx((4.0 + 0.0) / 2)


def test_hidden_patches_do_not_count_and_visible_ones_count_by_their_share():
    values = torch.tensor([[[1.0, 5.0, 100.0]]])
    assert patch_mean(values, torch.tensor([[[1.0, 0.5, 0.0]]])) == pytest.approx((1.0 + 2.5) / 1.5)


def test_an_object_counts_as_one_however_little_of_it_is_visible():
    values = torch.tensor([[[2.0, 2.0]], [[4.0, 0.0]]])
    assert patch_mean(values, torch.tensor([[[1.0, 1.0]], [[0.1, 0.0]]])) == pytest.approx(3.0)


def test_an_object_without_a_visible_patch_is_0_and_has_a_gradient():
    values = torch.ones(1, 2, 2, requires_grad=True)
    found = patch_mean(values, torch.zeros(1, 2, 2))
    found.backward()
    assert found == 0.0
    assert values.grad is not None
    assert (values.grad == 0.0).all()


@given(st.floats(-5, 5), st.floats(0.01, 1.0))
def test_the_mean_of_one_value_is_that_value(value: float, seen: float):
    assert patch_mean(torch.full((2, 3, 3), value), torch.full((2, 3, 3), seen)) == pytest.approx(value, abs=1e-5)
