"""Do the limbs of a pose go through the body? Points of the trunk's skin against capsules around arms and legs."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from scipy.sparse import csr_matrix
from torch import Tensor

from mirror_core.body import AnnyBody
from mirror_core.body.adults import corner_weights
from mirror_core.body.regions import vertices_of
from training.synthetic.poses.rig import Matrix, Posing, Vector

BONES = {
    "upper_arm": ("upperarm02", "lowerarm01"),
    "lower_arm": ("lowerarm01", "wrist"),
    "hand": ("wrist", "finger3-2"),
    "upper_leg": ("upperleg02", "lowerleg01"),
    "lower_leg": ("lowerleg01", "foot"),
}
"""Regions and the joints between which their capsules lie; the upper arm begins below the armpit."""
TRUNK = ("torso", "upper_leg_left", "upper_leg_right")
THINNER = 0.75
"""A capsule's radius, of the limb's mean radius: skin that touches is none that goes through."""


@dataclass(frozen=True)
class Flesh:
    """The skin of a body, thinned out, at rest.

    Attributes:
        trunk: (P, 3), points of torso and thighs.
        weights: (P, J), how they follow the joints.
        radii: of each limb, metres.
    """

    trunk: Matrix
    weights: csr_matrix
    radii: dict[str, float]

    def posed(self, posing: Posing) -> Matrix:
        """Where the points of the trunk have gone; the root's head stays."""
        transforms = _transforms(posing)
        rows = (self.weights @ transforms.reshape(len(transforms), -1)).reshape(-1, 3, 4)
        return np.einsum("pik,pk->pi", rows[:, :, :3], self.trunk) + rows[:, :, 3]


@dataclass(frozen=True)
class Touch:
    """Finds limbs that go through the body."""

    body: AnnyBody
    every: int = 4
    """Of the trunk's vertices, only each so manieth is looked at."""

    def flesh(self, shape: Float[Tensor, "1 9"], heads: Matrix) -> Flesh:
        """Of a body of that shape, whose joints at rest are `heads` (J, 3)."""
        coordinates = corner_weights(shape) @ self.body.corners
        points = (self._mean + (coordinates @ self._components).reshape(-1, 3)).double().numpy()
        parts = np.split(points, np.cumsum([len(part) for part in self._vertices])[:-1])
        number = {name: joint for joint, name in enumerate(self.body.joint_names)}
        radii: dict[str, float] = {}
        for (limb, (start, end)), part in zip(BONES.items(), parts[1:], strict=True):
            distance = _distance(part, heads[number[f"{start}.L"]], heads[number[f"{end}.L"]])
            radii[limb] = float(np.median(distance))
        return Flesh(parts[0], self._weights, radii)

    @cached_property
    def _vertices(self) -> list[npt.NDArray[np.intp]]:
        """Of the trunk, then of each limb in `BONES`; nobody needs the others."""
        trunk = np.flatnonzero(vertices_of(TRUNK).numpy())[:: self.every]
        return [trunk, *(np.flatnonzero(vertices_of(f"{limb}_left").numpy())[:: self.every] for limb in BONES)]

    @cached_property
    def _mean(self) -> Tensor:
        return self.body.mean[torch.from_numpy(np.concatenate(self._vertices))]

    @cached_property
    def _components(self) -> Tensor:
        kept = torch.from_numpy(np.concatenate(self._vertices))
        return self.body.components.unflatten(-1, (-1, 3))[:, kept].flatten(1)

    @cached_property
    def _weights(self) -> csr_matrix:
        return csr_matrix(self.body.weights[torch.from_numpy(self._vertices[0])].double().numpy())

    def arms_through(self, posing: Posing, flesh: Flesh, trunk: Matrix, side: str) -> set[str]:
        """Parts of an arm that go through the trunk, whose points are `flesh.posed`: "upper_arm" and so on."""
        found: set[str] = set()
        for limb in ("upper_arm", "lower_arm", "hand"):
            start, end = (posing.place(f"{joint}.{side}") for joint in BONES[limb])
            if (_distance(trunk, start, end) < THINNER * flesh.radii[limb]).any():
                found.add(limb)
        return found

    def legs_through(self, posing: Posing, flesh: Flesh) -> set[str]:
        """Parts of the legs that go through each other."""
        along = np.linspace(0.35, 1.0, 12)[:, None]
        found: set[str] = set()
        for limb in ("upper_leg", "lower_leg"):
            (a, b), (c, d) = ([posing.place(f"{joint}.{side}") for joint in BONES[limb]] for side in "LR")
            if (_distance(a + along * (b - a), c, d) < 1.7 * THINNER * flesh.radii[limb]).any():
                found.add(limb)
        return found


def _transforms(posing: Posing) -> Matrix:
    """(J, 3, 4), from rest to pose, of each joint."""
    turned = np.empty((len(posing.heads), 3, 3))
    place = np.empty((len(posing.heads), 3))
    for joint, parent in enumerate(posing.rig.parents):
        if parent < 0:
            turned[joint], place[joint] = posing.local[joint], posing.heads[joint]
        else:
            turned[joint] = turned[parent] @ posing.local[joint]
            place[joint] = place[parent] + turned[parent] @ (posing.heads[joint] - posing.heads[parent])
    shift = place - np.einsum("jik,jk->ji", turned, posing.heads)
    return np.concatenate([turned, shift[:, :, None]], axis=2)


def _distance(points: Matrix, start: Vector, end: Vector) -> npt.NDArray[np.floating]:
    """Of points to a segment."""
    bone = end - start
    along = np.clip((points - start) @ bone / (bone @ bone), 0.0, 1.0)
    return np.linalg.norm(points - start - along[:, None] * bone, axis=1)
