"""How far people's joints go, and how far those of a pose do.

Limits are the ranges of motion of healthy adults of the American Academy of Orthopaedic Surgeons (Joint Motion: Method
of Measuring and Recording, 1965), measured from the anatomical position: standing straight, arms hanging.
"""

from collections.abc import Mapping

import numpy as np
from scipy.spatial.transform import Rotation

from training.synthetic.poses.limbs import bones
from training.synthetic.poses.rig import Half, Matrix, Posing, Vector, cross, twist_about, unit

LIMITS: Mapping[str, tuple[float, float]] = {
    "elbow flexion": (-3.0, 150.0),
    "knee flexion": (-3.0, 135.0),
    "shoulder elevation": (0.0, 180.0),
    "shoulder backward": (-60.0, 180.0),
    "forearm rotation": (-80.0, 80.0),
    "wrist bend": (0.0, 80.0),
    "hip flexion": (-30.0, 120.0),
    "hip abduction": (-30.0, 45.0),
    "hip rotation": (-45.0, 45.0),
    "ankle flexion": (-50.0, 20.0),
    "back flexion": (-25.0, 80.0),
    "back side bend": (-35.0, 35.0),
    "back rotation": (-45.0, 45.0),
    "neck flexion": (-45.0, 45.0),
    "neck side bend": (-45.0, 45.0),
    "neck rotation": (-60.0, 60.0),
}
"""Degrees, lowest and highest. Flexion is to the front (of the knee: to the back; of the ankle: toes up), abduction is
away from the body. Elbow and knee bend one way only; 3 degrees beyond straight are allowed, as most people's go there.
The forearm's rotation counts from the rig's rest pose, whose thumb points to the front as in the middle position."""


def measure(posing: Posing) -> dict[str, float]:
    """Angles of a pose by the names of `LIMITS`; those of limbs twice, as "left ..." and "right ..."."""
    angles: dict[str, float] = {}
    for side, name in (("L", "left"), ("R", "right")):
        half = Half(posing, side)
        for what, value in {**_arm(half), **_leg(half)}.items():
            angles[f"{name} {what}"] = value
    angles.update(_between(posing, "back", "root", "spine01"))
    angles.update(_between(posing, "neck", "spine01", "head"))
    return angles


def beyond_limits(posing: Posing) -> dict[str, float]:
    """The angles that no healthy adult can reach."""
    return {name: value for name, value in measure(posing).items() if not _within(name, value)}


def _within(name: str, value: float) -> bool:
    low, high = LIMITS[name.removeprefix("left ").removeprefix("right ")]
    return bool(low <= value <= high)


def _arm(half: Half) -> dict[str, float]:
    upper, lower = bones(half, "upperarm01", "lowerarm01", "wrist")
    chest = half.turned("spine01")
    direction = chest.T @ half.turned("upperarm01") @ unit(upper)
    turned = half.turned("lowerarm01")
    wrist = turned.T @ half.turned("wrist")
    forearm_turn = twist_about(wrist, lower)
    return {
        "elbow flexion": _hinge_angle(half, "upperarm01", "lowerarm01", (upper, lower)),
        "shoulder elevation": float(np.degrees(np.arccos(np.clip(-direction[1], -1, 1)))),
        "shoulder backward": float(np.degrees(np.arctan2(direction[2], np.hypot(direction[0], direction[1])))),
        "forearm rotation": forearm_turn,
        "wrist bend": _swing(wrist, lower),
    }


def _leg(half: Half) -> dict[str, float]:
    thigh, shank = bones(half, "upperleg01", "lowerleg01", "foot")
    turned = half.turned("root").T @ half.turned("upperleg02")
    direction = turned @ unit(thigh)
    foot = half.turned("lowerleg01").T @ half.turned("foot")
    return {
        "knee flexion": _hinge_angle(half, "upperleg01", "lowerleg01", (thigh, shank)),
        "hip flexion": float(np.degrees(np.arctan2(direction[2], -direction[1]))),
        "hip abduction": float(np.degrees(np.arcsin(np.clip(direction[0], -1, 1)))),
        "hip rotation": -twist_about(turned, thigh),
        "ankle flexion": -twist_about(foot, np.array([1.0, 0.0, 0.0])),
    }


def _hinge_angle(half: Half, above: str, below: str, rest: tuple[Vector, Vector]) -> float:
    """Signed: how far the bone below is turned about the hinge's own axis."""
    axis = cross(*rest)
    at_rest = np.degrees(np.arctan2(np.linalg.norm(axis), rest[0] @ rest[1]))
    second = above.replace("01", "02")
    local = half.turned(second).T @ half.turned(below)
    return float(at_rest + twist_about(local, axis))


def _swing(rotation: Matrix, axis: Vector) -> float:
    return float(np.degrees(np.arccos(np.clip(unit(axis) @ rotation @ unit(axis), -1, 1))))


def _between(posing: Posing, name: str, below: str, above: str) -> dict[str, float]:
    turned = posing.turned(below).T @ posing.turned(above)
    rotation, flexion, side = Rotation.from_matrix(turned).as_euler("YXZ", degrees=True)
    return {f"{name} flexion": flexion, f"{name} side bend": side, f"{name} rotation": rotation}
