"""The modes of a generator that is linear in its code, by least squares over objects of known codes."""

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshConfig, Modes
from mirror_core.generators.surface import make_surface_template
from mirror_core.mesh import SphereMap
from mirror_core.trainers.convmesh import mirror_maps

if TYPE_CHECKING:
    from training.datasets.uv_maps import UvMaps

RIDGE = 1.0
"""Added to the count of objects: what an object weighs that lies at every number's standard deviation."""

Doubles = npt.NDArray[np.float64]


def linear_modes(source: "UvMaps", config: ConvMeshConfig) -> Modes:
    """Of the shapes less the mean map's, and of the textures' known texels less 1/2.

    Objects and their mirror images count alike. A texel that no object shows stays zero.

    Args:
        source: with codes.
        config: of the generator.

    Raises:
        InputError: there are no codes.
    """
    if source.codes is None:
        raise InputError("Modes need data with codes.", "Prepare it with CodeSettings.")
    codes = source.codes.flatten(0, 1).double().numpy()
    maps = source.maps - source.mean_map
    moved = SphereMap.of(make_surface_template(config)).read(torch.cat([maps, mirror_maps(maps, source.axes)]))
    grown = _solved(codes, moved.flatten(1).double().numpy()).reshape(-1, *moved.shape[1:])
    painted = torch.from_numpy(_painted(codes, source.objects.textures, config.modes)).float()
    half = slice(config.modes // 2 if config.symmetric else 0, None)
    textures = painted.permute(0, 3, 1, 2)[..., half].contiguous()
    return Modes(torch.from_numpy(grown).float(), textures[:-1], textures[-1])


def _painted(codes: Doubles, textures: npt.NDArray[np.uint8], rows: int) -> Doubles:
    """(Z + 1, rows, rows, 3): what each number adds to each texel, then the mean."""
    wanted = np.stack([cv2.resize(one, (rows, rows), interpolation=cv2.INTER_AREA) for one in textures])
    painted = np.zeros((codes.shape[1] + 1, rows, rows, 3))
    one = np.ones((len(codes), 1))
    for row in range(rows):
        for column in range(rows):
            both = np.concatenate([wanted[:, row, column], wanted[:, row, rows - 1 - column]])
            known = both[:, 3] == 255
            if known.any():
                colours = both[known, :3] / 255.0 - 0.5
                painted[:, row, column] = _solved(np.concatenate([codes, one], axis=1)[known], colours)
    return painted


def _solved(codes: Doubles, values: Doubles) -> Doubles:
    """The matrix (Z, D) for which `codes` times it is nearest to `values`."""
    normal = codes.T @ codes + RIDGE * np.eye(codes.shape[1])
    return np.linalg.solve(normal, codes.T @ values).astype(np.float64)
