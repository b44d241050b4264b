"""The estimated light as numbers that Blender can use: a quadratic polynomial of the normal, and an environment.

The papers multiply the texture's sRGB values by s(n) = sum of nine coefficients times kaolin's spherical harmonics
(order 1, x, z, y, xy, yz, 3z2-1, xz, x2-y2) of the normal n in camera space. No bpy here.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

ROWS = 16
"""Rows of the environment picture; it has twice as many columns. Nine coefficients need no more."""


@dataclass(frozen=True)
class Polynomial:
    """s(n) = n Q n + b n + c."""

    quadratic: Floats
    """Q, symmetric (3, 3)."""
    linear: Floats
    """b, (3,)."""
    constant: float

    def __call__(self, normals: Floats) -> Floats:
        """Value for unit normals (..., 3)."""
        quadratic = np.einsum("...i,ij,...j->...", normals, self.quadratic, normals)
        return quadratic + normals @ self.linear + self.constant


def polynomial(light: Floats, axes: Floats) -> Polynomial:
    """The polynomial for normals given in another frame.

    Args:
        light: (9,) coefficients, on camera-space normals.
        axes: rows are the camera's right, up and backward axes in that frame (3, 3).
    """
    xy, yz, xz = 1.09254843059 / 2 * light[4], 1.09254843059 / 2 * light[5], 0.77254840404 / 2 * light[7]
    xx = 0.38627420202 * light[8]
    quadratic = np.array([[xx, xy, xz], [xy, -xx, yz], [xz, yz, 0.94617469575 * light[6]]])
    linear = 0.4886025119 * np.array([light[1], light[3], light[2]])
    constant = 0.28209479177 * light[0] - 0.31539156525 * light[6]
    return Polynomial(axes.T @ quadratic @ axes, linear @ axes, float(constant))


def srgb_to_linear(values: Floats) -> Floats:
    """The sRGB transfer function's inverse; goes on as a power above 1."""
    return np.where(values <= 0.04045, values / 12.92, ((np.maximum(values, 0.04045) + 0.055) / 1.055) ** 2.4)


def environment(light: Polynomial, steps: int = 200) -> Floats:
    """An equirectangular picture (16, 32) of linear radiance, row 0 at the bottom, that lights as `light` does.

    What a matt surface with normal n reflects under it, as a share of its colour, approximates s(n) in linear light.
    Radiance cannot be negative, so a light with more contrast than any real one is approached, not reached
    (multiplicative least-squares updates, which keep it positive).
    """
    directions, transport = _transport()
    wanted = srgb_to_linear(np.maximum(light(directions), 0.0))
    radiance = np.full(len(directions), max(float(wanted.mean()), 1e-3))
    numerator = transport.T @ wanted
    normal = transport.T @ transport
    for _ in range(steps):
        radiance = radiance * numerator / np.maximum(normal @ radiance, 1e-9)
    return radiance.reshape(ROWS, 2 * ROWS)


@lru_cache(maxsize=1)
def _transport() -> tuple[Floats, Floats]:
    """Directions of the picture's pixels (P, 3), and what a surface facing one gets from another (P, P)."""
    latitude = (np.arange(ROWS) + 0.5) / ROWS * np.pi - np.pi / 2
    # Cycles and EEVEE: the picture's middle is +x, and to its left is +y.
    longitude = np.pi - (np.arange(2 * ROWS) + 0.5) / ROWS * np.pi
    latitude, longitude = np.meshgrid(latitude, longitude, indexing="ij")
    flat = np.cos(latitude)
    directions = np.stack([flat * np.cos(longitude), flat * np.sin(longitude), np.sin(latitude)], axis=-1).reshape(
        -1, 3
    )
    solid_angle = (flat * (np.pi / ROWS) ** 2).reshape(-1)
    transport = np.maximum(directions @ directions.T, 0.0) * solid_angle / np.pi
    return directions, transport / transport.sum(axis=1, keepdims=True)
