"""From a shot and a background to the file of a photo."""

from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Float64, UInt8

from mirror_core.errors import InputError
from training.synthetic.studio.shoot import Shot


@dataclass(frozen=True)
class SensorSettings:
    """How well cameras see."""

    blur: tuple[int | float, int | float] = (0.0, 0.7)
    """Standard deviation of the lens' blur, pixels, from and to."""
    exposure: tuple[int | float, int | float] = (0.92, 1.08)
    """The picture as a whole is multiplied by from and to."""
    read_noise: tuple[int | float, int | float] = (0.0, 0.012)
    """Standard deviation of the noise in the dark, from and to."""
    shot_noise: tuple[int | float, int | float] = (0.0, 0.02)
    """Standard deviation of the noise that grows with the root of the brightness, at full brightness, from and to."""
    quality: tuple[int, int] = (60, 96)
    """Of the JPEG file, from and to."""

    def __post_init__(self) -> None:
        if not 1 <= self.quality[0] <= self.quality[1] <= 100:
            raise InputError(f"quality must rise from at least 1 to at most 100, but is {self.quality}.")


@dataclass(frozen=True)
class Exposure:
    """A photo.

    Attributes:
        file: bytes of the JPEG file.
        picture: what they show, sRGB.
        quality: of the file.
    """

    file: bytes
    picture: UInt8[np.ndarray, "H W 3"]
    quality: int


def expose(
    rng: np.random.Generator,
    shot: Shot,
    background: Float32[np.ndarray, "H W 3"],
    tint: Float64[np.ndarray, " 3"] | None = None,
    settings: SensorSettings | None = None,
) -> Exposure:
    """The photo of a shot before a background, with all that a camera does to it; masks stay as they are.

    Args:
        rng: random numbers.
        shot: the subject.
        background: of the picture's size, shadows on it included.
        tint: what red, green and blue are multiplied by.
        settings: how well the camera sees.
    """
    settings = settings or SensorSettings()
    blur, exposure = rng.uniform(*settings.blur), rng.uniform(*settings.exposure)
    read, grain = rng.uniform(*settings.read_noise), rng.uniform(*settings.shot_noise)
    quality = int(rng.integers(settings.quality[0], settings.quality[1] + 1))
    colour = exposure * (np.ones(3) if tint is None else tint)
    picture = compose(shot, background, blur) * colour.astype(np.float32)
    picture += noise(rng, picture, read, grain)
    shown = (255 * roll_off(picture) + 0.5).clip(0, 255).astype(np.uint8)
    good, file = cv2.imencode(".jpg", shown[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    seen = cv2.imdecode(file, cv2.IMREAD_COLOR)
    assert good
    assert seen is not None
    return Exposure(file.tobytes(), np.ascontiguousarray(seen[..., ::-1]), quality)


def compose(shot: Shot, background: Float32[np.ndarray, "H W 3"], blur: float) -> Float32[np.ndarray, "H W 3"]:
    """The shot before a background, seen through a lens that blurs by `blur` pixels.

    A shot is premultiplied, so this is the mean of the fine picture's composition.
    """
    picture = shot.rgb + (1 - shot.alpha)[..., None] * background
    return cv2.GaussianBlur(picture, (0, 0), blur) if blur > 0.2 else picture


def noise(
    rng: np.random.Generator, picture: Float32[np.ndarray, "H W 3"], read: float, grain: float
) -> Float32[np.ndarray, "H W 3"]:
    """Noise to add, of variance read^2 + grain^2 * brightness; two thirds of it the same in all colours."""
    scale = np.sqrt(np.float32(read**2) + np.float32(grain**2) * picture.clip(0, 1))
    height, width = picture.shape[:2]
    shared = rng.standard_normal((height, width, 1), dtype=np.float32)
    single = rng.standard_normal((height, width, 3), dtype=np.float32)
    return scale * (np.float32(np.sqrt(2 / 3)) * shared + np.float32(np.sqrt(1 / 3)) * single)


def roll_off(picture: Float32[np.ndarray, "H W 3"]) -> Float32[np.ndarray, "H W 3"]:
    """Highlights above 0.8 bent smoothly, so that 1.2 and more is white."""
    bent = 1 - np.float32(1.25) * (np.float32(1.2) - np.minimum(picture, np.float32(1.2))) ** 2
    return np.where(picture > 0.8, bent, picture)
