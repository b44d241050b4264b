"""Distance between projected vertices and the mask's pixels, without rasterizing the mesh."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial import cKDTree
from torch import Tensor


def chamfer_mask_loss(vertices: Float[Tensor, "V 2"], foreground: Float[Tensor, "N 2"]) -> Float[Tensor, ""]:
    """Bidirectional Chamfer distance in the image plane (MeshInversion, section 3.3).

    Mean squared distance from each projected vertex to the nearest foreground pixel, plus the reverse.

    Args:
        vertices: projected vertices, NDC -1..1.
        foreground: centres of the mask's pixels (or an even sample of them), NDC.
    """
    to_pixel = _nearest(vertices, foreground)
    to_vertex = _nearest(foreground, vertices)
    there = (vertices - foreground[to_pixel]).square().sum(dim=-1).mean()
    back = (foreground - vertices[to_vertex]).square().sum(dim=-1).mean()
    return there + back


def _nearest(queries: Tensor, points: Tensor) -> Tensor:
    """Number of the nearest point to each query; found on the CPU by a k-d tree."""
    tree = cKDTree(points.detach().cpu().numpy())
    _, index = tree.query(queries.detach().cpu().numpy())
    return torch.from_numpy(np.asarray(index, dtype=np.int64)).to(queries.device)
