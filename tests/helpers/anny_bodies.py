"""Bodies made by the package anny itself, in our axes and with our rotations, to measure the baked body against."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor


@dataclass(frozen=True)
class AnnyTruth:
    """Bodies by anny; places are relative to the root joint, for anny's origin is elsewhere.

    Attributes:
        shape, rotations: as the baked body takes them.
        rest: vertices before posing.
        vertices, joints, key_points: posed.
    """

    shape: Float[Tensor, "B 9"]
    rotations: Float[Tensor, "B J 3 3"]
    rest: Float[Tensor, "B V 3"]
    vertices: Float[Tensor, "B V 3"]
    joints: Float[Tensor, "B J 3"]
    key_points: Float[Tensor, "B 23 3"]


def anny_truth(count: int, seed: int) -> AnnyTruth:
    """Adults of all kinds in all kinds of poses."""
    import anny
    import roma

    from mirror_core.body import SHAPE_NAMES
    from training.bake.body import full_anny, our_axes

    model = full_anny()
    chance = torch.Generator().manual_seed(seed)
    shape = torch.rand(count, 9, generator=chance, dtype=torch.float64)
    shape[:, 1] = (2 + shape[:, 1]) / 3
    poses = torch.eye(4, dtype=torch.float64).repeat(count, len(model.bone_labels), 1, 1)
    axes = 0.3 * torch.randn(count, len(model.bone_labels), 3, generator=chance, dtype=torch.float64)
    poses[..., :3, :3] = roma.rotvec_to_rotmat(axes)
    with torch.no_grad():
        out = model(
            phenotype_kwargs={name: shape[:, column] for column, name in enumerate(SHAPE_NAMES)}, pose_parameters=poses
        )
        key_points = our_axes(anny.KeypointsRegressor.coco(model)(out))
    # How each bone is turned in space since rest, in our axes; then relative to its parent.
    axes_change = our_axes(torch.eye(3, dtype=torch.float64)).T
    turned = out["bone_poses"][..., :3, :3] @ out["rest_bone_poses"][..., :3, :3].mT
    turned = axes_change @ turned @ axes_change.T
    rotations = torch.stack(
        [turned[:, j] if p < 0 else turned[:, p].mT @ turned[:, j] for j, p in enumerate(model.bone_parents)], dim=1
    )
    joints = our_axes(out["bone_poses"][..., :3, 3])
    root = joints[:, :1]
    return AnnyTruth(
        shape.float(),
        rotations.float(),
        our_axes(out["rest_vertices"]).float(),
        (our_axes(out["vertices"]) - root).float(),
        (joints - root).float(),
        (key_points - root).float(),
    )
