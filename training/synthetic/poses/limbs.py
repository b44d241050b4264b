"""Arms and legs: by angles, or by where the hand or the foot shall be. All of it told for the left side."""

import math
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from training.synthetic.poses.rig import Half, Matrix, Vector, cross, frame, shortest_turn, turn, twist_about, unit

FINGERS = (2, 3, 4, 5)
PALM = 0.075
"""Metres from the wrist to the middle of the palm."""


@dataclass(frozen=True)
class Arm:
    """A hanging arm, degrees.

    Attributes:
        abduction: of the upper arm, away from the body; 0 hangs straight down.
        flexion: of the upper arm, to the front.
        inward: turn of the arm about itself that brings the forearm before the belly.
        elbow: 0 is straight.
        pronation: of the forearm, relative to rest.
    """

    abduction: int | float
    flexion: int | float = 0.0
    inward: int | float = 0.0
    elbow: int | float = 20.0
    pronation: int | float = 0.0


@dataclass(frozen=True)
class Hand:
    """Where a hand lies.

    Attributes:
        palm: the middle of the palm.
        fingers: where the fingers point.
        facing: where the palm faces.
        elbow: where the elbow points, seen from the line between shoulder and wrist.
    """

    palm: Vector
    fingers: Vector
    facing: Vector
    elbow: Vector


@dataclass(frozen=True)
class Foot:
    """How a foot stands.

    Attributes:
        ball: where the ball of the foot is.
        outward: degrees that the toes turn out, relative to rest.
        heel: degrees that the heel is lifted, the ball staying; negative lifts the toes.
    """

    ball: Vector
    outward: int | float = 0.0
    heel: int | float = 0.0

    def moved(self, way: Vector) -> "Foot":
        """The same foot elsewhere."""
        return replace(self, ball=self.ball + way)


def bones(half: Half, *names: str) -> list[Vector]:
    """Vectors between the joints at rest."""
    heads = [half.rest(name) for name in names]
    return [end - start for start, end in pairwise(heads)]


def hang(half: Half, arm: Arm) -> None:
    """Let an arm hang from a shoulder that may lean and turn; down is the world's down, front the chest's."""
    upper, lower = bones(half, "upperarm01", "lowerarm01", "wrist")
    hinge, rest = _hinge(upper, lower)
    aside, ahead = np.radians(arm.abduction), np.radians(arm.flexion)
    direction = np.array([np.sin(aside), -np.cos(aside) * np.cos(ahead), np.cos(aside) * np.sin(ahead)])
    swing = _facing(half.turned("spine01")) @ shortest_turn(upper, direction)
    # The turn about itself is shared by both bones of the upper arm, as muscles share it: less candy wrapping.
    half.aim("upperarm01", swing @ turn(upper, arm.inward / 2))
    half.bend("upperarm02", turn(upper, arm.inward / 2))
    half.bend("lowerarm01", turn(hinge, arm.elbow - rest))
    half.bend("lowerarm02", turn(lower, arm.pronation))


def reach(half: Half, hand: Hand) -> bool:
    """Bring a hand to a place; False where the arm is too short, which it then is."""
    upper, lower = bones(half, "upperarm01", "lowerarm01", "wrist")
    fingers, across = _hand(half)
    shoulder = half.place("upperarm01")
    wrist = hand.palm - PALM * unit(hand.fingers)
    reached = _two_bones(half, ("upperarm01", "lowerarm01"), (upper, lower), wrist - shoulder, hand.elbow)
    turned = frame(hand.fingers, hand.facing) @ frame(fingers, cross(across, fingers)).T
    local = half.turned("lowerarm01").T @ turned
    half.bend("lowerarm02", turn(lower, twist_about(local, lower)))
    half.aim("wrist", turned)
    return reached


def curl(half: Half, degrees: int | float, spread: Vector) -> None:
    """Bend the fingers by about that much at each joint.

    Args:
        half: the side.
        degrees: 0 leaves them as they are at rest, a little bent.
        spread: (4,), added for each finger from the second on.
    """
    _, across = _hand(half)
    for finger, more in zip(FINGERS, spread, strict=True):
        for phalanx in (1, 2, 3):
            half.bend(f"finger{finger}-{phalanx}", turn(across, degrees + float(more)))


def stand(half: Half, foot: Foot) -> bool:
    """Put a foot on its place by hip and knee; False where the leg is too short."""
    thigh, shank = bones(half, "upperleg01", "lowerleg01", "foot")
    ankle, ball = half.rest("foot"), half.rest("toe3-1")
    ahead = turn((0, 1, 0), foot.outward)
    turned = ahead @ turn((1, 0, 0), foot.heel)
    goal = foot.ball + turned @ (ankle - ball)
    knee = ahead @ np.array([0.0, 0.0, 1.0])
    reached = _two_bones(half, ("upperleg01", "lowerleg01"), (thigh, shank), goal - half.place("upperleg01"), knee)
    half.aim("foot", turned)
    if foot.heel > 0:
        for toe in (1, 2, 3, 4, 5):
            half.bend(f"toe{toe}-1", turn((1, 0, 0), -0.8 * foot.heel))
    return reached


def leg_length(half: Half, knee: float) -> float:
    """Metres from hip to ankle with the knee bent by that many degrees."""
    thigh, shank = (float(np.linalg.norm(bone)) for bone in bones(half, "upperleg01", "lowerleg01", "foot"))
    return float(np.sqrt(thigh**2 + shank**2 + 2 * thigh * shank * np.cos(np.radians(knee))))


def _two_bones(half: Half, joints: tuple[str, str], rest: tuple[Vector, Vector], goal: Vector, pole: Vector) -> bool:
    """Turn two joints so that the end of the second bone is at `goal`, seen from the first, the middle towards `pole`.

    A joint like knee and elbow turns about one axis only, the one square to both bones at rest.
    """
    first, second = (float(np.linalg.norm(bone)) for bone in rest)
    hinge, bent = _hinge(*rest)
    distance = float(np.linalg.norm(goal))
    within = float(np.clip(distance, abs(first - second) * 1.05, (first + second) * 0.9995))
    angle = np.degrees(np.arccos((first**2 + second**2 - within**2) / (2 * first * second)))
    lead = np.arccos(np.clip((first**2 + within**2 - second**2) / (2 * first * within), -1, 1))
    plane = frame(goal, pole)
    direction = np.cos(lead) * plane[:, 0] + np.sin(lead) * plane[:, 1]
    axis = cross(direction, unit(goal))
    half.aim(joints[0], frame(direction, axis) @ frame(rest[0], hinge).T)
    half.bend(joints[1], turn(hinge, 180.0 - angle - bent))
    return abs(within - distance) < 1e-3


def _hinge(first: Vector, second: Vector) -> tuple[Vector, float]:
    """The axis of a hinge at rest and how far it is bent there, degrees."""
    axis = cross(first, second)
    return unit(axis), float(np.degrees(np.arctan2(math.sqrt(axis @ axis), first @ second)))


def _hand(half: Half) -> tuple[Vector, Vector]:
    """At rest: where the fingers point, and across the palm from the second finger to the fifth."""
    return half.rest("finger3-1") - half.rest("wrist"), half.rest("finger5-1") - half.rest("finger2-1")


def _facing(turned: Matrix) -> Matrix:
    """Only the turn about the vertical."""
    front = turned[:, 2]
    return turn((0, 1, 0), float(np.degrees(np.arctan2(front[0], front[2]))))
