"""What ConvMesh's generator is made of: convolutions around a sphere, normalisation by the code, residual blocks."""

from typing import Any, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from mirror_core.encoders.layers import SLOPE


class SphereConv(nn.Module):
    """A convolution of a map of longitude and latitude: it sees zeros beyond the poles and goes around in u.

    Args:
        inputs: channels.
        outputs: channels.
        kernel: odd.
        half: the map is the half from u = 1/2 to 1 of a symmetric one, which is mirrored at both ends instead.
        spectral: divide the weights by their largest singular value (Miyato et al. 2018).
        bias: have one.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, half: bool, *, spectral: bool = True, bias: bool = False
    ) -> None:
        super().__init__()
        self.reach, self.mirrored = kernel // 2, half
        layer = nn.Conv2d(inputs, outputs, kernel, padding=(self.reach, 0), bias=bias)
        self.layer = spectral_norm(layer) if spectral else layer

    def forward(self, features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B D H W"]:
        return self.layer(pad_around(features, self.reach, half=self.mirrored))


def pad_around(features: Float[Tensor, "B C H W"], reach: int, *, half: bool) -> Float[Tensor, "B C H W2"]:
    """What lies beside a map in u: its other end or, of a half map, its own mirror image.

    The mirror repeats the border's texel, because it lies between texels.
    """
    return cast(Tensor, _PadAround.apply(features, reach, half)) if reach else features


class _PadAround(torch.autograd.Function):
    """`pad_around` with a gradient of its own: torch's for slices fills a whole map with zeros for each of them."""

    @staticmethod
    def forward(ctx: Any, features: Tensor, reach: int, half: bool) -> Tensor:
        ctx.reach, ctx.half = reach, half
        left, right = features[..., :reach], features[..., -reach:]
        beside = (left.flip(3), right.flip(3)) if half else (right, left)
        return torch.cat([beside[0], features, beside[1]], dim=3)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        reach, (gradient,) = ctx.reach, gradients
        inner = gradient[..., reach:-reach].clone()
        left, right = gradient[..., :reach], gradient[..., -reach:]
        inner[..., :reach] += left.flip(3) if ctx.half else right
        inner[..., -reach:] += right.flip(3) if ctx.half else left
        return inner, None, None


class ConditionalNorm(nn.Module):
    """Batch normalisation whose scale and shift are linear in the condition: x (1 + gamma(c)) + beta(c)."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.scale = nn.Linear(condition, channels)
        self.shift = nn.Linear(condition, channels)

    def forward(self, features: Float[Tensor, "B C H W"], condition: Float[Tensor, "B D"]) -> Float[Tensor, "B C H W"]:
        scale, shift = 1.0 + self.scale(condition), self.shift(condition)
        if not self.training and self.norm.running_mean is not None and self.norm.running_var is not None:
            # Outside training both are known: one pass over the features instead of two.
            rate = torch.rsqrt(self.norm.running_var + self.norm.eps)
            scale, shift = scale * rate, shift - scale * rate * self.norm.running_mean
            return torch.addcmul(shift[:, :, None, None], features, scale[:, :, None, None])
        return torch.addcmul(shift[:, :, None, None], self.norm(features), scale[:, :, None, None])


class ConditionalBlock(nn.Module):
    """Two 3x3 convolutions, each normalised and rectified, beside a shortcut (ConvMesh)."""

    def __init__(self, inputs: int, outputs: int, condition: int, half: bool) -> None:
        super().__init__()
        middle = min(inputs, outputs)
        self.first = SphereConv(inputs, middle, 3, half)
        self.first_norm = ConditionalNorm(middle, condition)
        self.second = SphereConv(middle, outputs, 3, half)
        self.second_norm = ConditionalNorm(outputs, condition)
        self.shortcut = SphereConv(inputs, outputs, 1, half) if inputs != outputs else nn.Identity()

    def forward(self, features: Float[Tensor, "B C H W"], condition: Float[Tensor, "B D"]) -> Float[Tensor, "B D2 H W"]:
        branch = rectify(self.first_norm(self.first(features), condition))
        branch = rectify(self.second_norm(self.second(branch), condition))
        return branch + self.shortcut(features)


def rectify(features: Tensor) -> Tensor:
    """Leaky rectifier with the slope of all of ConvMesh."""
    return nn.functional.leaky_relu(features, SLOPE, inplace=True)


def double(features: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H2 W2"]:
    """Twice as many rows and columns, each texel four times."""
    return nn.functional.interpolate(features, scale_factor=2, mode="nearest")


def mirror_half(half: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W2"]:
    """The symmetric map whose right half (u from 1/2 to 1) is given."""
    return torch.cat([half.flip(3), half], dim=3)


def join_poles(maps: Float[Tensor, "B C H W"]) -> Float[Tensor, "B C H W"]:
    """The first and last row, each of which is one point of the sphere, replaced by their means."""
    top, bottom = (row.mean(dim=3, keepdim=True).expand_as(row) for row in (maps[:, :, :1], maps[:, :, -1:]))
    return torch.cat([top, maps[:, :, 1:-1], bottom], dim=2)
