"""Neighbouring faces have similar normals."""

from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.mesh.normals import face_normals


def flatness_loss(
    vertices: Float[Tensor, "B V 3"], faces: Int[Tensor, "F 3"], neighbours: Int[Tensor, "E 2"]
) -> Float[Tensor, ""]:
    """Mean of (cos - 1)^2 over the angle between the outward normals of two faces that share an edge.

    3D Magic Mirror, section 3.3, writes (cos + 1)^2 for the angle between the faces themselves, which is the same.

    Args:
        vertices: model space.
        faces: vertex numbers.
        neighbours: pairs of faces, `mirror_core.mesh.topology.adjacent_faces`.
    """
    normals = face_normals(vertices, faces)
    cosine = (normals[:, neighbours[:, 0]] * normals[:, neighbours[:, 1]]).sum(dim=-1)
    return (cosine - 1.0).square().mean()
