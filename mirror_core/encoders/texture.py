"""The texture encoder: a flow from texels to pixels of the photo (3D Magic Mirror, equation 5 and Table 9)."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.encoders.backbones import INPUTS, widen_to_mask
from mirror_core.encoders.config import TextureConfig
from mirror_core.encoders.fusion import AtrousPyramid, BidirectionalFusion
from mirror_core.encoders.layers import ResidualBlock, conv_norm, start_small

STEP = 4
"""From one level of `spread_colours` to the next."""


class TextureEncoder(nn.Module):
    """From a picture to the texture: its front half is sampled from the photo, its back half mirrors it or is too."""

    anchor: Tensor | None

    def __init__(
        self, config: TextureConfig, image_size: tuple[int, int], half_axes: tuple[float, float, float], norm: str
    ) -> None:
        super().__init__()
        self.config = config
        self.levels, widths = _make_levels(config, norm)
        self.fuse = nn.Sequential(*(BidirectionalFusion(widths, norm) for _ in range(config.fusion_blocks)))
        self.context = AtrousPyramid(widths[-1], norm) if config.context else nn.Identity()
        skips = [0, *reversed(widths[:-1])][: len(config.decoder)]
        inputs = [widths[-1], *config.decoder[:-1]]
        self.decoder = nn.ModuleList(
            nn.Sequential(conv_norm(a + skip, b, 3, 1, norm), ResidualBlock(b, norm))
            for a, skip, b in zip(inputs, skips, config.decoder, strict=True)
        )
        self.flow = start_small(nn.Conv2d(config.decoder[-1], 2, 3, padding=1))
        self.back_flow = start_small(nn.Conv2d(config.decoder[-1], 2, 3, padding=1)) if config.back == "flow" else None
        anchor = front_flow(image_size, half_axes) if config.anchored else None
        self.register_buffer("anchor", anchor, persistent=False)

    def forward(self, picture: Float[Tensor, "B 4 H W"], photo: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 3 H W2"]:
        """The whole texture, as high as the photo and twice as wide; row 0 is the top.

        Args:
            picture: what the network sees, normalised.
            photo: what the colours are taken from, sRGB.
        """
        flow = self.find_flow(picture)
        front, *back = (self._sample(photo, half) for half in flow.split(2, dim=1))
        return mirror_to_back(front, *back)

    def find_flow(self, picture: Float[Tensor, "B 4 H W"]) -> Float[Tensor, "B C H W"]:
        """For each texel of the front the place in the photo: x right, y down, -1..1.

        Then, where the back has its own, for each texel the place of the one behind it.
        """
        features, found = picture, list[Tensor]()
        for level in self.levels:
            features = level(features)
            found.append(features)
        found = self.fuse(found)
        features = self.context(found[-1])
        for number, stage in enumerate(self.decoder):
            if number:
                skip = found[-1 - number]
                larger = nn.functional.interpolate(features, size=skip.shape[2:], mode="bilinear")
                features = torch.cat([larger, skip], dim=1)
            features = stage(features)
        features = nn.functional.interpolate(features, scale_factor=2, mode="bilinear")
        flow = self.flow(features)
        if self.back_flow is not None:
            flow = torch.cat([flow, self.back_flow(features)], dim=1)
        flow = nn.functional.interpolate(flow, size=picture.shape[2:], mode="bilinear")
        flow = torch.tanh(flow) if self.config.squash == "tanh" else nn.functional.hardtanh(flow)
        return flow if self.anchor is None else self.anchor.repeat(1, flow.shape[1] // 2, 1, 1) + flow

    def _sample(self, photo: Float[Tensor, "B 3 H W"], flow: Float[Tensor, "B 2 H W"]) -> Float[Tensor, "B 3 H W"]:
        grid, mode = flow.permute(0, 2, 3, 1), self.config.interpolation
        return nn.functional.grid_sample(photo, grid, mode=mode, padding_mode="border", align_corners=True).clamp(0, 1)


def spread_colours(photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B 3 H W"]:
    """The photo with its background replaced by the object's colours nearby, from fine to ever coarser means.

    Push-pull interpolation (Gortler et al. 1996): a pixel without colour takes that of the coarser level. The object's
    outermost pixels, mixed with the background by the lens, are replaced as well.
    """
    core = _eroded(mask)
    return _fill(photo, torch.where(core.amax(dim=(2, 3), keepdim=True) > 0, core, mask))


def _eroded(mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B 1 H W"]:
    """Without the pixels that touch the background; products of shifted masks, ten times as fast as pooling."""
    for axis in (2, 3):
        rest = mask.shape[axis] - 1
        inner = mask.clone()
        inner.narrow(axis, 1, rest).mul_(mask.narrow(axis, 0, rest))
        inner.narrow(axis, 0, rest).mul_(mask.narrow(axis, 1, rest))
        mask = inner
    return mask


def _fill(picture: Tensor, known: Tensor) -> Tensor:
    if picture.shape[2:] == (1, 1):
        return picture * known
    coarse = nn.functional.avg_pool2d(torch.cat([picture * known, known], dim=1), STEP, ceil_mode=True)
    found = (coarse[:, 3:] > 0).to(picture)
    behind = _fill(coarse[:, :3] / coarse[:, 3:].clamp(min=1e-6), found)
    larger = nn.functional.interpolate(behind, size=picture.shape[2:], mode="bilinear")
    return torch.lerp(larger, picture, known)


def mirror_to_back(
    front: Float[Tensor, "B C H W"], back: Float[Tensor, "B C H W"] | None = None
) -> Float[Tensor, "B C H W2"]:
    """A full texture from its front half (u from 1/4 to 3/4): the back gets the colours of its mirror image.

    Args:
        front: as it is seen from the front.
        back: as it would be seen from the front through the object; none: as the front.
    """
    left, right = (front if back is None else back).chunk(2, dim=3)
    return torch.cat([left.flip(3), front, right.flip(3)], dim=3)


def front_flow(image_size: tuple[int, int], half_axes: tuple[float, float, float]) -> Float[Tensor, "1 2 H W"]:
    """Where a camera in front of the ellipsoid, whose picture it just fills, sees each texel of the front."""
    height, width = image_size
    longitude = ((torch.arange(width) + 0.5) / width - 0.5) * math.pi
    latitude = (0.5 - (torch.arange(height) + 0.5) / height) * math.pi
    x = half_axes[0] * height / width * torch.sin(longitude) * torch.cos(latitude)[:, None]
    y = -half_axes[1] * torch.sin(latitude)[:, None].expand(-1, width)
    return torch.stack([x, y])[None]


def _make_levels(config: TextureConfig, norm: str) -> tuple[nn.ModuleList, tuple[int, ...]]:
    """Networks from one scale to the next, each halving the size, and their channels."""
    if config.encoder == "strided":
        inputs = (INPUTS, *config.widths[:-1])
        pairs = zip(inputs, config.widths, strict=True)
        return nn.ModuleList(conv_norm(a, b, 3, 2, norm) for a, b in pairs), config.widths
    from torchvision.models import resnet34

    network = resnet34()
    first = nn.Sequential(widen_to_mask(network.conv1), network.bn1, network.relu)
    second = nn.Sequential(network.maxpool, network.layer1)
    return nn.ModuleList([first, second, network.layer2, network.layer3, network.layer4]), (64, 64, 128, 256, 512)
