"""Poses of artists: BVH files by what their names begin with, and how a pose is drawn towards one."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from scipy.spatial.transform import Rotation

from mirror_core.body import AnnyBody
from mirror_core.body.bvh import read_bvh
from mirror_core.errors import InputError
from training.synthetic.poses.rig import Matrix

Library = Mapping[str, tuple[Matrix, ...]]
"""Rotations (J, 3, 3) by kind."""
KINDS = ("standing", "run", "sit")
"""Others, such as fight and fly, are not what people in photos of clothes do."""
LOWER = ("root", "pelvis", "upperleg", "lowerleg", "foot", "toe")


def read_library(folder: Path | None, body: AnnyBody) -> Library:
    """The poses of a folder, such as MakeHuman's poses; none without a folder.

    Raises:
        InputError: the folder holds no BVH file whose name begins with one of `KINDS`, or a broken one.
    """
    if folder is None:
        return {}
    files = sorted(folder.glob("*.bvh"))
    library = {
        kind: tuple(read_bvh(file).rotations(body).double().numpy() for file in files if file.stem.startswith(kind))
        for kind in KINDS
    }
    if not any(library.values()):
        names = ", ".join(f"{kind}*.bvh" for kind in KINDS)
        raise InputError(f"{folder} holds no poses ({names}).", "Name a folder with MakeHuman's poses.")
    return library


def towards(rotations: Matrix, other: Matrix, share: float) -> Matrix:
    """Each joint's rotation (J, 3, 3) turned towards the other's by that share, 0 to 1, the shortest way."""
    between = np.swapaxes(rotations, 1, 2) @ other
    return rotations @ Rotation.from_rotvec(share * Rotation.from_matrix(between).as_rotvec()).as_matrix()


def upper_joints(names: tuple[str, ...]) -> list[int]:
    """The joints above the hips."""
    return [joint for joint, name in enumerate(names) if not name.startswith(LOWER)]
