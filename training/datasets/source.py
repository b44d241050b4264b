"""The one entrance to photos for training and evaluation: whatever the data set, batches come from here."""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Int
from torch import Tensor

from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError
from mirror_core.trainers.photos import PhotoBatch
from training.datasets.atr import ATR
from training.datasets.augment import Augmentation
from training.datasets.cache import Cache, open_cache
from training.datasets.cub import CUB
from training.datasets.fit import Fit
from training.datasets.folder import Sample
from training.datasets.layout import FOLDER, Layout, split_samples
from training.datasets.market_hq import MARKET_HQ
from training.datasets.pascal3d import PASCAL3D

LAYOUTS: dict[str, Layout] = {
    "folder": FOLDER,
    "atr": ATR,
    "market-hq": MARKET_HQ,
    "cub": CUB,
    "pascal3d": PASCAL3D,
}
"""By the name that a recipe gives them."""


@dataclass(frozen=True)
class PhotoSettings:
    """How photos are prepared. What is left out is as the layout's paper has it."""

    image_size: tuple[int, int] | None = None
    """Height and width in pixels."""
    fit: Fit | None = None
    """How a photo becomes that size: crop, stretch or pad."""
    area: tuple[float, float] | None = None
    """Only photos of which such a share is foreground."""
    augmentation: Augmentation | None = None
    val_share: float = 0.1
    """Of the training photos, for validation, where the data set has none for that."""
    seed: int = 0
    """Of the choice of those."""
    cache: Path | None = None
    """Folder for prepared photos; none: out/cache."""


@dataclass(frozen=True)
class CachedPhotos:
    """Photos mapped into memory; implements `mirror_core.trainers.photos.PhotoSource`."""

    cache: Cache
    chosen: npt.NDArray[np.int64]
    """Which of the cache's photos are in this source, in order."""
    augmentation: Augmentation

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width."""
        return self.cache.pictures.shape[1], self.cache.pictures.shape[2]

    @property
    def names(self) -> list[str]:
        """Of the photos, without suffix."""
        return [self.cache.names[i] for i in self.chosen]

    @property
    def places(self) -> list[str]:
        """FOLDER/NAME of the photos, without suffix: some data sets' folders are classes."""
        return [f"{self.cache.folders[i]}/{self.cache.names[i]}" for i in self.chosen]

    @property
    def areas(self) -> npt.NDArray[np.float64]:
        """Foreground share of each photo."""
        return self.cache.areas[self.chosen]

    def __len__(self) -> int:
        return len(self.chosen)

    def subset(self, index: npt.NDArray[np.integer]) -> "CachedPhotos":
        """A source of only these photos of this source, numbered anew."""
        return replace(self, chosen=self.chosen[index])

    def within(self, area: tuple[float, float]) -> "CachedPhotos":
        """A source of the photos with such a foreground share, the limits included.

        Raises:
            InputError: there are none.
        """
        inside = np.flatnonzero((self.areas >= area[0]) & (self.areas <= area[1]))
        if not len(inside):
            raise InputError(
                f"None of {len(self)} photos has a foreground share from {area[0]:g} to {area[1]:g}; theirs are "
                f"{self.areas.min():.3g} to {self.areas.max():.3g}.",
                "Choose other limits.",
            )
        return self.subset(inside)

    def batch(
        self,
        index: Int[Tensor, " B"],
        generator: torch.Generator | None = None,
        rows: slice | None = None,
    ) -> PhotoBatch:
        """Some photos, augmented if there is a generator.

        Args:
            index: numbers of photos in this source.
            generator: of the augmentation's random numbers, which are drawn for all of `index`.
            rows: of `index`; only these are built.
        """
        rows = rows or slice(None)
        random = None if generator is None else self.augmentation.draw(len(index), generator)[rows]
        index = index[rows]
        pictures = torch.from_numpy(self.cache.pictures[self.chosen[index.numpy()]])
        values = pictures.permute(0, 3, 1, 2).contiguous().float() / 255.0
        if random is not None:
            values = self.augmentation(values, random)
        return PhotoBatch(values[:, :3], values[:, 3:], index)


def open_source(
    data: Path, layout: str = "folder", split: str = "train", settings: PhotoSettings | None = None
) -> CachedPhotos:
    """The photos of a split of a data set.

    Args:
        data: its folder.
        layout: how its files lie: a name in `LAYOUTS`.
        split: "train", "val", "test" or "all". Only training photos are filtered by foreground share, unless
            `settings.area` is given.
        settings: how photos are prepared.

    Raises:
        InputError: files are missing or cannot be read, or no photo is left.
    """
    settings = settings or PhotoSettings()
    check_choice("layout", layout, list(LAYOUTS))
    check_range("val_share", settings.val_share, 0.0, 0.9)
    published = LAYOUTS[layout]
    samples = split_samples(published, data, split, settings.val_share, settings.seed)
    size, fit = settings.image_size or published.image_size, settings.fit or published.fit
    check_range("image_size", min(size), 16, 1024)
    area = settings.area or (published.area if split == "train" else (0.0, 1.0))
    cache = open_cache(_within(samples, area), size, fit, settings.cache)
    every = np.arange(len(cache.pictures))
    return CachedPhotos(cache, every, settings.augmentation or published.augmentation).within(area)


def _within(samples: list[Sample], area: tuple[float, float]) -> list[Sample]:
    """Those that have such a foreground share or do not say; the others, often with spoilt masks, are never read."""
    found = [sample for sample in samples if sample.area is None or area[0] <= sample.area <= area[1]]
    if not found:
        raise InputError(f"None of {len(samples)} photos has a foreground share from {area[0]:g} to {area[1]:g}.")
    return found
