"""The shape encoder: offsets of the prototype's vertices (3D Magic Mirror, equation 1 and Table 6)."""

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.encoders.backbones import Backbone, make_backbone
from mirror_core.encoders.config import ShapeConfig
from mirror_core.encoders.integration import IntegrationModule
from mirror_core.encoders.layers import ChannelAttention, make_activation, start_small
from mirror_core.encoders.modes import SurfaceModes
from mirror_core.mesh import Template
from mirror_core.mesh.laplacian import combinatorial_laplacian


class ShapeEncoder(nn.Module):
    """From a picture and the prototype to one offset a vertex, in template units."""

    smoother: Tensor | None

    def __init__(self, config: ShapeConfig, template: Template, norm: str, pretrained: bool = False) -> None:
        super().__init__()
        self.config = config
        self.backbone: Backbone = make_backbone(config.backbone, config.widths, norm, pretrained)
        channels = self.backbone.channels
        self.attention = ChannelAttention(channels) if config.channel_attention else nn.Identity()
        self.integrate = IntegrationModule(template, channels, config.hidden, config.integration, config.neighbours)
        normalise = (
            nn.BatchNorm1d(config.hidden) if norm == "batch" else nn.GroupNorm(config.hidden // 8, config.hidden)
        )
        self.refine = nn.Sequential(normalise, make_activation(), nn.Dropout(config.dropout))
        self.head = VertexHead(config, len(template.vertices))
        self.modes = SurfaceModes(channels, config.modes, len(template.vertices)) if config.modes else None
        self.register_buffer("smoother", _smoother(template, config.smoothing), persistent=False)

    def forward(
        self, picture: Float[Tensor, "B 4 H W"], prototype: Float[Tensor, "V 3"], points: Float[Tensor, "B V 2"]
    ) -> Float[Tensor, "B V 3"]:
        """Offsets; `points` is where each vertex reads its local feature (`IntegrationModule`)."""
        features = self.attention(self.backbone(picture))
        raw = self.head(self.refine(self.integrate(features, prototype, points)))
        offsets = self.config.limit * torch.tanh(raw)
        if self.smoother is not None:
            # One product for the whole batch, which would else be given a copy of the matrix each.
            columns = offsets.transpose(0, 1)
            offsets = (self.smoother @ columns.flatten(1)).view_as(columns).transpose(0, 1)
        if self.modes is not None:
            offsets = offsets + self.modes(features)
        return offsets - offsets.mean(dim=1, keepdim=True) if self.config.centre else offsets


class VertexHead(nn.Module):
    """From each vertex's features to its three numbers, then a linear layer in which all vertices hear each other."""

    def __init__(self, config: ShapeConfig, vertex_count: int) -> None:
        super().__init__()
        total = 3 * vertex_count
        each = nn.Conv1d(config.hidden, 3, 1)
        if config.mixing is None:
            self.each = nn.Sequential(each, nn.BatchNorm1d(3))
            self.mix = nn.Sequential(start_small(nn.Linear(total, total)))
        else:
            nn.init.normal_(each.weight, std=1e-3)
            self.each = nn.Sequential(each)
            gather, spread = nn.Linear(total, config.mixing, bias=False), nn.Linear(config.mixing, total)
            self.mix = nn.Sequential(gather, make_activation(), start_small(spread))
        self.keep_own = config.mixing is not None

    def forward(self, features: Float[Tensor, "B D V"]) -> Float[Tensor, "B V 3"]:
        own = self.each(features).transpose(1, 2)
        mixed = self.mix(own.flatten(1)).view_as(own)
        return own + mixed if self.keep_own else mixed


def _smoother(template: Template, amount: float) -> Float[Tensor, "V V"] | None:
    """(I + amount L)^-1, or None where nothing is to be smoothed."""
    if amount == 0.0:
        return None
    laplacian = combinatorial_laplacian(template.faces.numpy(), len(template.vertices)).toarray()
    return torch.from_numpy(np.linalg.inv(np.eye(len(laplacian)) + amount * laplacian)).float()
