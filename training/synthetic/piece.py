"""What scenes are made of: textured layers, and garments that follow a body."""

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
IntArray = npt.NDArray[np.int32]
ByteArray = npt.NDArray[np.uint8]
BoolArray = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Piece:
    """One textured layer of a scene: skin, hair, a shirt.

    Attributes:
        name: for people, e.g. "skin" or the garment's name.
        part: its class in part maps, a number in `training.synthetic.parts.CLASSES`.
        vertices: (V, 3), metres, y up, facing +z, left of the body at +x.
        faces: (F, 3), counter-clockwise seen from outside.
        uv: (N, 2), origin at the lower left.
        uv_faces: (F, 3), UV points of each face's corners.
        texture: (Ht, Wt, 4), sRGB and alpha, row 0 is the top (v = 1).
        cutout: where alpha is below half there is nothing (hair, lace); otherwise alpha is not looked at.
    """

    name: str
    part: int
    vertices: FloatArray
    faces: IntArray
    uv: FloatArray
    uv_faces: IntArray
    texture: ByteArray
    cutout: bool = False

    def at(self, vertices: FloatArray) -> "Piece":
        """The same piece elsewhere."""
        return replace(self, vertices=vertices)


@dataclass(frozen=True)
class Garment:
    """A piece as it lies on a body at rest, and how it follows that body.

    Attributes:
        piece: at the wearer's rest pose.
        joints: (V, K), the joints that move each vertex.
        weights: (V, K), how much; rows sum to 1.
        hides: (19158,), vertices of the body's base mesh that nobody can see under it; their faces are left out.
        slot: what it covers: "upper", "lower", "whole", "outer", "feet", "head", "hair"; one garment a slot.
    """

    piece: Piece
    joints: IntArray
    weights: FloatArray
    hides: BoolArray
    slot: str
