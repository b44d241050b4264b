"""The photo's light, as nine spherical harmonics of the fitted surface's normals."""

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import ambient_light
from mirror_core.attributes.light import Y00
from mirror_core.rendering.shading import light_level

RIDGE = 0.02
"""Pull towards light from everywhere, in units of the mean squared basis functions: one photo says little."""
DARKEST, BRIGHTEST = 0.4, 1.8
"""Bounds of the shading that is divided out."""


def estimate_light(
    window: Float[Tensor, "1 3 H W"], normals: Float[Tensor, "1 3 H W"], inside: Float[Tensor, "1 1 H W"]
) -> Float[Tensor, "1 9"]:
    """Least squares of the photo's brightness, over its median, on the normals; the mean shading is 1.

    A dark pattern is not a shadow: pixels further than a factor of two from the median are left out.

    Args:
        window: what the camera sees of the photo.
        normals: rendered from the fit, camera space.
        inside: 1 where photo and fit both show the object.
    """
    kept = inside[0, 0] > 0.5
    brightness = window[0].mean(dim=0)[kept]
    if len(brightness) < 100 or float(brightness.median()) < 1e-3:
        return ambient_light()
    relative = brightness / brightness.median()
    plain = (relative - 1.0).abs() < 0.5
    seen = normals[:, :, kept][:, :, plain].double()
    units = torch.eye(9, dtype=torch.float64)
    basis = torch.cat([light_level(seen[..., None], unit[None])[..., 0] for unit in units]).T
    target = relative[plain].double() - 1.0
    shape = basis[:, 1:] - basis[:, 1:].mean(dim=0)
    system = shape.T @ shape + RIDGE * len(target) * torch.eye(8, dtype=torch.float64)
    bands = torch.linalg.solve(system, shape.T @ (target - target.mean()))
    constant = (1.0 - basis[:, 1:].mean(dim=0) @ bands) / Y00
    return torch.cat([constant[None], bands])[None].float()


def divide_light(
    window: Float[Tensor, "1 3 H W"], normals: Float[Tensor, "1 3 H W"], light: Float[Tensor, "1 9"]
) -> npt.NDArray[np.float32]:
    """The photo without its shading, (H, W, 3), clipped to 0..1; where there is no surface, as it was."""
    level = light_level(normals, light)[:, None].clamp(DARKEST, BRIGHTEST)
    level = torch.where(normals.abs().sum(dim=1, keepdim=True) > 0, level, torch.ones(()))
    return np.ascontiguousarray((window / level).clamp(0.0, 1.0)[0].permute(1, 2, 0).numpy())
