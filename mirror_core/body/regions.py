"""Which part of the body a face or a vertex belongs to; data of the baked body."""

from collections.abc import Sequence
from functools import lru_cache

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from mirror_core.body.asset import read_asset
from mirror_core.checks import check_choice

REGIONS = (
    "none",
    "scalp",
    "face",
    "eyes",
    "mouth",
    "neck",
    "torso_front",
    "torso_back",
    "upper_arm_left",
    "upper_arm_right",
    "lower_arm_left",
    "lower_arm_right",
    "hand_left",
    "hand_right",
    "upper_leg_left",
    "upper_leg_right",
    "lower_leg_left",
    "lower_leg_right",
    "foot_left",
    "foot_right",
)
"""By number. Left is the body's left; the face has the ears; the mouth is its inside; no face is "none"."""
GROUPS = {
    "head": ("scalp", "face", "eyes", "mouth"),
    "torso": ("torso_front", "torso_back"),
    "arms": tuple(name for name in REGIONS if "_arm_" in name),
    "hands": ("hand_left", "hand_right"),
    "legs": tuple(name for name in REGIONS if "_leg_" in name),
    "feet": ("foot_left", "foot_right"),
}
"""Regions that belong together, by the name of the whole."""


def face_regions() -> Int[Tensor, " F"]:
    """The number of each face's region in `REGIONS`, in the order of `AnnyBody.faces`."""
    tensors, _ = read_asset()
    return tensors["regions.face"].long()


@lru_cache(maxsize=1)
def vertex_regions() -> Int[Tensor, " V"]:
    """The region that most of a vertex's faces belong to; "none" for helper geometry, which has no faces."""
    tensors, _ = read_asset()
    corners = tensors["faces"].long().flatten()
    counts = torch.zeros(len(tensors["mean"]), len(REGIONS), dtype=torch.long)
    labels = face_regions().repeat_interleave(3)
    return counts.index_put_((corners, labels), torch.ones_like(labels), accumulate=True).argmax(dim=1)


def faces_of(names: str | Sequence[str]) -> Bool[Tensor, " F"]:
    """Which faces belong to regions or groups of regions.

    Args:
        names: one or more of `REGIONS` and `GROUPS`.

    Raises:
        InputError: there is no such region.
    """
    return torch.isin(face_regions(), _numbers(names))


def vertices_of(names: str | Sequence[str]) -> Bool[Tensor, " V"]:
    """Which vertices belong to regions or groups of regions; as `faces_of`."""
    return torch.isin(vertex_regions(), _numbers(names))


def _numbers(names: str | Sequence[str]) -> Tensor:
    numbers: list[int] = []
    for name in [names] if isinstance(names, str) else names:
        check_choice("region", name, (*REGIONS, *GROUPS))
        numbers += [REGIONS.index(region) for region in GROUPS.get(name, (name,))]
    return torch.tensor(numbers)
