"""Distance between projected vertices and the mask's pixels, without rasterizing the mesh."""

import numpy as np
import torch
from jaxtyping import Float, Int
from scipy.spatial import cKDTree
from torch import Tensor


def chamfer_mask_loss(
    vertices: Float[Tensor, "V 2"], foreground: Float[Tensor, "N 2"], tree: cKDTree | None = None
) -> Float[Tensor, ""]:
    """Bidirectional Chamfer distance in the image plane (MeshInversion, section 3.3).

    Mean squared distance from each projected vertex to the nearest foreground pixel, plus the reverse. All vertices
    count, hidden ones too.

    Args:
        vertices: projected vertices, NDC -1..1.
        foreground: centres of the mask's pixels (or an even sample of them), NDC.
        tree: of the foreground, where it is used more than once.
    """
    to_pixel = _nearest(vertices, foreground, tree)
    to_vertex = _nearest(foreground, vertices)
    there = (vertices - foreground[to_pixel]).square().sum(dim=-1).mean()
    back = (foreground - vertices[to_vertex]).square().sum(dim=-1).mean()
    return there + back


def _nearest(queries: Tensor, points: Tensor, tree: cKDTree | None = None) -> Int[Tensor, " N"]:
    """Number of the nearest point to each query; found on the CPU by a k-d tree."""
    known = cKDTree(points.detach().cpu().numpy()) if tree is None else tree
    _, index = known.query(queries.detach().cpu().numpy())
    return torch.from_numpy(np.asarray(index, dtype=np.int64)).to(queries.device)
