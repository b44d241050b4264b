"""Layers that several encoders are made of."""

from collections.abc import Generator
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor, nn

BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.SyncBatchNorm)

SLOPE = 0.2
"""Of the leaky rectifiers (supplement C)."""

LAST_LAYER_STD = 1e-5
"""Of the weights of each encoder's last layer: training starts from the prototype and the middle of every range."""


def make_norm(kind: str, channels: int) -> nn.Module:
    """Batch normalisation, or group normalisation with groups of 8."""
    return nn.BatchNorm2d(channels) if kind == "batch" else nn.GroupNorm(max(channels // 8, 1), channels)


def make_activation() -> nn.Module:
    """The leaky rectifier of all encoders."""
    return nn.LeakyReLU(SLOPE, inplace=True)


def conv_norm(inputs: int, outputs: int, kernel: int, stride: int, norm: str) -> nn.Sequential:
    """Convolution, normalisation, leaky rectifier."""
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(convolution, make_norm(norm, outputs), make_activation())


def start_small(layer: nn.Linear | nn.Conv2d) -> nn.Module:
    """Make a last layer give almost nothing at first."""
    nn.init.normal_(layer.weight, std=LAST_LAYER_STD)
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
    return layer


class ResidualBlock(nn.Module):
    """Two 3x3 convolutions around a shortcut (He et al. 2016)."""

    def __init__(self, channels: int, norm: str) -> None:
        super().__init__()
        self.first = conv_norm(channels, channels, 3, 1, norm)
        self.second = nn.Sequential(nn.Conv2d(channels, channels, 3, padding=1, bias=False), make_norm(norm, channels))

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        return nn.functional.leaky_relu(features + self.second(self.first(features)), SLOPE)


class HalvingBlock(nn.Module):
    """Half the size and twice the channels: a residual branch beside the pooled input (ResBlock_half, Table 7)."""

    def __init__(self, channels: int, norm: str) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            conv_norm(channels, channels, 3, 2, norm),
            nn.Conv2d(channels, channels, 3, padding=1, bias=False),
            make_norm(norm, channels),
        )

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C2 H2 W2"]:
        pooled = nn.functional.avg_pool2d(features, 2, ceil_mode=True)
        return nn.functional.leaky_relu(torch.cat([pooled, self.branch(features)], dim=1), SLOPE)


class MixedPool(nn.Module):
    """A learned mixture of the largest and the mean value: s max + (1 - s) mean, s = sigmoid(p), p = 0 at first.

    The released MMPool; the paper calls it generalised-mean pooling, which it is not.
    """

    def __init__(self, size: int | tuple[int, int] = 1) -> None:
        super().__init__()
        self.size = size
        self.balance = nn.Parameter(torch.zeros(1))

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C h w"]:
        share = torch.sigmoid(self.balance)
        if self.size == 1:  # ten times as fast as adaptive pooling to one cell
            largest, mean = (pool(features, dim=(2, 3), keepdim=True) for pool in (torch.amax, torch.mean))
        else:
            largest = nn.functional.adaptive_max_pool2d(features, self.size)
            mean = nn.functional.adaptive_avg_pool2d(features, self.size)
        return share * largest + (1.0 - share) * mean


class ChannelAttention(nn.Module):
    """Weigh each channel by what all of them say (squeeze and excitation, Hu et al. 2018)."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.weigh = nn.Sequential(
            nn.Linear(channels, channels // 16), nn.ReLU(), nn.Linear(channels // 16, channels), nn.Sigmoid()
        )

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
        return features * self.weigh(features.mean(dim=(2, 3)))[:, :, None, None]


class AddCoordinates(nn.Module):
    """Two more channels: each pixel's x and y from -1 to 1 (CoordConv, Liu et al. 2018)."""

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C2 H W"]:
        batch, _, height, width = features.shape
        y, x = torch.meshgrid(
            torch.linspace(-1, 1, height, device=features.device, dtype=features.dtype),
            torch.linspace(-1, 1, width, device=features.device, dtype=features.dtype),
            indexing="ij",
        )
        coordinates = torch.stack([x, y]).expand(batch, -1, -1, -1).contiguous(memory_format=torch.channels_last)
        return torch.cat([features, coordinates], dim=1)


@contextmanager
def frozen(module: nn.Module) -> Generator[None]:
    """Use a network without teaching it anything: no gradients, and batch norm's running figures stay as they are."""
    norms = [layer for layer in module.modules() if isinstance(layer, BATCH_NORMS)]
    for layer in norms:
        layer.track_running_stats = False  # in training mode: normalise by the batch, remember nothing
    try:
        with torch.no_grad():
            yield
    finally:
        for layer in norms:
            layer.track_running_stats = True
