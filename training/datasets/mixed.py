"""Real photos mixed with synthetic ones."""

import dataclasses
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.checks import check_range
from mirror_core.trainers.photos import PhotoBatch, PhotoSource, TruthBatch
from training.datasets.synthetic import SyntheticPhotos


@dataclass(frozen=True)
class MixedPhotos:
    """All real photos, then places for synthetic ones; implements `mirror_core.trainers.photos.PhotoSource`.

    In training a place shows any synthetic photo, another each time, so that an epoch is short however many there are.
    """

    photos: PhotoSource
    synthetic: SyntheticPhotos
    share: float = 0.5
    """Of the places, among all."""
    tint: float = 0.0
    """Largest change of a channel's brightness of synthetic photos in training, so that no colour of theirs, which
    real photos do not have, says where the camera is."""

    def __post_init__(self) -> None:
        check_range("share of synthetic photos", self.share, 0.0, 0.95)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width."""
        return self.photos.image_size

    def __len__(self) -> int:
        return len(self.photos) + round(len(self.photos) * self.share / (1.0 - self.share))

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PhotoBatch:
        """Some photos; with a generator, real ones augmented, synthetic ones chosen and flipped by chance."""
        first, last, _ = (rows or slice(None)).indices(len(index))
        real = index < len(self.photos)
        before, upto = int(real[:first].sum()), int(real[:last].sum())
        place = (index - len(self.photos))[~real]
        mirrored = torch.zeros(len(place), dtype=torch.bool)
        if generator is not None:
            draws = torch.rand(len(place), 2, generator=generator, dtype=torch.float64)
            place, mirrored = (draws[:, 0] * len(self.synthetic)).long(), draws[:, 1] < 0.5
        here = slice(first - before, last - upto)
        made = self.synthetic.batch(place[here] % len(self.synthetic), mirrored[here])
        if generator is not None and self.tint:
            gain = 1.0 + self.tint * (2.0 * torch.rand(len(place), 3, 1, 1, generator=generator) - 1.0)
            made = tinted(made, gain[here])
        mine = real[first:last]
        photo, mask = (torch.empty(last - first, channels, *self.image_size) for channels in (3, 1))
        photo[~mine], mask[~mine] = made.photo, made.mask
        if mine.any():
            seen = self.photos.batch(index[real], generator, slice(before, upto))
            photo[mine], mask[mine] = seen.photo, seen.mask
        truth = made.truth
        assert truth is not None
        where = torch.nonzero(~mine)[:, 0]
        truth = TruthBatch(where, truth.camera, truth.vertices, truth.texture, truth.visible, truth.light)
        return PhotoBatch(photo, mask, index[first:last], truth)


def tinted(batch: PhotoBatch, gain: Float[Tensor, "N 3 1 1"]) -> PhotoBatch:
    """Synthetic photos in brighter or darker channels, and their textures, too."""
    assert batch.truth is not None
    truth = dataclasses.replace(batch.truth, texture=(batch.truth.texture * gain).clamp(0.0, 1.0))
    return dataclasses.replace(batch, photo=(batch.photo * gain).clamp(0.0, 1.0), truth=truth)


@dataclass(frozen=True)
class SyntheticSource:
    """Synthetic photos alone, as they are; implements `mirror_core.trainers.photos.PhotoSource`."""

    synthetic: SyntheticPhotos

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width."""
        height, width = self.synthetic.pictures.shape[1:3]
        return height, width

    def __len__(self) -> int:
        return len(self.synthetic)

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PhotoBatch:
        """Some photos."""
        chosen = index[rows or slice(None)]
        return self.synthetic.batch(chosen, torch.zeros(len(chosen), dtype=torch.bool))
