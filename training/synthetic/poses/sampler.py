"""Poses of people in photos of clothes, drawn by chance, within what people can do."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.body import AVERAGE_ADULT, AnnyBody
from training.synthetic.poses import stances
from training.synthetic.poses.library import Library, towards, upper_joints
from training.synthetic.poses.limbs import Arm
from training.synthetic.poses.limits import beyond_limits, measure
from training.synthetic.poses.rig import MIRROR, Half, Matrix, Posing, Rig
from training.synthetic.poses.stances import ArmPlan, Habits
from training.synthetic.poses.touch import Flesh, Touch

ATTEMPTS = 12
STEPS = 6
"""An arm is moved away from the body so many times before the pose is given up."""
CALM, UNEVEN = 65.0, 0.08
"""Of the library's poses: degrees an arm may be raised, metres one foot may stand higher than the other."""


@dataclass(frozen=True)
class PoseSampler:
    """Draws poses; nothing but the generator that is handed in decides.

    Attributes:
        body: whose joints are posed.
        library: poses by artists, from `read_library`; may be empty.
        preset: "people", or "catalogue": frontal, arms a little out, as garments are shown.
        habits: how often people do what.
    """

    body: AnnyBody
    library: Library = field(default_factory=lambda: {})
    preset: Literal["people", "catalogue"] = "people"
    habits: Habits = field(default_factory=Habits)

    def draw(self, rng: np.random.Generator, shape: npt.NDArray[np.floating]) -> Float[Tensor, "1 J 3 3"]:
        """A pose for a body of this shape (9,); the same state of `rng` gives the same pose."""
        code = torch.from_numpy(np.asarray(shape)).to(self.body.mean.dtype)[None]
        heads = self.body.joints(code)[0].double().numpy()
        flesh = self._touch.flesh(code, heads)
        for _ in range(ATTEMPTS):
            posing = self._catalogue(heads, rng) if self.preset == "catalogue" else self._people(heads, flesh, rng)
            if posing is not None and self._possible(posing, flesh):
                break
        else:
            posing = self._plain(heads)
        local = posing.local
        if rng.random() < 0.5:
            local = self._rig.mirror(local)
        return torch.from_numpy(local).to(self.body.mean.dtype)[None]

    @cached_property
    def _rig(self) -> Rig:
        return Rig(self.body.joint_names, self.body.parents)

    @cached_property
    def _touch(self) -> Touch:
        return Touch(self.body)

    @cached_property
    def _calm(self) -> tuple[Matrix, ...]:
        """The library's standing poses that raise no arm."""
        return tuple(
            pose
            for pose in self.library.get("standing", ())
            if all(angle < CALM for name, angle in measure(self._average(pose)).items() if name.endswith("elevation"))
        )

    @cached_property
    def _whole_poses(self) -> tuple[Matrix, ...]:
        """The library's poses that need nothing to stand on but the ground."""
        level: list[Matrix] = []
        for kind in sorted(self.library):
            for pose in self.library[kind]:
                posing = self._average(pose)
                uneven = abs(posing.place("foot.L")[1] - posing.place("foot.R")[1])
                if kind != "standing" or uneven < UNEVEN:
                    level.append(pose)
        return tuple(level)

    def _average(self, pose: Matrix) -> Posing:
        posing = Posing(
            self._rig, self.body.joints(torch.tensor([AVERAGE_ADULT], dtype=self.body.mean.dtype))[0].double().numpy()
        )
        posing.local = pose
        return posing

    def _possible(self, posing: Posing, flesh: Flesh) -> bool:
        """Within human limits, and no limb goes through another; a hand may lie on the body."""
        if beyond_limits(posing) or self._touch.legs_through(posing, flesh):
            return False
        trunk = flesh.posed(posing)
        return not any(self._touch.arms_through(posing, flesh, trunk, side) - {"hand"} for side in "LR")

    def _people(self, heads: Matrix, flesh: Flesh, rng: np.random.Generator) -> Posing | None:
        habits = self.habits
        if self._whole_poses and rng.random() < habits.whole:
            return self._whole(heads, rng)
        posing = Posing(self._rig, heads)
        walking = rng.random() < habits.walking
        leaning = not walking and rng.random() < habits.leaning
        tilt = float(rng.uniform(3, 6.5)) if leaning else float(rng.normal(0, 1))
        stances.hold_trunk(posing, tilt, habits, rng)
        stride = float(rng.uniform(0.12, 0.26))
        stood = stances.walk(posing, stride, rng) if walking else stances.stand_still(posing, tilt, rng)
        trunk = flesh.posed(posing)
        plans = self._arms(posing, trunk, stride if walking else 0.0, rng)
        placed = all(self._place(posing, flesh, trunk, side, *plan) for side, plan in plans.items())
        if not (stood and placed):
            return None
        for side in "LR":
            stances.relax_hand(Half(posing, side), rng)
        if self._calm and rng.random() < habits.borrowed:
            self._borrow(posing, rng)
        return posing

    def _arms(
        self, posing: Posing, trunk: Matrix, stride: float, rng: np.random.Generator
    ) -> dict[str, tuple[ArmPlan, bool]]:
        """How each arm is to be held, and whether it touches the body on purpose."""
        habits = self.habits
        halves = {side: Half(posing, side) for side in "LR"}
        seen = {"L": trunk, "R": trunk @ MIRROR}
        both = rng.random()
        if both < habits.clasped and not stride:
            height = float(rng.uniform(-0.02, 0.1))
            depths = {"L": 0.0, "R": 0.035}
            return {s: (stances.before_belly(halves[s], seen[s], depths[s], height), True) for s in "LR"}
        if both < habits.clasped + habits.behind and not stride:
            return {s: (stances.behind_back(halves[s], seen[s], {"L": 0.0, "R": 0.035}[s]), True) for s in "LR"}
        plans: dict[str, tuple[ArmPlan, bool]] = {}
        for side, half in halves.items():
            swing = 80.0 * stride * (-1.0 if side == "L" else 1.0)
            chance = rng.random()
            if chance < habits.pocket:
                plans[side] = (stances.pocket(half, seen[side], rng), True)
            elif chance < habits.pocket + habits.on_hip:
                plans[side] = (stances.on_hip(half, seen[side], rng), True)
            elif chance < habits.pocket + habits.on_hip + habits.bent:
                plans[side] = (stances.hanging(half, stances.bent(rng)), False)
            else:
                plans[side] = (stances.hanging(half, stances.relaxed(rng, swing)), False)
        return plans

    def _place(self, posing: Posing, flesh: Flesh, trunk: Matrix, side: str, plan: ArmPlan, touches: bool) -> bool:
        """Place an arm, further and further from the body until it does not go through it."""
        allowed = {"hand"} if touches else set[str]()
        for steps in range(STEPS):
            if plan(float(steps)) and not self._touch.arms_through(posing, flesh, trunk, side) - allowed:
                return True
        return False

    def _borrow(self, posing: Posing, rng: np.random.Generator) -> None:
        """Draw the upper body towards one of the library's standing poses."""
        other = self._calm[int(rng.integers(len(self._calm)))]
        upper = upper_joints(self._rig.names)
        posing.local[upper] = towards(posing.local[upper], other[upper], float(rng.uniform(0.4, 1.0)))

    def _whole(self, heads: Matrix, rng: np.random.Generator) -> Posing:
        other = self._whole_poses[int(rng.integers(len(self._whole_poses)))]
        posing = Posing(self._rig, heads)
        posing.local = towards(posing.local, other, float(rng.uniform(0.9, 1.0)))
        return posing

    def _catalogue(self, heads: Matrix, rng: np.random.Generator) -> Posing:
        posing = self._plain(heads, float(rng.uniform(16, 28)), float(rng.uniform(5, 18)))
        stances.stand_still(posing, 0.0, rng)
        stances.spread(posing, stances.NECK, rng.normal(0, 2), rng.normal(0, 1), rng.normal(0, 4))
        for side in "LR":
            stances.relax_hand(Half(posing, side), rng)
        return posing

    def _plain(self, heads: Matrix, abduction: float = 22.0, elbow: float = 12.0) -> Posing:
        posing = Posing(self._rig, heads)
        for side in "LR":
            stances.hanging(Half(posing, side), Arm(abduction, 0.0, 4.0, elbow, 5.0))(0.0)
        return posing
