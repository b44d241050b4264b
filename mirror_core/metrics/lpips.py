"""Learned perceptual similarity, where its weights are."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

WEIGHTS = "vgg16-397923af.pth"
"""torchvision's VGG-16, which LPIPS looks at pictures with; torch keeps it in its hub folder."""


def lpips_if_available(a: Float[Tensor, "B 3 H W"], b: Float[Tensor, "B 3 H W"]) -> float | None:
    """Mean LPIPS (VGG-16) of pictures in 0..1; lower is better. None without its weights: nothing is downloaded.

    Args:
        a: pictures.
        b: what they should look like.
    """
    if not (Path(torch.hub.get_dir()) / "checkpoints" / WEIGHTS).is_file():
        return None
    from torchmetrics.image.lpip import LearnedPerceptualImagePatchSimilarity

    measure = LearnedPerceptualImagePatchSimilarity(net_type="vgg", normalize=True)
    for first, second in zip(a.split(25), b.split(25), strict=True):
        measure.update(first, second)
    return float(measure.compute())
