"""What is behind the subject: an environment's panorama, a stranger's photo, a wall."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float32

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from training.synthetic.studio.environment import Environment
from training.synthetic.studio.light import turn_about_y
from training.synthetic.studio.rays import pixel_rays
from training.synthetic.studio.walls import draw_wall

Picture = Float32[np.ndarray, "H W 3"]


@dataclass(frozen=True)
class BackgroundSettings:
    """How often which background is taken; shares of those that there are."""

    panorama: int | float = 0.6
    """Of the environment that lights the scene."""
    folder: int | float = 0.2
    """A crop of one of the folder's pictures."""
    wall: int | float = 0.2
    """A plain, graded or wooden wall, as in shop photos."""
    blur: tuple[int | float, int | float] = (0.0, 0.012)
    """Out of focus by from and to, share of the picture's height."""
    brightness: tuple[int | float, int | float] = (0.75, 1.2)
    """Panoramas and pictures are multiplied by from and to."""
    colour: int | float = 0.05
    """And each of their colours by 1, give or take this standard deviation."""


@dataclass(frozen=True)
class Background:
    """A background.

    Attributes:
        picture: sRGB 0..1; a wall may be overexposed, above 1.
        kind: "panorama", "folder" or "wall".
    """

    picture: Picture
    kind: str


def draw_background(
    rng: np.random.Generator,
    view: tuple[Camera, tuple[int, int]],
    environment: tuple[Environment, float] | None = None,
    pictures: Sequence[Path] = (),
    settings: BackgroundSettings | None = None,
) -> Background:
    """A background.

    Args:
        rng: random numbers.
        view: the camera (B = 1), and height and width of the picture.
        environment: what lights the scene, and the degrees by which it is turned about y.
        pictures: files to cut backgrounds from.
        settings: how often which.
    """
    settings = settings or BackgroundSettings()
    camera, size = view
    shares = np.array([settings.panorama, settings.folder, settings.wall])
    shares[0] *= environment is not None and environment[0].panorama is not None
    shares[1] *= len(pictures) > 0
    if shares.sum() == 0:
        shares[2] = 1.0
    kind = ("panorama", "folder", "wall")[int(np.searchsorted(shares.cumsum() / shares.sum(), rng.uniform(), "right"))]
    blur, brightness = rng.uniform(*settings.blur) * size[0], rng.uniform(*settings.brightness)
    colour = (brightness * (1 + settings.colour * rng.standard_normal(3))).astype(np.float32)
    if kind == "wall":
        return Background(draw_wall(rng, size), kind)
    if kind == "panorama" and environment is not None:
        picture = panorama_view(environment[0], environment[1], camera, size)
    else:
        picture = crop_of(rng, pictures[int(rng.integers(len(pictures)))], size)
    if blur > 0.3:
        picture = cv2.GaussianBlur(picture, (0, 0), blur, borderType=cv2.BORDER_REPLICATE)
    return Background((picture * colour).clip(0, 1), kind)


def panorama_view(environment: Environment, turn: int | float, camera: Camera, size: tuple[int, int]) -> Picture:
    """What the camera sees of an environment that is turned by `turn` degrees about y."""
    assert environment.panorama is not None
    height, width = environment.panorama.shape[:2]
    x, y, z = pixel_rays(turn_about_y(-turn) @ camera.rotation()[0].double().numpy().T, size)
    column = (0.5 - np.arctan2(x, z) / np.float32(2 * np.pi)) * width - np.float32(0.5)
    row = (0.5 - np.arctan2(y, np.sqrt(x * x + z * z)) / np.float32(np.pi)) * height - np.float32(0.5)
    seen = cv2.remap(environment.panorama, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return seen * np.float32(1 / 255)


def crop_of(rng: np.random.Generator, file: Path, size: tuple[int, int]) -> Picture:
    """A random part of a picture, at least half as high or as wide as it, perhaps mirrored.

    Raises:
        InputError: it cannot be read.
    """
    image = cv2.imread(str(file), cv2.IMREAD_COLOR)
    if image is None:
        raise InputError(f"{file} cannot be read as a picture.", "Remove it from the folder of backgrounds.")
    share, place, mirrored = rng.uniform(0.5, 1.0), rng.uniform(size=2), rng.uniform() < 0.5
    scale = share * min(image.shape[0] / size[0], image.shape[1] / size[1])
    height, width = max(1, int(size[0] * scale)), max(1, int(size[1] * scale))
    top, left = int(place[0] * (image.shape[0] - height)), int(place[1] * (image.shape[1] - width))
    crop = image[top : top + height, left : left + width, ::-1]
    how = cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR
    sized = cv2.resize(np.ascontiguousarray(crop[:, ::-1] if mirrored else crop), size[::-1], interpolation=how)
    return sized.astype(np.float32) / np.float32(255)
