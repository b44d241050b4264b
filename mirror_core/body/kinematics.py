"""Joints turn, what hangs on them follows: forward kinematics and linear blend skinning."""

import torch
from jaxtyping import Float
from torch import Tensor


def joint_transforms(
    heads: Float[Tensor, "B J 3"], parents: tuple[int, ...], rotations: Float[Tensor, "B J 3 3"]
) -> Float[Tensor, "B J 4 4"]:
    """What each joint does to points of the rest pose.

    Args:
        heads: the points about which the joints turn, at rest.
        parents: of each joint, -1 for a root; they come before their children.
        rotations: in axes parallel to the world's, relative to rest.
    """
    shift = heads - torch.einsum("bjik,bjk->bji", rotations, heads)
    last = rotations.new_tensor([0.0, 0.0, 0.0, 1.0]).expand(*rotations.shape[:2], 1, 4)
    local = torch.cat([torch.cat([rotations, shift[..., None]], dim=-1), last], dim=-2)
    done: dict[int, Tensor] = {}
    for level in _levels(parents):
        own = local[:, level]
        above = [parents[joint] for joint in level]
        moved = own if above[0] < 0 else torch.stack([done[joint] for joint in above], dim=1) @ own
        done.update(zip(level, moved.unbind(dim=1), strict=True))
    return torch.stack([done[joint] for joint in range(len(parents))], dim=1)


def _levels(parents: tuple[int, ...]) -> list[list[int]]:
    """Joints by their distance from the root, so that a level is one product of matrices."""
    depth: list[int] = []
    for parent in parents:
        depth.append(0 if parent < 0 else depth[parent] + 1)
    return [[joint for joint, own in enumerate(depth) if own == level] for level in range(max(depth) + 1)]


def blend_skin(
    points: Float[Tensor, "B V 3"], weights: Float[Tensor, "V J"], transforms: Float[Tensor, "B J 4 4"]
) -> Float[Tensor, "B V 3"]:
    """Points of the rest pose, each moved by the weighted mean of the joints' transforms."""
    rows = transforms[:, :, :3].flatten(2)
    blended = (weights @ rows).unflatten(-1, (3, 4))
    return torch.einsum("bvik,bvk->bvi", blended[..., :3], points) + blended[..., 3]
