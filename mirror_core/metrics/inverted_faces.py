"""Faces that should be seen from outside and are seen from inside."""

from jaxtyping import Float, Int
from torch import Tensor


def inverted_faces(points: Float[Tensor, "V 2"], faces: Int[Tensor, "F 3"]) -> float:
    """Share of `faces` that are clockwise in the picture, 0..1; lower is better.

    Args:
        points: projected vertices, x right, y up.
        faces: those that should face the camera.
    """
    a, b, c = points[faces].unbind(dim=1)
    u, v = b - a, c - a
    return float((u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] < 0).double().mean())
