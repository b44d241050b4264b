"""The integration module: what a picture says at each vertex of the prototype (Table 11)."""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from mirror_core.encoders.layers import MixedPool
from mirror_core.mesh import Template
from mirror_core.mesh.topology import unique_edges


class IntegrationModule(nn.Module):
    """Local, pooled and neighbour-difference features and coordinates of each vertex, and the convolution after them.

    The paper concatenates them and then applies a 1x1 convolution. That is linear, and so are sampling and
    differences: here the convolution comes first, on the few cells of the feature map instead of the many vertices.
    The numbers are the same, at a hundredth of the cost.
    """

    neighbour: Tensor
    weight: Tensor

    def __init__(self, template: Template, channels: int, hidden: int, local: bool, neighbours: bool) -> None:
        super().__init__()
        self.pool = MixedPool()
        self.from_global = nn.Linear(channels, hidden)
        self.from_place = nn.Linear(3, hidden, bias=False)
        self.from_local = nn.Conv2d(channels, hidden, 1, bias=False) if local else None
        self.from_difference = nn.Conv2d(channels, hidden, 1, bias=False) if local and neighbours else None
        index, weight = _neighbours(template)
        self.register_buffer("neighbour", index, persistent=False)
        self.register_buffer("weight", weight, persistent=False)

    def forward(
        self, features: Float[Tensor, "B C h w"], prototype: Float[Tensor, "V 3"], points: Float[Tensor, "B V 2"]
    ) -> Float[Tensor, "B D V"]:
        """What every vertex knows.

        Args:
            features: of the backbone.
            prototype: model space.
            points: where each vertex reads, x right and y down, -1..1 from the first pixel's centre to the last's.
        """
        pooled = self.from_global(self.pool(features).flatten(1))[:, :, None]
        known = pooled + self.from_place(prototype).T
        if self.from_local is not None:
            known = known + sample_points(self.from_local(features), points)
        if self.from_difference is not None:
            known = known + self._differences(sample_points(self.from_difference(features), points))
        return known

    def _differences(self, sampled: Float[Tensor, "B D V"]) -> Float[Tensor, "B D V"]:
        """Each vertex's value less the mean of its neighbours'."""
        # An embedding bag is a weighted sum of rows; here it is four times as fast as a sparse matrix.
        rows = sampled.reshape(-1, sampled.shape[2]).T.contiguous()
        mean = nn.functional.embedding_bag(self.neighbour, rows, mode="sum", per_sample_weights=self.weight)
        return (rows - mean).T.reshape(sampled.shape)


def _neighbours(template: Template) -> tuple[Int[Tensor, "V K"], Float[Tensor, "V K"]]:
    """Each vertex's neighbours and 1 / their number; shorter lists are filled up with weight 0."""
    edges, _ = unique_edges(template.faces.numpy())
    lists: list[list[int]] = [[] for _ in range(len(template.vertices))]
    for a, b in edges.tolist():
        lists[a].append(b)
        lists[b].append(a)
    longest = max(map(len, lists))
    index = [near + [0] * (longest - len(near)) for near in lists]
    weight = [[1.0 / len(near)] * len(near) + [0.0] * (longest - len(near)) for near in lists]
    return torch.tensor(index), torch.tensor(weight)


def sample_points(features: Float[Tensor, "B C h w"], points: Float[Tensor, "B V 2"]) -> Float[Tensor, "B C V"]:
    """Bilinear values of a feature map at points in -1..1 (x right, y down); outside, the border's."""
    sampled = nn.functional.grid_sample(features, points[:, None], padding_mode="border", align_corners=True)
    return sampled[:, :, 0]
