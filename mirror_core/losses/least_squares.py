"""Least-squares adversarial losses (Mao et al. 2017; MeshInversion, equations 1 to 3)."""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.losses.patches import patch_mean

Scores = list[tuple[Float[Tensor, "B _ _"], Float[Tensor, "B _ _"] | None]]
"""Of each discriminator its patches' scores, and how much of each patch is visible; none: all of it."""


def least_squares_critic_loss(real: Scores, fake: Scores) -> Float[Tensor, ""]:
    """What discriminators minimise: squared distances of real scores from 1 and of fake ones from 0."""
    return _towards(real, 1.0) + _towards(fake, 0.0)


def least_squares_generator_loss(fake: Scores) -> Float[Tensor, ""]:
    """What the generator minimises: the squared distance of its scores from 1."""
    return _towards(fake, 1.0)


def _towards(scores: Scores, target: float) -> Tensor:
    return torch.stack([patch_mean((score - target).square(), seen) for score, seen in scores]).mean()
