"""Normals of triangles and vertices."""

import torch
from jaxtyping import Float, Int
from torch import Tensor


def face_normals(vertices: Float[Tensor, "B V 3"], faces: Int[Tensor, "F 3"]) -> Float[Tensor, "B F 3"]:
    """Unit normals, counter-clockwise faces outward; zero for a face without area."""
    return torch.nn.functional.normalize(_area_vectors(vertices, faces), dim=-1, eps=1e-12)


def vertex_normals(vertices: Float[Tensor, "B V 3"], faces: Int[Tensor, "F 3"]) -> Float[Tensor, "B V 3"]:
    """Unit normals: the mean of the faces around a vertex weighted by their area."""
    areas = _area_vectors(vertices, faces)
    sums = torch.zeros_like(vertices)
    for corner in range(3):
        sums = sums.index_add(1, faces[:, corner], areas)
    return torch.nn.functional.normalize(sums, dim=-1, eps=1e-12)


def _area_vectors(vertices: Float[Tensor, "B V 3"], faces: Int[Tensor, "F 3"]) -> Float[Tensor, "B F 3"]:
    a, b, c = vertices[:, faces].unbind(dim=2)
    return torch.linalg.cross(b - a, c - a)
