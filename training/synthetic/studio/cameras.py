"""Where photographers stand."""

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.errors import InputError


@dataclass(frozen=True)
class CameraSettings:
    """A distribution of cameras; `circle` and `frontal` are the two in use."""

    azimuth: str = "circle"
    """"circle": every side as likely. "frontal": people photographed in the street, who mostly face the camera and
    sometimes turn their back."""
    spread: int | float = 25.0
    """Of "frontal", degrees: standard deviation of the azimuth about the front or the back."""
    back: int | float = 0.15
    """Of "frontal": share of people seen from behind."""
    elevation: tuple[int | float, int | float] = (-5.0, 25.0)
    """Degrees, from and to."""
    fill: tuple[int | float, int | float] = (0.6, 0.95)
    """Share of the picture's height that the subject takes, from and to; less where it is too wide for that."""
    margin: int | float = 0.02
    """Share of the picture, on each side, that the subject keeps free."""
    shift: int | float = 0.5
    """How much of the room around it the subject may be moved away from the middle."""

    def __post_init__(self) -> None:
        if self.azimuth not in ("circle", "frontal") or not 0 < self.fill[0] <= self.fill[1] <= 1 - 2 * self.margin:
            raise InputError(
                "azimuth must be 'circle' or 'frontal', and fill must rise and leave room for the margin, but they "
                f"are {self.azimuth!r}, {self.fill} and the margin {self.margin:g}."
            )


CIRCLE = CameraSettings()
"""Every side, as photos of garments are taken and 3D is measured."""

FRONTAL = CameraSettings(azimuth="frontal", elevation=(-10.0, 10.0))
"""As in the paper's sets: elevations within 10 degrees, azimuths about the front and the back."""


def draw_camera(
    rng: np.random.Generator,
    points: Float[np.ndarray, "N 3"],
    size: tuple[int, int],
    settings: CameraSettings = CIRCLE,
) -> Camera:
    """A camera (B = 1) that has the whole subject in its picture.

    Args:
        rng: the numbers drawn are the same however many the points are.
        points: of the subject's surface or its box, model space, template units; the origin should be inside.
        size: height and width of the picture.
        settings: the distribution.
    """
    azimuth = _draw_azimuth(rng, settings)
    elevation = rng.uniform(*settings.elevation)
    fill = rng.uniform(*settings.fill)
    wish = settings.shift * rng.uniform(-1.0, 1.0, 2)
    half = np.array([size[1] / size[0], 1.0]) * HALF_VIEW  # tangents of half the view
    stand, nearest = _Stand(azimuth, elevation, 2.5, np.zeros(2)), 0.05 + float(np.linalg.norm(points, axis=1).max())
    across = np.ascontiguousarray(points.T, np.float64)
    for _ in range(5):
        low, high = stand.box(across, half)
        ratio = max((high[1] - low[1]) / (2 * fill), (high[0] - low[0]) / (2 - 4 * settings.margin))
        room = np.maximum(1 - 2 * settings.margin - 0.5 * (high - low) / ratio, 0)
        move = stand.pan((0.5 * (low + high) / ratio - wish * room) * half)
        stand = replace(stand, distance=max(stand.distance * ratio, nearest), offset=stand.offset + move)
    for _ in range(40):  # perspective may have let a corner out
        low, high = stand.box(across, half)
        if max(-low.min(), high.max()) <= 1 - 2 * settings.margin:
            break
        stand = replace(stand, distance=1.03 * stand.distance, offset=0.9 * stand.offset)
    return Camera.single(azimuth, elevation, stand.distance, (float(stand.offset[0]), float(stand.offset[1])))


@dataclass(frozen=True)
class _Stand:
    """`Camera` without torch, which would take most of the time here."""

    azimuth: float
    elevation: float
    distance: float
    offset: np.ndarray

    def box(self, points: np.ndarray, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Lower left and upper right of points (3, N), NDC."""
        right, up, backward, eye = self._axes()
        x, y, z = np.stack([right, up, backward]) @ (points - eye[:, None])
        before = 1 / np.maximum(-z, 1e-3)
        image = x * before / half[0], y * before / half[1]
        return np.array([axis.min() for axis in image]), np.array([axis.max() for axis in image])

    def pan(self, tangents: np.ndarray) -> np.ndarray:
        """How far the point looked at must go for the picture to move by -`tangents`.

        The point moves in the plane z = 0: seen from the side that turns the camera up and down but hardly to the left
        and right, so there sideways wishes are not granted.
        """
        sideways = self._axes()[0][0]
        return self.distance * np.array([tangents[0] / sideways if abs(sideways) > 0.5 else 0.0, tangents[1]])

    def _axes(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Right, up, backward, and the eye."""
        a, e = np.deg2rad(self.azimuth), np.deg2rad(self.elevation)
        eye = self.distance * np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
        backward = eye - [*self.offset, 0.0]
        backward /= np.linalg.norm(backward)
        right = np.array([backward[2], 0.0, -backward[0]])
        right /= np.linalg.norm(right)
        return right, np.cross(backward, right), backward, eye


def _draw_azimuth(rng: np.random.Generator, settings: CameraSettings) -> float:
    even, normal, side = rng.uniform(-180.0, 180.0), rng.normal(0.0, settings.spread), rng.uniform()
    if settings.azimuth == "circle":
        return even
    turned = normal + (180.0 if side < settings.back else 0.0)
    return (turned + 180.0) % 360.0 - 180.0
