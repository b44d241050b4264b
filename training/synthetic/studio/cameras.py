"""Where photographers stand."""

from dataclasses import dataclass

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
    spread: float = 25.0
    """Of "frontal", degrees: standard deviation of the azimuth about the front or the back."""
    back: float = 0.15
    """Of "frontal": share of people seen from behind."""
    elevation: tuple[float, float] = (-5.0, 25.0)
    """Degrees, from and to."""
    fill: tuple[float, float] = (0.6, 0.95)
    """Share of the picture's height that the subject takes, from and to; less where it is too wide for that."""
    margin: float = 0.02
    """Share of the picture, on each side, that the subject keeps free."""
    shift: float = 0.5
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
    distance, offset = 2.5, np.zeros(2)
    for _ in range(8):
        camera = _camera(azimuth, elevation, distance, offset)
        low, high = _box(points, camera, half)
        ratio = max((high[1] - low[1]) / (2 * fill), (high[0] - low[0]) / (2 - 4 * settings.margin))
        distance = max(distance * ratio, 1e-3 + 1.05 * float(np.linalg.norm(points, axis=1).max()))
        room = np.maximum(1 - 2 * settings.margin - 0.5 * (high - low) / ratio, 0)
        offset = offset + _pan(0.5 * (low + high) / ratio - wish * room, camera, distance * half)
    return _inside(points, _camera(azimuth, elevation, distance, offset), half, settings)


def _draw_azimuth(rng: np.random.Generator, settings: CameraSettings) -> float:
    even, normal, side = rng.uniform(-180.0, 180.0), rng.normal(0.0, settings.spread), rng.uniform()
    if settings.azimuth == "circle":
        return even
    turned = normal + (180.0 if side < settings.back else 0.0)
    return (turned + 180.0) % 360.0 - 180.0


def _camera(azimuth: float, elevation: float, distance: float, offset: np.ndarray) -> Camera:
    return Camera.single(azimuth, elevation, distance, (float(offset[0]), float(offset[1])))


def _box(points: np.ndarray, camera: Camera, half: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Lower left and upper right of the subject, NDC."""
    rotation, eye = camera.rotation()[0].double().numpy(), camera.eye()[0].double().numpy()
    seen = (points - eye) @ rotation.T
    image = seen[:, :2] / np.maximum(-seen[:, 2:], 1e-3) / half
    return image.min(axis=0), image.max(axis=0)


def _pan(move: np.ndarray, camera: Camera, scale: np.ndarray) -> np.ndarray:
    """How far the point looked at must go for the picture's content to move by -`move` (NDC).

    The point moves in the plane z = 0: seen from the side that turns the camera up and down but hardly to the left and
    right, so there sideways wishes are not granted.
    """
    right = float(camera.rotation()[0, 0, 0])
    sideways = move[0] * scale[0] / right if abs(right) > 0.5 else 0.0
    return np.array([sideways, move[1] * scale[1]])


def _inside(points: np.ndarray, camera: Camera, half: np.ndarray, settings: CameraSettings) -> Camera:
    """The camera, moved away until the subject is within the margins."""
    for _ in range(40):
        low, high = _box(points, camera, half)
        if max(-low.min(), high.max()) <= 1 - 2 * settings.margin:
            return camera
        offset = camera.offset[0].double().numpy()
        camera = _camera(float(camera.azimuth), float(camera.elevation), 1.03 * float(camera.distance), 0.9 * offset)
    return camera
