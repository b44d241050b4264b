"""The body as a picture sees it: a skin with eyebrows and briefs painted on, and eyes."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from scipy.interpolate import LinearNDInterpolator

from mirror_core.body import AnnyBody
from mirror_core.errors import InputError
from training.synthetic.colours import Colour
from training.synthetic.makehuman import Skin
from training.synthetic.makehuman.files import read_picture
from training.synthetic.parts import part_number
from training.synthetic.piece import BoolArray, ByteArray, FloatArray, IntArray, Piece

SIZE = 512
"""Pixels of a skin's side."""
BRIEFS = (52, 52, 58, 255)
IRISES = ((46, 30, 20), (60, 42, 26), (74, 60, 36), (56, 76, 92), (66, 80, 62))
BROW, LID = 0.021, 0.012
"""Metres from an eye's centre up to its brow, and the brow's half height with its fade."""


@dataclass(frozen=True)
class SkinSurface:
    """Which faces of the body are eyes, and where on the body each texel of a skin lies.

    Attributes:
        faces, uv, uv_faces: of the skin, without the eyes and the inside of the mouth.
        eyes: (E, 3), faces of the eyeballs.
        eye_uv: (V, 2), where each vertex lies on the eyes' own texture.
        brows: (SIZE, SIZE), how much of a brow there is.
        briefs: (SIZE, SIZE), where the body is never bare.
    """

    faces: IntArray
    uv: FloatArray
    uv_faces: IntArray
    eyes: IntArray
    eye_uv: FloatArray
    brows: FloatArray
    briefs: BoolArray


def skin_surface(body: AnnyBody, rest: npt.NDArray[np.floating]) -> SkinSurface:
    """Prepare once for all bodies.

    Args:
        body: the model.
        rest: (19158, 3), the average body, on which brows and briefs are drawn.
    """
    faces = body.faces.numpy().astype(np.int32)
    uv, uv_faces = body.uv.numpy(), body.uv_faces.numpy().astype(np.int32)
    leading = body.weights.argmax(dim=1).numpy()
    names = np.array(body.joint_names)
    eyes = np.char.startswith(names, "eye.")[leading]
    mouth = np.char.startswith(names, "tongue")[leading]
    is_eye = eyes[faces].all(axis=1)
    shown = ~is_eye & ~mouth[faces].all(axis=1)
    centres = {side: rest[names[leading] == f"eye.{side}"] for side in "LR"}
    eye_uv = np.full((len(rest), 2), 0.5, np.float32)
    for side, points in centres.items():
        centre, radius = points.mean(axis=0), np.ptp(points[:, 1]) / 2
        eye_uv[names[leading] == f"eye.{side}"] = 0.5 + 0.5 * (points - centre)[:, :2] / radius
    where = _texel_positions(uv, uv_faces[shown], rest, faces[shown])
    brows = sum(_brow(where, points.mean(axis=0)) for points in centres.values())
    return SkinSurface(
        faces[shown],
        uv,
        uv_faces[shown],
        faces[is_eye],
        eye_uv,
        np.asarray(brows, np.float32),
        _briefs(where, rest),
    )


def body_pieces(
    surface: SkinSurface, vertices: FloatArray, seen: BoolArray, picture: ByteArray, eye: ByteArray
) -> list[Piece]:
    """Skin and eyes, posed.

    Args:
        surface: what is skin and what is eye.
        vertices: (19158, 3), metres.
        seen: which of the skin's faces no cloth hides.
        picture: the painted skin.
        eye: an eye's texture.
    """
    part = part_number("skin")
    skin = Piece("skin", part, vertices, surface.faces[seen], surface.uv, surface.uv_faces[seen], picture)
    return [skin, Piece("eyes", part, vertices, surface.eyes, surface.eye_uv, surface.eyes, eye)]


def paint_skin(surface: SkinSurface, skin: Skin, brow: Colour, tone: float) -> ByteArray:
    """A skin's texture with brows of a colour and briefs, somewhat lighter or darker.

    Raises:
        InputError: the file is no picture.
    """
    picture = np.asarray(cv2.convertScaleAbs(_read_skin(skin.path), alpha=tone), np.uint8)
    hairy = surface.brows > 0
    share = 0.65 * surface.brows[hairy][:, None]
    picture[hairy, :3] = picture[hairy, :3] * (1 - share) + np.array(brow, np.float32) * share
    picture[surface.briefs] = BRIEFS
    return picture


def paint_eye(rng: np.random.Generator) -> ByteArray:
    """White, iris and pupil, 64 x 64, seen from the front."""
    picture = np.full((64, 64, 4), (196, 190, 186, 255), np.uint8)
    iris = IRISES[int(rng.integers(len(IRISES)))]
    for radius, colour in ((15, tuple(value // 2 for value in iris)), (13, iris), (6, (14, 12, 12))):
        cv2.circle(picture, (32, 32), radius, (*colour, 255), -1, cv2.LINE_AA)
    cv2.circle(picture, (36, 27), 2, (250, 250, 250, 255), -1, cv2.LINE_AA)
    return picture


@lru_cache(maxsize=32)
def _read_skin(path: Path) -> ByteArray:
    picture = read_picture(path)
    if picture is None:
        raise InputError(f"The skin {path} cannot be read.", "Check that it is a PNG file.")
    return np.asarray(cv2.resize(picture, (SIZE, SIZE), interpolation=cv2.INTER_AREA), np.uint8)


def _texel_positions(uv: FloatArray, uv_faces: IntArray, rest: npt.NDArray[np.floating], faces: IntArray) -> FloatArray:
    """(SIZE, SIZE, 3), metres, at half the resolution and enlarged; between islands it means nothing."""
    points, first = np.unique(uv_faces.ravel(), return_index=True)
    place = LinearNDInterpolator(uv[points], rest[faces.ravel()[first]], fill_value=0.0)
    coarse = (np.arange(SIZE // 2) + 0.5) / (SIZE // 2)
    column, row = np.meshgrid(coarse, 1.0 - coarse)
    return np.asarray(cv2.resize(place(column, row).astype(np.float32), (SIZE, SIZE)), np.float32)


def _brow(where: FloatArray, eye: npt.NDArray[np.floating]) -> FloatArray:
    """An arch above an eye, from 0 to 1."""
    across = where[..., 0] - eye[0]
    outward = across * np.sign(eye[0])
    arch = eye[1] + BROW + 0.004 * np.cos(outward / 0.02)
    band = np.clip(1.5 - np.abs(where[..., 1] - arch) / (LID * (0.38 - 4.0 * np.clip(outward, 0, 0.03))), 0, 1)
    ends = np.clip((0.026 - np.abs(across - np.sign(eye[0]) * 0.002)) / 0.006, 0, 1)
    return (band * ends * (where[..., 2] > eye[2] - 0.02)).astype(np.float32)


def _briefs(where: FloatArray, rest: npt.NDArray[np.floating]) -> BoolArray:
    """By height on the average body."""
    x, y, _ = np.moveaxis(where, -1, 0)
    crotch = float(rest[:13380][np.abs(rest[:13380, 0]) < 0.01, 1].min())
    return (y > crotch - 0.02 + 0.45 * np.abs(x)) & (y < crotch + 0.20) & (np.abs(x) < 0.24)
