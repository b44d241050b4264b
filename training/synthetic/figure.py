"""What stands before the camera, with all that is known about it."""

from dataclasses import dataclass, field

import numpy as np

from training.synthetic.piece import FloatArray, Piece


@dataclass(frozen=True)
class Figure:
    """A dressed person or a garment alone.

    Attributes:
        category: "people" or "garments".
        kind: "person", or the garment's class.
        pieces: layers, metres, y up, facing +z.
        closed: the surface encloses a volume.
        flat: it lies on something or hangs on a wall, so that only front or back can be seen.
        key_points: (18, 3), OpenPose's order, metres; (0, 3) for garments.
        shape: the wearer's shape code by name; empty without one.
        pose: rotations by joint, axis times degrees; only joints that turn.
        credits: of assets whose authors must be named.
    """

    category: str
    kind: str
    pieces: tuple[Piece, ...]
    closed: bool
    flat: bool = False
    key_points: FloatArray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    shape: dict[str, float] = field(default_factory=lambda: {})
    pose: dict[str, tuple[float, float, float]] = field(default_factory=lambda: {})
    credits: tuple[dict[str, str], ...] = ()
