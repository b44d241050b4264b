"""Where sleeves and trouser legs lie: tubes around arms and legs, sewn to openings."""

import numpy as np
import numpy.typing as npt

from training.synthetic.piece import FloatArray
from training.synthetic.tailor.anatomy import Wearer, outline, sections
from training.synthetic.tailor.style import Style

LEVELS = 40
"""Sections through a limb."""
JOIN = 0.12
"""Metres within which a sleeve takes on the arm's shape from that of its opening."""


def sleeve(style: Style, wearer: Wearer, side: str, rows: int, loop: FloatArray) -> FloatArray:
    """(rows, N, 3), from the cuff to the row before the opening, whose points `loop` (N, 3) starts at the armpit."""
    shoulder, elbow, wrist = (wearer.joints[f"{name}.{side}"] for name in ("upperarm01", "lowerarm01", "wrist"))
    upper, lower = (float(np.linalg.norm(b - a)) for a, b in ((shoulder, elbow), (elbow, wrist)))
    frames = _Arm(shoulder, elbow, wrist)
    end = float(np.interp(style.sleeve, (0.0, 0.5, 1.0), (0.03, upper, upper + lower - 0.005)))
    points = wearer.rest[wearer.groups.arms[side]]
    along, across = frames.local(points)
    levels = np.linspace(-0.02, max(end, 0.06), LEVELS)
    ease = min(style.ease, 0.008 + 0.3 * style.ease)
    reach = sections(along, across, levels) + ease
    reach = reach + style.flare * 0.35 * np.clip(levels, 0, None)[:, None]
    if style.gathered or (style.collar == "shirt" and style.sleeve > 0.8):
        cuff = np.clip((levels - end + 0.05) / 0.03, 0, 1)[:, None]
        reach = reach - 0.7 * ease * cuff
    count = len(loop)
    sign = 1.0 if side == "L" else -1.0
    turns = np.broadcast_to(sign * np.pi * (1 - 2 * np.arange(count) / (count - 1)), (LEVELS, count))
    curves = outline(reach, turns)
    start, offset = frames.local(loop)
    share = (1 - np.arange(rows) / rows)[:, None]
    place = start + (end - start) * share
    tube = np.empty((rows, count, 2))
    for column in range(count):
        for axis in range(2):
            tube[:, column, axis] = np.interp(place[:, column], levels, curves[:, column, axis])
    join = np.clip((place - start) / min(JOIN, 0.8 * max(end, 0.05)), 0, 1)
    join = (join * join * (3 - 2 * join))[..., None]
    return frames.world(place, offset * (1 - join) + tube * join)


class _Arm:
    """Coordinates along and about an arm that is bent at the elbow."""

    def __init__(self, shoulder: FloatArray, elbow: FloatArray, wrist: FloatArray) -> None:
        first, second = elbow - shoulder, wrist - elbow
        self.upper = float(np.linalg.norm(first))
        self.first, self.second = first / self.upper, second / np.linalg.norm(second)
        self.shoulder, self.elbow = shoulder, elbow

    def local(self, points: FloatArray) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
        """Distance along the arm (P,), and place about it, up and forward (P, 2)."""
        along = np.minimum((points - self.shoulder) @ self.first, self.upper)
        beyond = (points - self.elbow) @ self.second
        along = along + np.where(along >= self.upper - 0.03, np.maximum(beyond, 0), 0)
        centre, up, front = self._frames(along)
        offset = points - centre
        return along, np.stack([(offset * up).sum(axis=-1), (offset * front).sum(axis=-1)], axis=-1)

    def world(self, along: npt.NDArray[np.floating], across: npt.NDArray[np.floating]) -> FloatArray:
        """Points (..., 3)."""
        centre, up, front = self._frames(along)
        return (centre + up * across[..., :1] + front * across[..., 1:]).astype(np.float32)

    def _frames(
        self, along: npt.NDArray[np.floating]
    ) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating], npt.NDArray[np.floating]]:
        along = np.asarray(along)[..., None]
        bend = np.clip((along - self.upper + 0.05) / 0.10, 0, 1)
        bend = bend * bend * (3 - 2 * bend)
        direction = self.first * (1 - bend) + self.second * bend
        direction = direction / np.linalg.norm(direction, axis=-1, keepdims=True)
        centre = self.shoulder + self.first * np.minimum(along, self.upper)
        centre = centre + self.second * np.maximum(along - self.upper, 0)
        front = np.array([0.0, 0.0, 1.0]) - direction * direction[..., 2:]
        front = front / np.linalg.norm(front, axis=-1, keepdims=True)
        up = np.cross(front, direction)
        up = up * np.sign(up[..., 1:2])
        return centre, up, front


def leg(style: Style, wearer: Wearer, side: str, rows: int, loop: FloatArray) -> FloatArray:
    """(rows, N, 3), from the hem to the row before the opening, whose points `loop` (N, 3) starts at the crotch."""
    points = wearer.rest[wearer.groups.legs[side]]
    top, bottom = float(loop[:, 1].min()) - 0.02, wearer.height(style.length)
    bottom = min(bottom, top - 0.04)
    levels = np.linspace(bottom, top + 0.10, LEVELS)
    hip, knee, foot = (wearer.joints[f"{name}.{side}"] for name in ("upperleg02", "lowerleg01", "foot"))
    heights = np.array([foot[1], knee[1], hip[1]])
    axis = np.stack([np.interp(levels, heights, np.array([foot[a], knee[a], hip[a]])) for a in (0, 2)], axis=1)
    centre = np.stack([np.interp(points[:, 1], levels, axis[:, a]) for a in range(2)], axis=1)
    reach = sections(points[:, 1], points[:, [0, 2]] - centre, levels)
    hung = np.maximum.accumulate(reach[::-1], axis=0)[::-1]
    reach = reach + (hung - reach) * 0.55 * style.loose + 0.8 * style.ease
    reach = reach + style.flare * np.clip(wearer.levels["crotch"] - levels, 0, None)[:, None]
    count = len(loop)
    sign = 1.0 if side == "L" else -1.0
    start = np.pi if side == "L" else 0.0  # from the inside over the front, or over the back for the right leg
    turns = start - 2 * np.pi * np.arange(count) / (count - 1)
    curves = outline(reach, np.broadcast_to(turns, (LEVELS, count))) + axis[:, None]
    curves[..., 0] = sign * np.maximum(sign * curves[..., 0], 0.004)  # legs do not share the middle
    share = (np.arange(rows) / rows)[:, None]
    place = bottom + (loop[:, 1] - bottom) * share
    result = np.empty((rows, count, 3))
    result[..., 1] = place
    for column in range(count):
        for a, target in ((0, 0), (1, 2)):
            result[:, column, target] = np.interp(place[:, column], levels, curves[:, column, a])
    join = np.clip((loop[:, 1] - place) / 0.12, 0, 1)
    join = (join * join * (3 - 2 * join))[..., None]
    flat = loop + np.zeros_like(result)
    flat[..., 1] = place
    return (flat * (1 - join) + result * join).astype(np.float32)


def fork(wearer: Wearer, front: FloatArray, back: FloatArray, count: int) -> FloatArray:
    """Points (count, 3) of the crotch seam between the front's middle and the back's."""
    turn = np.pi * np.arange(1, count + 1) / (count + 1)
    drop = max(float(front[1] - wearer.levels["crotch"]) + 0.012, 0.015)
    middle, half = (front + back) / 2, (front - back) / 2
    points = middle + np.stack([0 * turn, -drop * np.sin(turn), half[2] * np.cos(turn)], axis=1)
    return points.astype(np.float32)
