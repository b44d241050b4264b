"""Networks that turn a picture of four channels into features."""

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.encoders.layers import ResidualBlock, conv_norm
from mirror_core.errors import DependencyError

INPUTS = 4
"""RGB and mask."""


class StridedBackbone(nn.Sequential):
    """A plain stack of stride-2 convolutions, as SMR's encoders are."""

    def __init__(self, widths: tuple[int, ...], norm: str, kernel: int = 3) -> None:
        inputs = (INPUTS, *widths[:-1])
        super().__init__(*(conv_norm(a, b, kernel, 2, norm) for a, b in zip(inputs, widths, strict=True)))
        self.channels = widths[-1]


class PyramidBackbone(nn.Module):
    """Ours, for CPUs: five levels, a residual block at the three coarsest, whose sum is given at 1/8 of the size."""

    def __init__(self, widths: tuple[int, ...], norm: str) -> None:
        super().__init__()
        inputs = (INPUTS, *widths[:-1])
        self.levels = nn.ModuleList()
        for number, (a, b) in enumerate(zip(inputs, widths, strict=True)):
            level = conv_norm(a, b, 5 if number == 0 else 3, 2, norm)
            self.levels.append(nn.Sequential(level, ResidualBlock(b, norm)) if number >= 2 else level)
        self.channels = widths[-1]
        self.laterals = nn.ModuleList(nn.Conv2d(width, self.channels, 1) for width in widths[2:])

    def forward(self, picture: Float[Tensor, "B 4 H W"]) -> Float[Tensor, "B C h w"]:
        features, found = picture, list[Tensor]()
        for level in self.levels:
            features = level(features)
            found.append(features)
        total = self.laterals[-1](found[-1])
        for lateral, finer in zip(reversed(self.laterals[:-1]), reversed(found[2:-1]), strict=True):
            total = nn.functional.interpolate(total, size=finer.shape[2:], mode="bilinear") + lateral(finer)
        return total


class HighResolutionBackbone(nn.Module):
    """HRNet-W18-small-v2 of timm: 2048 channels at 1/32 of the size (Table 6)."""

    channels = 2048

    def __init__(self, pretrained: bool) -> None:
        super().__init__()
        try:
            import timm
        except ImportError as error:
            raise DependencyError(
                "The backbone hrnet_w18_small_v2 needs the package timm, which is not installed.",
                "Install it with `pip install mirror-core[train]`.",
            ) from error
        network: Any = timm.create_model("hrnet_w18_small_v2", pretrained=pretrained, num_classes=0)
        network.conv1 = widen_to_mask(network.conv1)
        self.network = network

    def forward(self, picture: Float[Tensor, "B 4 H W"]) -> Float[Tensor, "B 2048 h w"]:
        network: Any = self.network
        return network.forward_features(picture)


def widen_to_mask(convolution: nn.Conv2d) -> nn.Conv2d:
    """A first convolution that also takes the mask, with the mean of the RGB filters for it (supplement B)."""
    kernel, stride, padding = convolution.kernel_size[0], convolution.stride[0], int(convolution.padding[0])
    wide = nn.Conv2d(INPUTS, convolution.out_channels, kernel, stride, padding, bias=convolution.bias is not None)
    with torch.no_grad():
        wide.weight.copy_(torch.cat([convolution.weight, convolution.weight.mean(dim=1, keepdim=True)], dim=1))
        if wide.bias is not None and convolution.bias is not None:
            wide.bias.copy_(convolution.bias)
    return wide


Backbone = StridedBackbone | PyramidBackbone | HighResolutionBackbone


def make_backbone(name: str, widths: tuple[int, ...], norm: str, pretrained: bool) -> Backbone:
    """One of `config.BACKBONES`; `pretrained` asks timm for ImageNet weights, which it may have to download."""
    if name == "hrnet_w18_small_v2":
        return HighResolutionBackbone(pretrained)
    return (PyramidBackbone if name == "pyramid" else StridedBackbone)(widths, norm)
