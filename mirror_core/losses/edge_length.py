"""Edges are of similar length."""

from jaxtyping import Float, Int
from torch import Tensor


def edge_length_loss(vertices: Float[Tensor, "B V 3"], edges: Int[Tensor, "E 2"]) -> Float[Tensor, ""]:
    """Mean absolute deviation of the edges' lengths from their mean in each mesh (released 3D Magic Mirror).

    Args:
        vertices: model space.
        edges: each edge once, `mirror_core.mesh.topology.unique_edges`.
    """
    a, b = vertices[:, edges[:, 0]], vertices[:, edges[:, 1]]
    length = ((a - b).square().sum(dim=-1) + 1e-12).sqrt()
    return (length - length.mean(dim=1, keepdim=True)).abs().mean()
