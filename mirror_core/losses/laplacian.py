"""Neighbouring vertices move together."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def laplacian_loss(offsets: Float[Tensor, "B V 3"], edges: Int[Tensor, "E 2"]) -> Float[Tensor, ""]:
    """Mean squared length of the uniform Laplacian of the vertices' offsets (3D Magic Mirror, section 3.3).

    Args:
        offsets: what was added to the template or to the start of a fit.
        edges: each edge once, `mirror_core.mesh.topology.unique_edges`.
    """
    a, b = edges.unbind(dim=1)
    sums = torch.zeros_like(offsets).index_add(1, a, offsets[:, b]).index_add(1, b, offsets[:, a])
    degree = torch.bincount(edges.reshape(-1), minlength=offsets.shape[1]).to(offsets)
    return (offsets - sums / degree[:, None]).square().sum(dim=-1).mean()
