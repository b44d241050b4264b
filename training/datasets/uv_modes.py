"""The modes of a generator that is linear in its code, by least squares over objects of known codes."""

from typing import TYPE_CHECKING

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mirror_core.errors import InputError
from mirror_core.generators import Modes
from mirror_core.trainers.convmesh import mirror_maps

if TYPE_CHECKING:
    from training.datasets.uv_maps import UvMaps

RIDGE = 1.0
"""Added to the count of objects: what an object weighs that lies at every number's standard deviation."""

Doubles = npt.NDArray[np.float64]


def linear_modes(source: "UvMaps", rows: int) -> Modes:
    """Of the maps less their mean, and of the textures' known texels less 1/2.

    Objects and their mirror images count alike. A texel that no object shows stays zero.

    Args:
        source: with codes.
        rows: rows and columns of the texture's modes.

    Raises:
        InputError: there are no codes.
    """
    if source.codes is None:
        raise InputError("Modes need data with codes.", "Prepare it with CodeSettings.")
    codes = source.codes.flatten(0, 1).double().numpy()
    maps = source.maps - source.mean_map
    maps = torch.cat([maps, mirror_maps(maps, source.axes)]).double().numpy()
    moved = _solved(codes, maps.reshape(len(codes), -1)).reshape(-1, *maps.shape[1:])
    wanted = np.stack([cv2.resize(one, (rows, rows), interpolation=cv2.INTER_AREA) for one in source.objects.textures])
    painted = np.zeros((codes.shape[1] + 1, rows, rows, 3))
    one = np.ones((len(codes), 1))
    for row in range(rows):
        for column in range(rows):
            both = np.concatenate([wanted[:, row, column], wanted[:, row, rows - 1 - column]])
            known = both[:, 3] == 255
            if known.any():
                colours = both[known, :3] / 255.0 - 0.5
                painted[:, row, column] = _solved(np.concatenate([codes, one], axis=1)[known], colours)
    textures = torch.from_numpy(painted).permute(0, 3, 1, 2).float()
    return Modes(torch.from_numpy(moved).float(), textures[:-1].contiguous(), textures[-1].contiguous())


def _solved(codes: Doubles, values: Doubles) -> Doubles:
    """The matrix (Z, D) for which `codes` times it is nearest to `values`."""
    normal = codes.T @ codes + RIDGE * np.eye(codes.shape[1])
    return np.linalg.solve(normal, codes.T @ values).astype(np.float64)
