"""Nine spherical harmonics in the project's order and factors: evaluate, fit, rotate, and light from everywhere."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from jaxtyping import Float

from mirror_core.rendering.shading import SH_FACTORS

Values = npt.NDArray[np.float64]

_ORTHONORMAL = np.sqrt(np.array([1, 3, 3, 3, 15, 15, 5 / 4, 15, 15 / 4]) / (4 * np.pi))
"""What the polynomials of `basis` must be multiplied by to be orthonormal on the sphere."""

_COSINE = np.array([1, 2 / 3, 2 / 3, 2 / 3, 1 / 4, 1 / 4, 1 / 4, 1 / 4, 1 / 4])
"""What is left of each harmonic of the light in what a matt surface reflects (Ramamoorthi and Hanrahan 2001)."""


def basis(directions: Float[np.ndarray, "*N 3"]) -> Float[np.ndarray, "*N 9"]:
    """The polynomials: 1, x, z, y, xy, yz, 3z^2 - 1, xz, x^2 - y^2."""
    x, y, z = np.moveaxis(np.asarray(directions, np.float64), -1, 0)
    return np.stack([np.ones_like(x), x, z, y, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], axis=-1)


def light_level(light: Float[np.ndarray, " 9"], normals: Float[np.ndarray, "*N 3"]) -> Float[np.ndarray, "*N"]:
    """What a light multiplies surfaces of these unit normals by; as `mirror_core.rendering.shading.light_level`."""
    return basis(normals) @ (np.asarray(light, np.float64) * SH_FACTORS)


def fit_level(level: Float[np.ndarray, " N"]) -> Float[np.ndarray, " 9"]:
    """The light whose level on the directions of `sphere` is nearest."""
    return _inverse() @ level


def rotate(light: Float[np.ndarray, " 9"], rotation: Float[np.ndarray, "3 3"]) -> Float[np.ndarray, " 9"]:
    """The light turned along with everything else: what it was at normal n it is at rotation @ n."""
    return fit_level(light_level(light, sphere() @ rotation))


def matt_light(radiance: Float[np.ndarray, "H W"]) -> Float[np.ndarray, " 9"]:
    """What a matt white surface reflects under a panorama (see `directions`), as a light."""
    toward = panorama_directions(*radiance.shape)
    steps = np.pi / radiance.shape[0], 2 * np.pi / radiance.shape[1]
    solid = np.sqrt(1 - toward[..., 1] ** 2) * steps[0] * steps[1]
    solid *= 4 * np.pi / solid.sum()
    moments = np.einsum("hwk,hw->k", basis(toward), radiance * solid) * _ORTHONORMAL
    return moments * _COSINE * _ORTHONORMAL / SH_FACTORS


def panorama_directions(height: int, width: int) -> Values:
    """Unit vectors (H, W, 3) to a panorama's pixels.

    Row 0 is above; the middle column lies at +z, and seen from inside +x is a quarter to its left: azimuth falls as
    columns rise.
    """
    elevation = (0.5 - (np.arange(height) + 0.5) / height) * np.pi
    azimuth = (0.5 - (np.arange(width) + 0.5) / width) * 2 * np.pi
    e, a = np.meshgrid(elevation, azimuth, indexing="ij")
    return np.stack([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)], axis=-1)


@lru_cache(maxsize=1)
def sphere() -> Values:
    """500 directions (N, 3), evenly spread (a Fibonacci lattice)."""
    steps = np.arange(500) + 0.5
    y, turn = 1 - 2 * steps / 500, np.pi * (1 + np.sqrt(5)) * steps
    radius = np.sqrt(1 - y * y)
    return np.stack([radius * np.cos(turn), y, radius * np.sin(turn)], axis=-1)


@lru_cache(maxsize=1)
def _inverse() -> Values:
    matrix = basis(sphere()) * np.array(SH_FACTORS)
    return np.linalg.solve(matrix.T @ matrix, matrix.T)  # so small that it comes out the same on any number of threads
