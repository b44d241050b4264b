"""How people stand, walk and hold their arms, drawn by chance. Lengths in metres, angles in degrees."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from training.synthetic.poses.limbs import Arm, Foot, Hand, bones, curl, hang, leg_length, reach, stand
from training.synthetic.poses.rig import Half, Matrix, Posing, Vector, turn, unit

ArmPlan = Callable[[float], bool]
"""Places an arm, further away from the body by a number of steps; False where it cannot be placed."""
SPINE = ("spine05", "spine04", "spine03", "spine02", "spine01")
NECK = ("neck01", "neck02", "neck03", "head")
OPEN_STEP, AWAY_STEP = 3.0, 0.012
"""Degrees and metres of one step of a hanging arm or a laid hand away from the body."""


@dataclass(frozen=True)
class Habits:
    """How often people do what in photos of clothes; the rest of the time arms hang."""

    walking: int | float = 0.13
    leaning: int | float = 0.5
    """Of those who stand: weight on one leg, the hip above it out."""
    looking_away: int | float = 0.35
    """The head turned by up to 40 degrees."""
    pocket: int | float = 0.13
    """Of each arm, and so for the next ones."""
    on_hip: int | float = 0.1
    bent: int | float = 0.09
    clasped: int | float = 0.05
    """Both hands before the belly."""
    behind: int | float = 0.03
    """Both hands behind the back."""
    borrowed: int | float = 0.25
    """The upper body is drawn towards a pose of the library."""
    whole: int | float = 0.04
    """The pose is one of the library's, sitting or running among them."""


def spread(posing: Posing, names: Sequence[str], flexion: float, side: float, rotation: float) -> None:
    """Share a bend among joints: positive to the front, to the right and to the left."""
    count = len(names)
    for name in names:
        share = turn((0, 1, 0), rotation / count) @ turn((1, 0, 0), flexion / count) @ turn((0, 0, 1), side / count)
        posing.bend(name, share)


def hold_trunk(posing: Posing, tilt: float, habits: Habits, rng: np.random.Generator) -> None:
    """Pelvis, back, neck, head and shoulder girdle.

    Args:
        posing: the pose in the making.
        tilt: of the pelvis; positive lifts the left hip.
        habits: how often people look away.
        rng: chance.
    """
    posing.bend("root", turn((0, 0, 1), tilt) @ turn((0, 1, 0), rng.normal(0, 3)) @ turn((1, 0, 0), rng.normal(0, 1.5)))
    spread(posing, SPINE, rng.normal(0, 3), -tilt * rng.uniform(0.9, 1.7) + rng.normal(0, 1.2), rng.normal(0, 4))
    away = rng.random() < habits.looking_away
    rotation = rng.uniform(-40, 40) if away else rng.normal(0, 6)
    spread(posing, NECK, rng.normal(0, 5), rng.normal(0, 3), float(rotation))
    for side in "LR":
        half = Half(posing, side)
        half.bend("clavicle", turn((0, 0, 1), rng.normal(-2, 2)) @ turn((0, 1, 0), rng.normal(2, 4)))


def stand_still(posing: Posing, tilt: float, rng: np.random.Generator) -> bool:
    """Legs of somebody who stands; with a tilt the weight is on the higher hip's leg."""
    leaning = abs(tilt) > 2.0
    bears = "L" if tilt > 0 else "R"
    shift = np.sign(tilt) * rng.uniform(0.01, 0.04) if leaning else 0.0
    apart, turned = rng.uniform(-0.18, -0.02), rng.uniform(-4, 10)
    feet: dict[str, Foot] = {}
    for side in "LR":
        free = leaning and side != bears
        outward = turned + rng.normal(0, 3) + (rng.uniform(0, 22) if free else 0.0)
        forward = rng.uniform(-0.02, 0.1) if free else rng.normal(0, 0.015)
        heel = rng.uniform(8, 25) if free and rng.random() < 0.15 else 0.0
        aside = apart / 2 - (shift if side == "L" else -shift)
        ball = Half(posing, side).rest("toe3-1") + np.array([aside, 0.0, forward])
        feet[side] = Foot(ball, outward, heel)
    knees = {side: rng.uniform(4, 9) if not leaning or side == bears else rng.uniform(10, 20) for side in "LR"}
    return _put_down(posing, feet, knees)


def walk(posing: Posing, stride: float, rng: np.random.Generator) -> bool:
    """Legs of somebody who walks, the left foot in front by `stride` and the right behind by as much."""
    feet: dict[str, Foot] = {}
    for side, ahead in (("L", 1.0), ("R", -1.0)):
        heel = rng.uniform(-8, 0) if ahead > 0 else rng.uniform(60, 110) * stride
        up = 0.2 * np.sin(np.radians(max(0.0, -heel)))
        ball = Half(posing, side).rest("toe3-1") + np.array([rng.uniform(-0.13, -0.08), up, ahead * stride])
        feet[side] = Foot(ball, rng.uniform(-4, 6), heel)
    return _put_down(posing, feet, {side: rng.uniform(6, 14) for side in "LR"})


def hanging(half: Half, arm: Arm) -> ArmPlan:
    """An arm that hangs."""

    def plan(steps: float) -> bool:
        hang(half, Arm(arm.abduction + OPEN_STEP * steps, arm.flexion, arm.inward, arm.elbow, arm.pronation))
        return True

    return plan


def laid(half: Half, skin: Matrix, where: tuple[float, float], fingers: Vector, elbow: Vector) -> ArmPlan:
    """A hand laid on the body.

    Args:
        half: the side, told as if it were the left.
        skin: (P, 3), points of the trunk, seen as if the side were the left.
        where: height in metres above the hip joints, and degrees around the body from the front.
        fingers: where they point.
        elbow: where it points; see `Hand`.
    """
    hips = half.place("upperleg01")
    around = np.radians(where[1])
    out = np.array([np.sin(around), 0.0, np.cos(around)])
    level = skin[np.abs(skin[:, 1] - hips[1] - where[0]) < 0.03]
    touched = level[np.argmax(level @ out)] if len(level) else hips
    facing = -out if abs(where[1]) < 150 else out

    def plan(steps: float) -> bool:
        palm = touched + (0.024 + AWAY_STEP * steps) * out
        return reach(half, Hand(palm, unit(fingers), facing, elbow))

    return plan


def relaxed(rng: np.random.Generator, flexion: float = 0.0) -> Arm:
    """A hanging arm as most hang."""
    return Arm(
        abduction=rng.uniform(5, 16),
        flexion=flexion + rng.normal(0, 5),
        inward=rng.normal(8, 9),
        elbow=rng.uniform(8, 32),
        pronation=rng.normal(8, 12),
    )


def bent(rng: np.random.Generator) -> Arm:
    """A forearm held up before the body, as with a bag or a telephone."""
    return Arm(rng.uniform(8, 18), rng.uniform(-5, 12), rng.uniform(-10, 30), rng.uniform(65, 115), rng.normal(0, 25))


def pocket(half: Half, skin: Matrix, rng: np.random.Generator) -> ArmPlan:
    """A hand at the trousers' pocket."""
    fingers = np.array([-0.1, -0.95, rng.uniform(0.1, 0.4)])
    elbow = np.array([rng.uniform(0.4, 1.0), 0.0, -1.0])
    return laid(half, skin, (rng.uniform(-0.05, 0.01), rng.uniform(55, 78)), fingers, elbow)


def on_hip(half: Half, skin: Matrix, rng: np.random.Generator) -> ArmPlan:
    """A hand on the hip bone, the elbow out."""
    fingers = np.array([-0.35, rng.uniform(-0.6, -0.3), 0.85])
    elbow = np.array([1.0, 0.0, rng.uniform(-0.7, -0.2)])
    return laid(half, skin, (rng.uniform(0.08, 0.12), rng.uniform(80, 98)), fingers, elbow)


def before_belly(half: Half, skin: Matrix, depth: float, height: float) -> ArmPlan:
    """A hand over the other before the belly, `depth` metres before the skin."""
    plan = laid(half, skin, (height, 6.0), np.array([-0.75, -0.65, 0.15]), np.array([1.0, 0.0, -0.5]))
    return lambda steps: plan(steps + depth / AWAY_STEP)


def behind_back(half: Half, skin: Matrix, depth: float) -> ArmPlan:
    """A hand behind the small of the back, its palm to the back."""
    plan = laid(half, skin, (0.04, 174.0), np.array([-0.8, -0.55, -0.1]), np.array([1.0, 0.0, -0.6]))
    return lambda steps: plan(steps + depth / AWAY_STEP)


def relax_hand(half: Half, rng: np.random.Generator) -> None:
    """Fingers bent a little, the last ones more."""
    base = rng.uniform(2, 20)
    curl(half, base, np.array([0.0, 2.0, 4.0, 6.0]) + rng.normal(0, 2.5, 4))


def _put_down(posing: Posing, feet: dict[str, Foot], knees: dict[str, float]) -> bool:
    """Lower the ground until every leg reaches it with its knee bent at least so far, then place the feet."""
    under = _leaned(posing)
    below = {side: foot.moved(under if side == "L" else under * (-1, 1, 1)) for side, foot in feet.items()}
    ground = max(_ground(Half(posing, side), below[side], knees[side]) for side in "LR")
    placed = [stand(Half(posing, side), foot.moved(np.array([0.0, ground, 0.0]))) for side, foot in below.items()]
    return all(placed)


def _leaned(posing: Posing) -> Vector:
    """How far the middle of the trunk's weight has moved sideways and to the front: the feet belong under it."""
    weights = {"upperleg01.L": 0.2, "upperleg01.R": 0.2, "spine02": 0.45, "head": 0.15}
    heads, number = posing.heads, posing.rig.number
    moved = sum((weight * (posing.place(name) - heads[number[name]]) for name, weight in weights.items()), np.zeros(3))
    return moved * (1.0, 0.0, 1.0)


def _ground(half: Half, foot: Foot, knee: float) -> float:
    """How far above its place at rest the ground must be for this leg."""
    turned = turn((0, 1, 0), foot.outward) @ turn((1, 0, 0), foot.heel)
    ankle = foot.ball + turned @ -bones(half, "foot", "toe3-1")[0]
    hip = half.place("upperleg01")
    aside = ankle - hip
    square = leg_length(half, knee) ** 2 - aside[0] ** 2 - aside[2] ** 2
    return float(hip[1] - np.sqrt(max(square, 0.0)) - ankle[1])
