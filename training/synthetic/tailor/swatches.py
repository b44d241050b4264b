"""Cloth cut out of photos of garments."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from mirror_core.errors import InputError
from training.synthetic.piece import BoolArray, ByteArray
from training.synthetic.tailor.cloth import METRES, TILE

GARMENT = 0.75
"""Metres that the longer side of a garment's box in a photo is taken for."""
SMALLEST = 48
"""Pixels of a photo that a swatch's side has at least."""

SHARE = 0.55
"""A swatch's side, of the largest square in the garment."""


@dataclass(frozen=True)
class Swatches:
    """Photos NAME.jpg and NAME_mask.png of a folder as seamless tiles of cloth."""

    folder: Path
    _known: dict[int, ByteArray | None] = field(default_factory=lambda: {})

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Of the photos that have masks.

        Raises:
            InputError: there is none.
        """
        names = tuple(sorted(path.name.removesuffix("_mask.png") for path in self.folder.glob("*_mask.png")))
        if not names:
            raise InputError(
                f"{self.folder} has no photos with masks.", "Name a folder of NAME.jpg with NAME_mask.png."
            )
        return names

    def draw(self, rng: np.random.Generator) -> ByteArray | None:
        """A tile (TILE, TILE, 3), or None if the photo that was drawn has no room for one."""
        number = int(rng.integers(len(self.names)))
        if number not in self._known:
            name = self.names[number]
            photo = cv2.imread(str(self.folder / f"{name}.jpg"), cv2.IMREAD_COLOR)
            mask = cv2.imread(str(self.folder / f"{name}_mask.png"), cv2.IMREAD_GRAYSCALE)
            self._known[number] = None
            if photo is not None and mask is not None and photo.shape[:2] == mask.shape:
                colours = np.ascontiguousarray(photo[..., ::-1], np.uint8)
                self._known[number] = cut_swatch(colours, np.asarray(mask, np.uint8))
        return self._known[number]


def cut_swatch(photo: ByteArray, mask: ByteArray) -> ByteArray | None:
    """The most even square of a garment as a tile (TILE, TILE, 3); None where it is too small.

    Args:
        photo: (H, W, 3).
        mask: (H, W), the garment above 127.
    """
    inside = np.pad((mask > 127).astype(np.uint8), 1)
    if not inside.any():
        return None
    room = cv2.distanceTransform(inside, cv2.DIST_C, 3)[1:-1, 1:-1]
    half = int(room.max() * SHARE)
    if 2 * half < SMALLEST:
        return None
    row, column = _evenest(photo, room > half, half)
    square = photo[row - half : row + half, column - half : column + half]
    _, _, width, height = cv2.boundingRect(inside)
    return repeat(flatten(square), len(square) / max(width, height) * GARMENT)


def _evenest(photo: ByteArray, allowed: BoolArray, half: int) -> tuple[int, int]:
    """The middle of the square whose quarters are most alike: a fold or a print would set one apart."""
    quarters = cv2.blur(photo, (half, half)).astype(np.float32)
    rows, columns = np.nonzero(allowed)
    some = np.linspace(0, len(rows) - 1, min(len(rows), 400)).astype(int)
    rows, columns, step = rows[some], columns[some], half // 2
    means = np.stack([quarters[rows + a * step, columns + b * step] for a in (-1, 1) for b in (-1, 1)])
    best = int(means.std(axis=0).sum(axis=1).argmin())
    return int(rows[best]), int(columns[best])


def flatten(square: ByteArray) -> ByteArray:
    """Without the light's course over it."""
    values = square.astype(np.float32)
    shade = cv2.GaussianBlur(values, (0, 0), sigmaX=len(square) / 3, borderType=cv2.BORDER_REFLECT)
    return np.clip(values / np.maximum(shade, 4.0) * shade.mean(axis=(0, 1)), 0, 255).astype(np.uint8)


def repeat(square: ByteArray, metres: float) -> ByteArray:
    """A seamless tile of cloth from a square of so many metres."""
    times = max(1, round(METRES / max(metres, 1e-3)))
    side = TILE // times
    small = cv2.resize(square, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32)
    place = np.minimum(np.arange(side) + 0.5, side - np.arange(side) - 0.5) / side
    inner = np.clip(place / 0.2, 0, 1)
    share = (inner[:, None] * inner[None])[..., None]
    shifted = np.roll(small, (side // 2, side // 2), axis=(0, 1))  # its seams lie where the square itself is whole
    blend = small * share + shifted * (1 - share)
    blend = blend + (small.mean(axis=(0, 1)) - blend.mean(axis=(0, 1)))
    tile = np.tile(np.clip(blend, 0, 255).astype(np.uint8), (times, times, 1))
    return np.asarray(cv2.resize(tile, (TILE, TILE), interpolation=cv2.INTER_LINEAR), np.uint8)
