"""Poses from BVH files (Biovision hierarchy), such as MakeHuman's, for bodies whose joints have the same names.

A file holds a skeleton at rest and frames of angles. MakeHuman's are z up, others y up: the skeleton's longer
extent tells.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from scipy.spatial.transform import Rotation
from torch import Tensor

from mirror_core.body.protocol import Body
from mirror_core.errors import InputError

Z_UP = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, 1.0], [0.0, -1.0, 0.0]])
"""Turns points from z up, facing -y to y up, facing +z."""
END_SITE = ("Site", "{", "OFFSET", "x", "y", "z", "}")
"""Words after `End`: where a last bone ends, which turns nothing."""
CHANNEL = re.compile(r"[XYZ](position|rotation)", re.IGNORECASE)


@dataclass(frozen=True)
class Bvh:
    """What a file says, in its own axes.

    Attributes:
        names: of the joints, parents before children.
        parents: -1 for a root.
        offsets: (J, 3), from the parent's head, at rest, in the file's unit.
        channels: of each joint, in the order of the numbers, e.g. ("Xrotation", "Yrotation", "Zrotation").
        frames: (T, C), all channels' numbers; angles in degrees.
    """

    names: tuple[str, ...]
    parents: tuple[int, ...]
    offsets: np.ndarray
    channels: tuple[tuple[str, ...], ...]
    frames: np.ndarray

    @property
    def z_up(self) -> bool:
        """The skeleton reaches further along z than along y."""
        heads = np.zeros((len(self.names), 3))
        for joint, parent in enumerate(self.parents):
            heads[joint] = self.offsets[joint] + (heads[parent] if parent >= 0 else 0.0)
        extent = np.ptp(heads, axis=0)
        return bool(extent[2] > extent[1])

    def turns(self, frame: int = 0) -> np.ndarray:
        """(J, 3, 3), y up: how each joint is turned in space, its parents' turns included, relative to rest."""
        axes = Z_UP if self.z_up else np.eye(3)
        numbers = iter(self.frames[frame])
        turns: list[np.ndarray] = []
        for parent, channels in zip(self.parents, self.channels, strict=True):
            above = turns[parent] if parent >= 0 else np.eye(3)
            turns.append(above @ axes @ _rotation(channels, numbers) @ axes.T)
        return np.stack(turns)

    def rotations(self, body: Body, frame: int = 0) -> Float[Tensor, "J 3 3"]:
        """The pose of a body; joints that the file does not have follow their parents.

        Positions are left out: where a body stands is for the scene to say.

        Raises:
            InputError: none of the body's joints is in the file.
        """
        known = dict(zip(self.names, self.turns(frame), strict=True))
        if not known.keys() & set(body.joint_names):
            raise InputError(
                f"None of the body's joints is in the BVH file, whose joints are {', '.join(self.names[:3])} ...",
                f"Use a file for a skeleton with joints {', '.join(body.joint_names[:3])} ...",
            )
        turns: list[np.ndarray] = []
        own: list[np.ndarray] = []
        for name, parent in zip(body.joint_names, body.parents, strict=True):
            above = turns[parent] if parent >= 0 else np.eye(3)
            turns.append(known.get(name, above))
            own.append(above.T @ turns[-1])
        return torch.from_numpy(np.stack(own)).float()


def read_bvh(path: Path) -> Bvh:
    """Read a BVH file.

    Raises:
        InputError: the file is missing, or is no whole BVH file.
    """
    try:
        words = path.read_text(encoding="utf-8", errors="replace").split()
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}.", "Name a BVH file.") from error
    try:
        return _parse(words)
    except (ValueError, IndexError, StopIteration) as error:
        reason = str(error) if isinstance(error, _MalformedError) else "it ends too early or has words for numbers"
        raise InputError(f"{path.name} is not a BVH file: {reason}.", "Export the pose again.") from error


class _MalformedError(ValueError):
    """Says what is wrong, as the end of a sentence."""


def _parse(words: list[str]) -> Bvh:
    if words[:1] != ["HIERARCHY"]:
        raise _MalformedError("it does not begin with HIERARCHY")
    if "MOTION" not in words:
        raise _MalformedError("it has no MOTION")
    end = words.index("MOTION")
    names, parents, offsets, channels = _skeleton(iter(words[1:end]))
    frames = _frames(words[end + 1 :], sum(map(len, channels)))
    return Bvh(tuple(names), tuple(parents), np.array(offsets), tuple(channels), frames)


def _skeleton(
    words: Iterator[str],
) -> tuple[list[str], list[int], list[list[float]], list[tuple[str, ...]]]:
    names: list[str] = []
    parents: list[int] = []
    offsets: list[list[float]] = []
    channels: list[tuple[str, ...]] = []
    open_joints: list[int] = []
    for word in words:
        if word in ("ROOT", "JOINT"):
            parents.append(open_joints[-1] if open_joints else -1)
            names.append(next(words))
            open_joints.append(len(names) - 1)
            _expect(next(words), "{")
        elif word == "End":
            for _ in range(len(END_SITE)):
                next(words)
        elif word == "OFFSET":
            offsets.append([float(next(words)) for _ in range(3)])
        elif word == "CHANNELS":
            channels.append(tuple(_channel(next(words)) for _ in range(int(next(words)))))
        elif word == "}":
            open_joints.pop()
        else:
            raise _MalformedError(f"{word[:30]!r} was not expected in its hierarchy")
    if open_joints or not names or not len(names) == len(offsets) == len(channels):
        raise _MalformedError("its hierarchy is incomplete")
    return names, parents, offsets, channels


def _expect(word: str, wanted: str) -> None:
    if word != wanted:
        raise _MalformedError(f"it has {word[:30]!r} where {wanted!r} should be")


def _channel(word: str) -> str:
    if not CHANNEL.fullmatch(word):
        raise _MalformedError(f"it has a channel {word[:30]!r}")
    return word


def _frames(words: list[str], channels: int) -> np.ndarray:
    """Numbers after `Frames: T` and `Frame Time: s`."""
    _expect(words[0], "Frames:")
    count, numbers = int(words[1]), np.array([float(word) for word in words[5:]])
    if count < 1 or len(numbers) != count * channels:
        raise _MalformedError(
            f"{count} frames of {channels} channels need {count * channels} numbers, it has {len(numbers)}"
        )
    if not np.isfinite(numbers).all():
        raise _MalformedError("some of its numbers are not finite")
    return numbers.reshape(count, channels)


def _rotation(channels: tuple[str, ...], numbers: Iterator[float]) -> np.ndarray:
    """Of one joint: the channels' turns, the first of them outermost."""
    turn = np.eye(3)
    for channel in channels:
        number = next(numbers)
        if channel[1:].lower() == "rotation":
            turn = turn @ Rotation.from_euler(channel[0].lower(), number, degrees=True).as_matrix()
    return turn
