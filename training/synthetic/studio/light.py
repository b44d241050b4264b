"""Light of a photo: nine coefficients from an environment, exposed as a photographer would."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Float64

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from training.synthetic.studio.environment import Environment
from training.synthetic.studio.harmonics import fit_level, light_level, sphere


@dataclass(frozen=True)
class LightSettings:
    """How light is drawn."""

    exposure: tuple[int | float, int | float] = (0.75, 1.15)
    """Mean level on what faces the camera, from and to."""
    level: tuple[int | float, int | float] = (0.45, 1.6)
    """Level on the darkest and on the brightest side may not leave this, at exposure 1: contrast is lowered till it
    holds."""
    tint: int | float = 0.25
    """How much of the environment's colour is left in the picture as a whole after white balance."""

    def __post_init__(self) -> None:
        if not (0 < self.exposure[0] <= self.exposure[1] and 0 <= self.level[0] < 1 < self.level[1]):
            raise InputError(
                "exposure must be positive and rise, and level must go from below 1 to above 1, but they are "
                f"{self.exposure} and {self.level}."
            )


@dataclass(frozen=True)
class Light:
    """Light of a photo.

    Attributes:
        coefficients: the project's nine, on camera-space normals.
        turn: degrees by which the environment is turned about y: what was at azimuth 0 is at this azimuth.
        tint: what red, green and blue of the whole picture are multiplied by.
    """

    coefficients: Float32[np.ndarray, " 9"]
    turn: float
    tint: Float64[np.ndarray, " 3"]


def draw_light(
    rng: np.random.Generator, environment: Environment, camera: Camera, settings: LightSettings | None = None
) -> Light:
    """The environment's light from a random side, as seen by a camera (B = 1)."""
    settings = settings or LightSettings()
    turn = rng.uniform(-180.0, 180.0)
    exposure = rng.uniform(*settings.exposure)
    tint = environment.tint ** (settings.tint * rng.uniform(0.0, 1.0))
    return Light(light_before_camera(environment, turn, camera, settings, exposure), turn, tint / tint.mean())


def light_before_camera(
    environment: Environment, turn: float, camera: Camera, settings: LightSettings, exposure: float = 1.0
) -> Float32[np.ndarray, " 9"]:
    """Coefficients on camera-space normals.

    The project's light multiplies sRGB, so what is fitted is the reflected light's sRGB value, its 2.2nd root.
    """
    normals = sphere()
    to_panorama = turn_about_y(-turn) @ camera.rotation()[0].double().numpy().T
    level = light_level(environment.light, normals @ to_panorama.T).clip(0) ** (1 / 2.2)
    level = light_level(fit_level(level), normals)
    facing = normals[:, 2].clip(0) * (1 - normals[:, 1] ** 2)  # about the share of each normal in a standing body
    level /= (facing * level).sum() / facing.sum()
    low, high = settings.level
    contrast = min(1.0, (1 - low) / max(1 - level.min(), 1e-9), (high - 1) / max(level.max() - 1, 1e-9))
    return (exposure * fit_level(1 + contrast * (level - 1))).astype(np.float32)


def turn_about_y(degrees: float) -> Float64[np.ndarray, "3 3"]:
    """Takes +z to azimuth `degrees`."""
    c, s = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
