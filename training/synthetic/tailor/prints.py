"""Prints on the chest, made of simple shapes and letters."""

from typing import Protocol, runtime_checkable

import cv2
import numpy as np

from training.synthetic.piece import ByteArray
from training.synthetic.tailor.cloth import Colour, contrasting

LETTERS = "ABCDEFGHIKLMNOPRSTUVWXYZ0123456789"


@runtime_checkable
class Ground(Protocol):
    """What can be printed on; see `fabric.Field`."""

    @property
    def picture(self) -> ByteArray:
        """(h, w, 3)."""
        ...

    @property
    def size(self) -> tuple[float, float]:
        """Width and height, metres."""
        ...


def print_on(ground: Ground, rng: np.random.Generator, colour: Colour) -> None:
    """Print on a front's chest."""
    height, width = ground.picture.shape[:2]
    scale = 260  # pixels of the print's drawing to a metre
    room = int(0.30 * scale)
    drawing = np.zeros((room, room, 3), np.uint8)
    mask = np.zeros((room, room), np.uint8)
    for _ in range(int(rng.integers(1, 4))):
        _shape(drawing, mask, rng, contrasting(colour, rng) if rng.random() < 0.5 else colour)
    if rng.random() < 0.6:
        _word(drawing, mask, rng, colour)
    side = rng.uniform(0.16, 0.30) if rng.random() < 0.75 else 0.08
    across, up = round(side / ground.size[0] * width), round(side / ground.size[1] * height)
    centre = width // 2 if side > 0.1 else round(width * 0.66)
    top = round((0.16 if side > 0.1 else 0.2) / ground.size[1] * height) + round(0.02 * height)
    left = centre - across // 2
    part = ground.picture[top : top + up, left : left + across]
    size = (part.shape[1], part.shape[0])
    if min(size) < 4:
        return
    share = cv2.resize(mask, size, interpolation=cv2.INTER_AREA)[..., None] / 255.0
    colours = cv2.resize(drawing, size, interpolation=cv2.INTER_AREA)
    covered = np.where(share > 0, colours / np.maximum(share, 1e-3), 0).clip(0, 255)
    part[:] = (part * (1 - share) + covered * share).astype(np.uint8)


def _shape(drawing: ByteArray, mask: ByteArray, rng: np.random.Generator, colour: Colour) -> None:
    room = len(mask)
    x, y = (int(value) for value in rng.uniform(0.35, 0.65, 2) * room)
    size, kind = int(rng.uniform(0.12, 0.34) * room), int(rng.integers(5))
    turn = rng.uniform(0, 2 * np.pi)
    if kind == 0:
        for target, paint in ((drawing, colour), (mask, 255)):
            cv2.circle(target, (x, y), size, paint, -1 if rng.random() < 0.6 else 4, cv2.LINE_AA)
        return
    corners = {1: 4, 2: 3, 3: 10, 4: 24}[kind]
    angles = turn * (kind > 1) + np.pi / 4 + 2 * np.pi * np.arange(corners) / corners
    radius = np.full(corners, float(size))
    if kind == 3:
        radius[1::2] *= 0.45
    elif kind == 4:
        radius *= 0.75 + 0.25 * np.sin(angles * int(rng.integers(2, 6)) + turn)
    points = np.stack([x + radius * np.cos(angles), y + radius * np.sin(angles)], axis=1).round().astype(np.int32)
    cv2.fillPoly(drawing, [points], colour, cv2.LINE_AA)
    cv2.fillPoly(mask, [points], 255, cv2.LINE_AA)


def _word(drawing: ByteArray, mask: ByteArray, rng: np.random.Generator, colour: Colour) -> None:
    """A line of letters across."""
    room, length = len(mask), int(rng.integers(3, 8))
    word = "".join(LETTERS[int(number)] for number in rng.integers(len(LETTERS), size=length))
    font, width = cv2.FONT_HERSHEY_DUPLEX, int(rng.integers(1, 4))
    (across, up), _ = cv2.getTextSize(word, font, 1.0, width)
    size = min(0.94 * room / across, 0.3 * room / up)
    y = int(rng.uniform(0.25, 0.9) * room)
    x = int((room - across * size) / 2)
    cv2.putText(drawing, word, (x, y), font, size, colour, width, cv2.LINE_AA)
    cv2.putText(mask, word, (x, y), font, size, 255, width, cv2.LINE_AA)
