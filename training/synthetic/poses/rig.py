"""A body's joints in numpy, and a pose in the making: turns in space in, rotations of joints out."""

import math
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from scipy.spatial.transform import Rotation

Vector = npt.NDArray[np.floating]
Matrix = npt.NDArray[np.floating]
MIRROR = np.diag([-1.0, 1.0, 1.0])


def turn(axis: Vector | tuple[float | int, float | int, float | int], degrees: int | float) -> Matrix:
    """The rotation about an axis of any length."""
    x, y, z = axis
    length, angle = math.sqrt(x * x + y * y + z * z), math.radians(degrees)
    x, y, z, cos, sin = x / length, y / length, z / length, math.cos(angle), math.sin(angle)
    xs, ys, zs, rest = x * sin, y * sin, z * sin, 1.0 - cos
    return np.array(
        [
            [cos + x * x * rest, x * y * rest - zs, x * z * rest + ys],
            [x * y * rest + zs, cos + y * y * rest, y * z * rest - xs],
            [x * z * rest - ys, y * z * rest + xs, cos + z * z * rest],
        ]
    )


def unit(vector: Vector) -> Vector:
    """The same direction, length 1."""
    return vector / math.sqrt(vector @ vector)


def cross(first: Vector, second: Vector) -> Vector:
    """Of two vectors; numpy's own is made for many and slow for two."""
    (a, b, c), (x, y, z) = first, second
    return np.array([b * z - c * y, c * x - a * z, a * y - b * x])


def shortest_turn(start: Vector, end: Vector) -> Matrix:
    """The least rotation from one direction to another, which must not be opposite."""
    start, end = unit(start), unit(end)
    x, y, z = cross(start, end)
    skew = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.eye(3) + skew + skew @ skew / (1.0 + start @ end)


def frame(first: Vector, second: Vector) -> Matrix:
    """Columns: the first direction, what of the second is square to it, and their cross product."""
    a = unit(first)
    b = unit(second - (second @ a) * a)
    return np.stack([a, b, cross(a, b)], axis=1)


def twist_about(rotation: Matrix, axis: Vector) -> float:
    """Degrees that a rotation turns about an axis, the rest being a swing of that axis."""
    x, y, z, w = Rotation.from_matrix(rotation).as_quat()
    angle = np.degrees(2 * np.arctan2(np.array([x, y, z]) @ unit(axis), w))
    return float((angle + 180.0) % 360.0 - 180.0)


@dataclass(frozen=True)
class Rig:
    """Names and parents of the joints; parents come before children."""

    names: tuple[str, ...]
    parents: tuple[int, ...]

    @cached_property
    def number(self) -> dict[str, int]:
        """Of each joint, by name."""
        return {name: number for number, name in enumerate(self.names)}

    @cached_property
    def chains(self) -> tuple[tuple[int, ...], ...]:
        """From the root to each joint."""
        chains: list[tuple[int, ...]] = []
        for joint, parent in enumerate(self.parents):
            chains.append((*chains[parent], joint) if parent >= 0 else (joint,))
        return tuple(chains)

    @cached_property
    def mirrored(self) -> tuple[int, ...]:
        """The number of each joint's counterpart on the other side."""
        swapped = {"L": "R", "R": "L"}
        return tuple(
            self.number[name[:-1] + swapped[name[-1]]] if name[-2:] in (".L", ".R") else self.number[name]
            for name in self.names
        )

    def mirror(self, rotations: Matrix) -> Matrix:
        """The pose seen in a mirror, (J, 3, 3)."""
        return MIRROR @ rotations[list(self.mirrored)] @ MIRROR


@dataclass
class Posing:
    """A pose in the making.

    Attributes:
        rig: names of the joints.
        heads: (J, 3), the joints at rest.
        local: (J, 3, 3), the rotations so far, as the body model takes them.
    """

    rig: Rig
    heads: Matrix
    local: Matrix = field(init=False)

    def __post_init__(self) -> None:
        self.local = np.tile(np.eye(3), (len(self.heads), 1, 1))

    def turned(self, name: str) -> Matrix:
        """How a joint is turned in space, relative to rest."""
        turned = np.eye(3)
        for joint in self.rig.chains[self.rig.number[name]]:
            turned = turned @ self.local[joint]
        return turned

    def place(self, name: str) -> Vector:
        """Where a joint has gone; the root stays."""
        chain = self.rig.chains[self.rig.number[name]]
        place, turned = self.heads[chain[0]], self.local[chain[0]]
        for above, joint in pairwise(chain):
            place = place + turned @ (self.heads[joint] - self.heads[above])
            turned = turned @ self.local[joint]
        return place

    def bend(self, name: str, rotation: Matrix) -> None:
        """Set a joint's own rotation."""
        self.local[self.rig.number[name]] = rotation

    def aim(self, name: str, turned: Matrix) -> None:
        """Turn a joint so that it stands in space like this."""
        parent = self.rig.parents[self.rig.number[name]]
        above = self.turned(self.rig.names[parent]) if parent >= 0 else np.eye(3)
        self.bend(name, above.T @ turned)


@dataclass(frozen=True)
class Half:
    """One side of a pose in the making, told as if it were the left."""

    posing: Posing
    side: str

    def rest(self, name: str) -> Vector:
        """Where a joint is at rest."""
        return self._seen(self.posing.heads[self.posing.rig.number[self.own(name)]])

    def place(self, name: str) -> Vector:
        """Where a joint has gone."""
        return self._seen(self.posing.place(self.own(name)))

    def turned(self, name: str) -> Matrix:
        """How a joint is turned in space."""
        return self._seen_turn(self.posing.turned(self.own(name)))

    def bend(self, name: str, rotation: Matrix) -> None:
        """Set a joint's own rotation."""
        self.posing.bend(self.own(name), self._seen_turn(rotation))

    def aim(self, name: str, turned: Matrix) -> None:
        """Turn a joint so that it stands in space like this."""
        self.posing.aim(self.own(name), self._seen_turn(turned))

    def own(self, name: str) -> str:
        """The joint of this side."""
        return f"{name}.{self.side}" if f"{name}.{self.side}" in self.posing.rig.number else name

    def _seen(self, point: Vector) -> Vector:
        return point if self.side == "L" else MIRROR @ point

    def _seen_turn(self, rotation: Matrix) -> Matrix:
        return rotation if self.side == "L" else MIRROR @ rotation @ MIRROR
