"""A figure in the project's own terms: template units, one surface, the template laid onto it."""

from dataclasses import dataclass

import numpy as np

from training.synthetic.figure import Figure
from training.synthetic.laid import Laid, lay_template
from training.synthetic.piece import ByteArray, FloatArray, IntArray, Piece

SIZE = 1.8
"""The longer of a figure's height and width, template units."""


@dataclass(frozen=True)
class Subject:
    """A figure in template units, centred, with what does not depend on the photo.

    Attributes:
        figure: as it was drawn, in metres.
        pieces: its pieces in template units.
        vertices, faces, face_parts: the surface; see `Truth`.
        metres: length of a template unit.
        key_points: see `Truth`.
        laid: the template on it.
    """

    figure: Figure
    pieces: list[Piece]
    vertices: FloatArray
    faces: IntArray
    face_parts: ByteArray
    metres: float
    key_points: FloatArray
    laid: Laid

    @classmethod
    def of(cls, figure: Figure) -> "Subject":
        """Measure a figure and lay the template onto it."""
        points, faces, parts = surface(figure.pieces)
        middle, metres = _frame(points)

        def placed(where: FloatArray) -> FloatArray:
            return ((where - middle) / metres).astype(np.float32)

        pieces = [piece.at(placed(piece.vertices)) for piece in figure.pieces]
        laid = lay_template(pieces, SIZE / 2)
        return cls(figure, pieces, placed(points), faces, parts, metres, placed(figure.key_points), laid)


def surface(pieces: tuple[Piece, ...]) -> tuple[FloatArray, IntArray, ByteArray]:
    """Vertices, faces and each face's class, of all pieces together, without vertices that no face has."""
    vertices: list[FloatArray] = []
    faces: list[IntArray] = []
    count = 0
    for piece in pieces:
        used = np.zeros(len(piece.vertices), bool)
        used[piece.faces.ravel()] = True
        number = (np.cumsum(used) - 1 + count).astype(np.int32)
        vertices.append(piece.vertices[used])
        faces.append(number[piece.faces])
        count += len(vertices[-1])
    parts = np.repeat([piece.part for piece in pieces], [len(piece.faces) for piece in pieces])
    return np.concatenate(vertices), np.concatenate(faces), parts.astype(np.uint8)


def _frame(points: FloatArray) -> tuple[FloatArray, float]:
    """The middle of the points' box, and how long a template unit is for them."""
    low = np.array([column.min() for column in points.T])
    high = np.array([column.max() for column in points.T])
    return ((low + high) / 2).astype(np.float32), float((high - low)[:2].max() / SIZE)
