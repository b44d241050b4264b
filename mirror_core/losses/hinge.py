"""Hinge losses, which ConvMesh's release trains with."""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.losses.least_squares import Scores
from mirror_core.losses.patches import patch_mean


def hinge_critic_loss(real: Scores, fake: Scores) -> Float[Tensor, ""]:
    """What discriminators minimise: how far real scores lie below 1 and fake ones above -1."""
    below = [patch_mean((1.0 - score).clamp(min=0.0), seen) for score, seen in real]
    above = [patch_mean((1.0 + score).clamp(min=0.0), seen) for score, seen in fake]
    return torch.stack(below).mean() + torch.stack(above).mean()


def hinge_generator_loss(fake: Scores) -> Float[Tensor, ""]:
    """What the generator minimises: minus its scores."""
    return -torch.stack([patch_mean(score, seen) for score, seen in fake]).mean()
