"""The Frechet distance of normal distributions, whose value is known in closed form."""

import math

import pytest
import torch

from mirror_core.errors import InputError
from mirror_core.metrics import frechet_distance


def _with_moments(mean: list[float], deviations: list[float]) -> torch.Tensor:
    """Points whose sample mean and covariance (diagonal) are exactly these."""
    size = len(mean)
    signs = torch.cat([torch.eye(size), -torch.eye(size)]).double()
    count = len(signs)
    return signs * torch.tensor(deviations).double() * math.sqrt((count - 1) / 2) + torch.tensor(mean).double()


def test_a_set_has_no_distance_from_itself():
    points = torch.rand(50, 5)
    assert frechet_distance(points, points) == pytest.approx(0.0, abs=1e-6)


def test_a_shift_counts_squared():
    a, b = _with_moments([0, 0], [1, 1]), _with_moments([3, 4], [1, 1])
    assert frechet_distance(a, b) == pytest.approx(25.0)


def test_aligned_ellipses_differ_by_the_squares_of_their_axes_differences():
    a, b = _with_moments([0, 0], [1, 2]), _with_moments([0, 0], [3, 5])
    assert frechet_distance(a, b) == pytest.approx((3 - 1) ** 2 + (5 - 2) ** 2)


def test_it_is_symmetric_and_does_not_change_when_both_sets_are_rotated():
    a, b = torch.randn(40, 3).double(), torch.randn(30, 3).double() * torch.tensor([1.0, 2, 3]).double()
    rotation, _ = torch.linalg.qr(torch.randn(3, 3).double())
    assert frechet_distance(a, b) == pytest.approx(frechet_distance(b, a))
    assert frechet_distance(a @ rotation, b @ rotation) == pytest.approx(frechet_distance(a, b))


def test_it_agrees_with_torchmetrics():
    from torchmetrics.image.fid import _compute_fid

    a, b = torch.randn(60, 4).double(), torch.randn(50, 4).double() + 0.5
    known = _compute_fid(a.mean(dim=0), a.T.cov(), b.mean(dim=0), b.T.cov()).item()
    assert frechet_distance(a, b) == pytest.approx(known, rel=1e-6)


def test_one_vector_has_no_covariance():
    with pytest.raises(InputError, match="needs two vectors on each side, but there are 1 and 5"):
        frechet_distance(torch.rand(1, 3), torch.rand(5, 3))
