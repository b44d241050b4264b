"""The layouts of data sets: where photos, masks and splits are, and how their papers prepared them."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mirror_core.checks import check_choice
from mirror_core.errors import InputError
from training.datasets.augment import Augmentation
from training.datasets.fit import Fit
from training.datasets.folder import Sample, find_samples

SPLITS = ("train", "val", "test", "all")
Area = tuple[float, float]


@dataclass(frozen=True)
class Layout:
    """A data set's files and its published preparation; everything but the files can be set otherwise."""

    find: Callable[[Path, str], list[Sample]]
    """The photos of a split: "train" with those held out for validation, "test", or "all"; "val" where the data set
    has such a split itself, else it is never asked for."""
    has_val: Callable[[Path], bool]
    """Whether it has one at this place."""
    image_size: tuple[int, int]
    fit: Fit
    augmentation: Augmentation
    area: Area = (0.0, 1.0)
    """Foreground share of the photos that are trained on."""
    clean: Area = (0.0, 1.0)
    """Foreground share of the photos that the prototype is made from."""


def split_samples(layout: Layout, data: Path, split: str, val_share: float, seed: int) -> list[Sample]:
    """The photos of a split; where the data set has no validation photos, some for training are held out for that.

    Raises:
        InputError: no such split, or it is empty.
    """
    check_choice("split", split, SPLITS)
    if split in ("test", "all") or (split == "val" and layout.has_val(data)):
        return layout.find(data, split)
    samples = layout.find(data, "train")
    if not layout.has_val(data):
        held = np.random.default_rng(seed).permutation(len(samples))[: round(val_share * len(samples))]
        chosen = np.isin(np.arange(len(samples)), held) == (split == "val")
        samples = [sample for sample, use in zip(samples, chosen, strict=True) if use]
    if not samples:
        raise InputError(
            f"{data} has no photos for {split!r} when {val_share:g} of its training photos are for validation.",
            "Change the share, or add photos.",
        )
    return samples


def _find_in_folder(data: Path, split: str) -> list[Sample]:
    folder = data / split
    if split == "test" and not folder.is_dir():
        raise InputError(f"{data} has no folder 'test'.", "Put the photos for testing there, or use another split.")
    if split == "all":
        parts = [data / name for name in SPLITS if (data / name).is_dir()]
        return [sample for part in parts or [data] for sample in find_samples(part)]
    return find_samples(folder if folder.is_dir() else data)


FOLDER = Layout(
    find=_find_in_folder,
    has_val=lambda data: (data / "val").is_dir(),
    image_size=(160, 96),
    fit="crop",
    augmentation=Augmentation(fill="edge"),
)
"""NAME.jpg with NAME_mask.png or NAME_parts.png, in train, val and test, or in the folder itself."""
