"""Surroundings: HDR panoramas from a folder, or soft boxes of a studio when there are none."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
from jaxtyping import Float64, UInt8

from mirror_core.errors import InputError
from training.synthetic.studio.harmonics import matt_light, panorama_directions

_GREY = np.array([0.2126, 0.7152, 0.0722])


@dataclass(frozen=True)
class Environment:
    """What is around a scene.

    Attributes:
        name: of the file.
        light: what a matt surface reflects, linear, as nine coefficients on normals in the panorama's axes.
        tint: colour of that light, mean 1, in red, green and blue.
        panorama: sRGB, to be seen behind the scene; see `harmonics.panorama_directions`; None where there is nothing.
    """

    name: str
    light: Float64[np.ndarray, " 9"]
    tint: Float64[np.ndarray, " 3"]
    panorama: UInt8[np.ndarray, "H W 3"] | None


def environments(folder: Path) -> tuple[Environment, ...]:
    """Those of a folder's .hdr files, by name; read once in a process.

    Raises:
        InputError: there are none, or one cannot be read.
    """
    files = tuple(sorted(folder.glob("*.hdr")))
    if not files:
        raise InputError(f"{folder} holds no .hdr files.", "Name a folder of HDR panoramas, or none for studio light.")
    return tuple(read_environment(file) for file in files)


@lru_cache(maxsize=64)
def read_environment(file: Path) -> Environment:
    """One panorama."""
    radiance = cv2.imread(str(file), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    if radiance is None or radiance.ndim != 3 or not np.isfinite(radiance).all():
        raise InputError(f"{file} cannot be read as an HDR panorama.", "Remove it, or save it as Radiance HDR again.")
    return from_radiance(file.stem, radiance[..., ::-1])


def from_radiance(name: str, radiance: np.ndarray) -> Environment:
    """An environment from linear radiance (H, W, 3)."""
    small = cv2.resize(np.asarray(radiance, np.float32), (128, 64), interpolation=cv2.INTER_AREA).astype(np.float64)
    mean = np.array([matt_light(small[..., k])[0] for k in range(3)])
    return Environment(name, matt_light(small @ _GREY), mean / mean.mean(), _tone_map(radiance))


def soft_boxes(rng: np.random.Generator) -> Environment:
    """A studio: one large soft light in front and above, to one side, a weaker one opposite, and grey walls."""
    toward = panorama_directions(32, 64)
    radiance = np.full((32, 64), rng.uniform(0.5, 1.0)) + 0.3 * toward[..., 1]
    side = rng.choice([-1.0, 1.0])
    for strength, azimuth in ((rng.uniform(2, 6), rng.uniform(10, 70)), (rng.uniform(0.3, 2), rng.uniform(-80, -20))):
        a, e = np.deg2rad(side * azimuth), np.deg2rad(rng.uniform(15, 60))
        middle = np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
        radiance += strength * np.exp(rng.uniform(4, 12) * (toward @ middle - 1))
    return Environment("soft boxes", matt_light(radiance), np.ones(3), None)


def _tone_map(radiance: np.ndarray) -> UInt8[np.ndarray, "H W 3"]:
    """As a camera would show it: the median at a middle grey, highlights rolled off, white balanced halfway."""
    bright = np.median(radiance @ _GREY)
    balance = np.sqrt(np.mean(radiance.clip(0, 8 * bright), axis=(0, 1)))
    exposed = radiance * (0.25 / bright / balance * balance.mean())
    shown = 1 - np.exp(-1.2 * exposed)
    return (255 * np.where(shown < 0.0031308, 12.92 * shown, 1.055 * shown ** (1 / 2.4) - 0.055) + 0.5).astype(np.uint8)
