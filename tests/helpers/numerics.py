"""How close two computations must be, by precision, in one table."""

import torch
from torch import Tensor

TOLERANCE = {torch.float32: 1e-5, torch.float64: 1e-10}
"""Largest |a - b| / (1 + |b|) that still counts as equal."""


def assert_close(actual: Tensor, expected: Tensor, factor: float = 1.0) -> None:
    """Require equal shapes and values within `factor` times the tolerance of `actual`'s precision."""
    tolerance = factor * TOLERANCE[actual.dtype]
    torch.testing.assert_close(actual, expected.to(actual), rtol=tolerance, atol=tolerance)
