"""Deformations of the whole surface, learned; ours, not the paper's."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.encoders.layers import make_activation, start_small

CELLS = (5, 3)
"""Rows and columns of the grid that the features are pooled to."""
HIDDEN = 256


class SurfaceModes(nn.Module):
    """Weights of a few deformations, read from a coarse grid of the features.

    A raised arm is seen far from where the prototype's arm would be, which features read at the vertices' own places
    cannot tell; and how deep a body is says its whole outline. Blend shapes say both with few numbers.

    Args:
        channels: of the features.
        count: deformations.
        vertex_count: of the mesh.
    """

    def __init__(self, channels: int, count: int, vertex_count: int) -> None:
        super().__init__()
        self.pool = nn.AdaptiveAvgPool2d(CELLS)
        self.weigh = nn.Sequential(
            nn.Linear(channels * CELLS[0] * CELLS[1], HIDDEN),
            nn.LayerNorm(HIDDEN),
            make_activation(),
            start_small(nn.Linear(HIDDEN, count)),
        )
        self.shapes = nn.Parameter(1e-2 * torch.randn(count, vertex_count, 3))

    def forward(self, features: Float[Tensor, "B C h w"]) -> Float[Tensor, "B V 3"]:
        """What to add to the vertices, template units."""
        return torch.tensordot(self.weigh(self.pool(features).flatten(1)), self.shapes, dims=1)

    @torch.no_grad()
    def begin_with(self, examples: Float[Tensor, "N V 3"]) -> None:
        """Begin with the principal components of example shapes, each as long as its standard deviation."""
        flat = (examples - examples.mean(dim=0)).flatten(1)
        _, spread, directions = torch.svd_lowrank(flat, q=len(self.shapes), niter=4)
        scaled = directions.T * (spread / len(flat) ** 0.5)[:, None]
        self.shapes.copy_(scaled.view_as(self.shapes))
