"""Losses of a Wasserstein critic and of what it judges (Arjovsky et al. 2017)."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor


def critic_loss(real: Float[Tensor, " B"], fake: Float[Tensor, " B"]) -> Float[Tensor, ""]:
    """How far the critic is from rating photos above renderings: mean of the fakes' less that of the photos' rating."""
    return fake.mean() - real.mean()


def generator_loss(fake: Float[Tensor, " B"]) -> Float[Tensor, ""]:
    """Renderings want a high rating."""
    return -fake.mean()


def gradient_penalty(
    critic: Callable[[Tensor], Tensor],
    real: Float[Tensor, "B C H W"],
    fake: Float[Tensor, "B C H W"],
    share: Float[Tensor, " B"],
) -> Float[Tensor, ""]:
    """Mean squared deviation of the critic's gradient from length 1 between photos and renderings (WGAN-GP).

    Args:
        critic: rates pictures.
        real: photos.
        fake: renderings, without history.
        share: of the photo in each interpolated picture, 0..1.
    """
    between = torch.lerp(fake, real, share.reshape(-1, 1, 1, 1)).requires_grad_()
    (gradient,) = torch.autograd.grad(critic(between).sum(), between, create_graph=True)
    length = (gradient.flatten(1).square().sum(dim=1) + 1e-12).sqrt()
    return (length - 1.0).square().mean()
