"""Pieces with known pictures."""

import numpy as np

from mirror_core.mesh import Template
from training.synthetic.piece import Piece


def plain_texture(value: int = 200, size: int = 8) -> np.ndarray:
    """Grey, opaque."""
    texture = np.full((size, size, 4), value, np.uint8)
    texture[..., 3] = 255
    return texture


def template_piece(template: Template, texture: np.ndarray | None = None) -> Piece:
    """A template as a piece."""
    return Piece(
        "template",
        41,
        template.vertices.numpy().astype(np.float32),
        template.faces.numpy().astype(np.int32),
        template.uv.numpy().astype(np.float32),
        template.uv_faces.numpy().astype(np.int32),
        plain_texture() if texture is None else texture,
    )


def card(
    texture: np.ndarray | None = None,
    *,
    z: float = 0.0,
    half: float = 0.5,
    part: int = 1,
    cutout: bool = False,
    repeats: float = 1.0,
) -> Piece:
    """A square [-half, half]^2 in the plane z, its front towards +z, its texture once over it."""
    corners = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float32)
    vertices = np.concatenate([half * corners, np.full((4, 1), z)], axis=1).astype(np.float32)
    faces = np.array([[0, 1, 2], [0, 2, 3]], np.int32)
    uv = (0.5 + 0.5 * corners) * np.float32(repeats)
    return Piece("card", part, vertices, faces, uv, faces, plain_texture() if texture is None else texture, cutout)
