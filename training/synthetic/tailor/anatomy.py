"""Where on a body a garment lies: groups of vertices, landmarks, sections through torso and limbs."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from mirror_core.body import AnnyBody
from training.synthetic.piece import FloatArray, IntArray
from training.synthetic.tailor.settle import Surface, find_normals

SKIN = 13380
"""Vertices of the skin; helper geometry follows."""
DIRECTIONS = 48
"""Directions in which a section's extent is measured."""
TURNS = np.arange(DIRECTIONS) * (2 * np.pi / DIRECTIONS)
NORMALS = np.stack([np.cos(TURNS), np.sin(TURNS)]).astype(np.float32)


@dataclass(frozen=True)
class Groups:
    """Numbers of the skin's vertices that follow torso and limbs most, and its triangles."""

    torso: IntArray
    arms: dict[str, IntArray]
    legs: dict[str, IntArray]
    faces: IntArray
    joints: dict[str, int]
    covered: IntArray
    """All of these."""
    active: IntArray
    """Joints that move them."""
    skinning: FloatArray
    """(len(covered), len(active)), their weights."""


@lru_cache(maxsize=2)
def groups(body: AnnyBody) -> Groups:
    """Sort the body's vertices."""
    leading = body.weights[:SKIN].argmax(dim=1).numpy()
    names = np.array(body.joint_names)[leading]
    used = np.zeros(SKIN, bool)
    faces = body.faces.numpy().astype(np.int32)
    inner = np.char.startswith(names, "eye") | np.char.startswith(names, "tongue")
    faces = faces[(faces < SKIN).all(axis=1)]
    faces = faces[~inner[faces].any(axis=1)]
    used[faces.ravel()] = True

    def chosen(*starts: str, side: str = "") -> IntArray:
        fits = np.zeros(SKIN, bool)
        for start in starts:
            fits |= np.char.startswith(names, start) & np.char.endswith(names, side)
        return np.flatnonzero(fits & used).astype(np.int32)

    torso = chosen("root", "pelvis", "spine", "breast", "clavicle", "neck", "shoulder01")
    arms = {side: chosen("upperarm", "lowerarm", "wrist", side=f".{side}") for side in "LR"}
    legs = {side: chosen("upperleg", "lowerleg", "foot", side=f".{side}") for side in "LR"}
    covered = np.sort(np.concatenate([torso, *arms.values(), *legs.values()]))
    weights = body.weights.numpy()[covered]
    numbers = {name: number for number, name in enumerate(body.joint_names)}
    active = np.union1d(np.flatnonzero(weights.any(axis=0)), [numbers["root"]]).astype(np.int32)
    return Groups(torso, arms, legs, faces, numbers, covered, active, weights[:, active])


@dataclass(frozen=True)
class Wearer:
    """A body at rest, measured.

    Attributes:
        rest: (19158, 3), metres.
        joints: heads of the joints by name.
        groups: of vertices.
    """

    rest: FloatArray
    joints: dict[str, FloatArray]
    groups: Groups

    @cached_property
    def normals(self) -> FloatArray:
        """(SKIN, 3)."""
        return find_normals(self.rest[:SKIN], self.groups.faces)

    @cached_property
    def surface(self) -> Surface:
        """Of the skin that clothes cover; its points are `groups.covered`."""
        covered = self.groups.covered
        return Surface.of(self.rest[covered], self.normals[covered])

    def nearest(self, points: FloatArray) -> IntArray:
        """For each of (P, 3), the nearest of `groups.covered`."""
        near = self.surface.nearest(points)
        far = near < 0
        if far.any():
            near[far] = cKDTree(self.surface.points).query(points[far])[1]
        return near

    @cached_property
    def levels(self) -> dict[str, float]:
        """Heights that hems refer to, and where a neckline is."""
        joints, rest = self.joints, self.rest
        legs = np.concatenate([self.groups.legs[side] for side in "LR"])
        middle = rest[self.groups.torso]
        middle = middle[np.abs(middle[:, 0]) < 0.015]
        legs = rest[legs]
        crotch = float(min(middle[:, 1].min(), legs[np.abs(legs[:, 0]) < 0.012][:, 1].min(initial=9.0)))
        shoulder = float(joints["upperarm01.L"][1])
        spine = float(joints["spine04"][1])
        return {
            "ankle": float(joints["foot.L"][1]) + 0.02, "knee": float(joints["lowerleg01.L"][1]), "crotch": crotch,
            "waist": spine + 0.02, "armpit": shoulder - 0.42 * (shoulder - float(joints["spine02"][1])),
            "shoulder": shoulder, "neck": float(joints["neck01"][1]),
        }  # fmt: skip

    def height(self, share: float) -> float:
        """Of a hem: 0 waist, 0.25 crotch, 0.6 knee, 1 ankle."""
        names = ("waist", "crotch", "knee", "ankle")
        return float(np.interp(share, (0.0, 0.25, 0.6, 1.0), [self.levels[name] for name in names]))


def measure(body: AnnyBody, rest: npt.NDArray[np.floating], joints: npt.NDArray[np.floating]) -> Wearer:
    """Prepare a body at rest for tailoring."""
    heads = {name: joints[number].astype(np.float32) for number, name in enumerate(body.joint_names)}
    return Wearer(rest.astype(np.float32), heads, groups(body))


def sections(
    along: npt.NDArray[np.floating], across: npt.NDArray[np.floating], at: npt.NDArray[np.floating]
) -> FloatArray:
    """How far points reach, by level and direction: support functions of slices, so that hollows are bridged.

    Args:
        along: (P,), where on the axis each point lies.
        across: (P, 2), where it lies about the axis.
        at: (T,), ascending levels on the axis.

    Returns:
        (T, DIRECTIONS); a level without points has its neighbours'.
    """
    bins = 64
    low, high = float(at[0]), float(at[-1])
    step = max((high - low) / bins, 1e-6)
    place = ((along - low) / step + 0.5).astype(int)
    inside = (place >= -1) & (place <= bins + 1)
    place, reach = np.clip(place[inside], 0, bins), (across[inside] @ NORMALS)
    order = np.argsort(place, kind="stable")
    slots, starts = np.unique(place[order], return_index=True)
    found = np.maximum.reduceat(reach[order], starts, axis=0)
    filled = found[np.clip(np.searchsorted(slots, np.arange(bins + 1)), 0, len(slots) - 1)]
    width = max(1, round(0.012 / step))
    padded = np.pad(filled, ((width, width), (0, 0)), "edge")
    tops = np.max([padded[k : k + bins + 1] for k in range(2 * width + 1)], axis=0)
    padded = np.pad(tops, ((width, width), (0, 0)), "edge")
    smooth = np.mean([padded[k : k + bins + 1] for k in range(2 * width + 1)], axis=0)
    smooth = 0.5 * smooth + 0.25 * (np.roll(smooth, 1, axis=1) + np.roll(smooth, -1, axis=1))
    where = np.clip((np.asarray(at) - low) / step, 0, bins - 1e-6)
    left = where.astype(int)
    share = (where - left)[:, None]
    return (smooth[left] * (1 - share) + smooth[left + 1] * share).astype(np.float32)


def outline(reach: npt.NDArray[np.floating], turns: npt.NDArray[np.floating]) -> FloatArray:
    """Points of the convex curves that have these support functions.

    Args:
        reach: (T, DIRECTIONS).
        turns: (T, C), directions of the curve's normal at the points wanted, radians.

    Returns:
        (T, C, 2).
    """
    step = 2 * np.pi / DIRECTIONS
    slope = (np.roll(reach, -1, axis=1) - np.roll(reach, 1, axis=1)) / (2 * step)
    place = (turns % (2 * np.pi)) / step
    left = place.astype(int) % DIRECTIONS
    share = place - place.astype(int)
    right = (left + 1) % DIRECTIONS
    rows = np.arange(len(reach))[:, None]
    height = reach[rows, left] * (1 - share) + reach[rows, right] * share
    tilt = slope[rows, left] * (1 - share) + slope[rows, right] * share
    cosine, sine = np.cos(turns), np.sin(turns)
    return np.stack([height * cosine - tilt * sine, height * sine + tilt * cosine], axis=-1).astype(np.float32)
