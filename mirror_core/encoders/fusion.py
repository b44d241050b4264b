"""Exchange between the scales of a feature pyramid, as the released texture encoder has it."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.encoders.layers import conv_norm

SKIP_WEIGHT = 0.2
"""Of the exchanged features beside a level's own (release)."""


class BidirectionalFusion(nn.Module):
    """One BiFPN block (Tan et al. 2020): from coarse to fine, then from fine to coarse, added to each level."""

    def __init__(self, widths: tuple[int, ...], norm: str, channels: int = 64) -> None:
        super().__init__()
        self.enter = nn.ModuleList(nn.Conv2d(width, channels, 1) for width in widths)
        self.downward = nn.ModuleList(conv_norm(channels, channels, 3, 1, norm) for _ in widths[1:])
        self.upward = nn.ModuleList(conv_norm(channels, channels, 3, 1, norm) for _ in widths[1:])
        self.leave = nn.ModuleList(nn.Conv2d(channels, width, 1) for width in widths)

    def forward(self, levels: list[Tensor]) -> list[Tensor]:
        """Levels from fine to coarse, and the same shapes back."""
        own = [enter(level) for enter, level in zip(self.enter, levels, strict=True)]
        down = [own[-1]]
        for values, mix in zip(reversed(own[:-1]), reversed(self.downward), strict=True):
            down.insert(0, mix(values + _resize(down[0], values)))
        up = [down[0]]
        for values, original, mix in zip(down[1:], own[1:], self.upward, strict=True):
            up.append(mix(values + original + _resize(up[-1], values)))
        return [
            level + SKIP_WEIGHT * leave(values) for level, leave, values in zip(levels, self.leave, up, strict=True)
        ]


class AtrousPyramid(nn.Module):
    """Atrous spatial pyramid pooling (Chen et al. 2017): the same features at four reaches."""

    def __init__(self, channels: int, norm: str, rates: tuple[int, ...] = (1, 2, 4)) -> None:
        super().__init__()
        quarter = channels // 4
        self.reaches = nn.ModuleList(nn.Conv2d(channels, quarter, 3, padding=r, dilation=r) for r in rates)
        self.everywhere = nn.Conv2d(channels, quarter, 1)
        self.merge = conv_norm(quarter * (len(rates) + 1), channels, 1, 1, norm)

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        pooled = self.everywhere(features.mean(dim=(2, 3), keepdim=True))
        parts = [reach(features) for reach in self.reaches]
        return self.merge(torch.cat([*parts, pooled.expand_as(parts[0])], dim=1))


def _resize(features: Tensor, like: Tensor) -> Tensor:
    return nn.functional.interpolate(features, size=like.shape[2:], mode="bilinear")
