"""Small closed meshes with known answers; every face counter-clockwise seen from outside."""

import torch
from torch import Tensor


def tetrahedron() -> tuple[Tensor, Tensor]:
    """Four vertices, each the neighbour of the other three: vertices (4, 3), faces (4, 3)."""
    vertices = torch.tensor([[1.0, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]])
    return vertices, torch.tensor([[0, 1, 2], [0, 3, 1], [0, 2, 3], [1, 3, 2]])


def box() -> tuple[Tensor, Tensor]:
    """The cube [-1, 1]^3 with two triangles a side: vertices (8, 3), faces (12, 3) in the order -x +x -y +y -z +z."""
    vertices = torch.tensor([[x, y, z] for x in (-1.0, 1) for y in (-1.0, 1) for z in (-1.0, 1)])
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    return vertices, torch.tensor([half for a, b, c, d in quads for half in ((a, b, c), (a, c, d))])
