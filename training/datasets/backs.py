"""Photos with what lies behind each of their pixels, made once, and kept in memory at the network's size."""

import io
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from jaxtyping import Float, Int
from rich.progress import track
from torch import Tensor

from mirror_core.files import write_files
from mirror_core.trainers.back import BackBatch
from training.synthetic.behind import SIZE, BackAssets, make_chunk
from training.synthetic.piece import ByteArray


@dataclass(frozen=True)
class BackAugmentation:
    """How pairs are varied; what happens to a photo happens to its back."""

    flip: float = 0.5
    """Share that is mirrored left to right."""
    near: float = 0.3
    """Share that is looked at from so near that only a part is in the window."""
    gain: float = 0.2
    """Largest change of a channel's brightness."""
    gamma: float = 0.3
    """Largest change of the exponent."""
    noise: float = 0.02
    """Largest standard deviation of noise in the photo alone, sRGB."""
    rim: float = 0.3
    """Share whose mask is a pixel too wide or too narrow."""

    def __call__(self, values: Float[Tensor, "B 8 H W"], generator: torch.Generator) -> Float[Tensor, "B 8 H W"]:
        """Vary pairs: photo, mask, back, face."""
        count = len(values)
        values = through(values, self._windows(count, generator))
        gain = 1.0 + self.gain * (2.0 * torch.rand(count, 3, 1, 1, generator=generator) - 1.0)
        gamma = torch.exp(self.gamma * (2.0 * torch.rand(count, 1, 1, 1, generator=generator) - 1.0))
        photo, back = ((values[:, at : at + 3] * gain).clamp(1e-4, 1.0) ** gamma for at in (0, 4))
        level = self.noise * torch.rand(count, 1, 1, 1, generator=generator)
        photo = (photo + level * torch.randn(photo.shape, generator=generator)).clamp(0.0, 1.0)
        return torch.cat([photo, self._rim(values[:, 3:4], generator), back, values[:, 7:]], dim=1)

    def _windows(self, count: int, generator: torch.Generator) -> Float[Tensor, "B 2 3"]:
        """Scale and shift of each window; near ones lie anywhere within the picture."""
        uniform = torch.rand(count, 5, generator=generator)
        scale = 1.0 + 0.1 * (uniform[:, 0] - 0.5)
        scale = torch.where(uniform[:, 1] < self.near, 0.45 + 0.45 * uniform[:, 0], scale)
        room = (1.0 - scale).abs()[:, None] * (2.0 * uniform[:, 2:4] - 1.0)
        side = torch.where(uniform[:, 4] < self.flip, -1.0, 1.0)
        windows = torch.zeros(count, 2, 3)
        windows[:, 0, 0], windows[:, 1, 1], windows[:, :, 2] = scale * side, scale, room
        return windows

    def _rim(self, mask: Float[Tensor, "B 1 H W"], generator: torch.Generator) -> Float[Tensor, "B 1 H W"]:
        wide = torch.nn.functional.max_pool2d(mask, 3, 1, 1)
        narrow = -torch.nn.functional.max_pool2d(-mask, 3, 1, 1)
        chance = torch.rand(len(mask), 1, 1, 1, generator=generator)
        return torch.where(chance < 0.5 * self.rim, wide, torch.where(chance > 1.0 - 0.5 * self.rim, narrow, mask))


def through(values: Float[Tensor, "B C H W"], windows: Float[Tensor, "B 2 3"]) -> Float[Tensor, "B C H W"]:
    """Pictures seen through affine windows; beyond them, their border."""
    grid = torch.nn.functional.affine_grid(windows, list(values.shape), align_corners=False)
    return torch.nn.functional.grid_sample(values, grid, padding_mode="border", align_corners=False)


@dataclass(frozen=True)
class BackPairs:
    """Pairs (N, H, W, 8); implements `mirror_core.trainers.photos.PhotoSource`."""

    pairs: ByteArray
    augmentation: BackAugmentation = BackAugmentation()

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pairs.shape[1], self.pairs.shape[2]

    def __len__(self) -> int:
        return len(self.pairs)

    def batch(
        self,
        index: Int[Tensor, " B"],
        generator: torch.Generator | None = None,
        rows: slice | None = None,
    ) -> BackBatch:
        """Some pairs, augmented if there is a generator; see `PhotoSource`."""
        values = torch.from_numpy(self.pairs[index.numpy()]).permute(0, 3, 1, 2).contiguous().float() / 255.0
        if generator is not None:
            values = self.augmentation(values, generator)
        values, index = values[rows or slice(None)], index[rows or slice(None)]
        photo, mask, back, face = values.split((3, 1, 3, 1), dim=1)
        return BackBatch(photo, mask, index, back=back, face=face)


def open_backs(
    folder: Path, chunks: dict[str, int], seed: int, source: BackAssets, image_size: tuple[int, int] = SIZE
) -> BackPairs:
    """Pairs of a seed; those files that are missing in the folder are made now.

    Args:
        folder: of the files.
        chunks: how many of each category, "people" and "garments".
        seed: of the figures.
        source: what figures are made of.
        image_size: height and width of the network's window, of the aspect of `SIZE` or nearly so.
    """
    wanted = [(category, number) for category, count in chunks.items() for number in range(count)]
    made: list[ByteArray] = []
    for category, number in track(wanted, "Pairs", transient=True):
        path = folder / f"{category}-{seed}-{number:04d}.npy"
        if not path.is_file():
            buffer = io.BytesIO()
            np.save(buffer, make_chunk(category, number, seed, source), allow_pickle=False)
            write_files({path: buffer.getvalue()})
        made.append(_reduced(np.load(path, mmap_mode="r", allow_pickle=False), image_size))
    return BackPairs(np.concatenate(made))


def _reduced(pairs: ByteArray, image_size: tuple[int, int]) -> ByteArray:
    """Pairs whose pixels are means of the areas that they cover."""
    groups = [pairs[..., :4], pairs[..., 4:]]  # OpenCV reduces up to four channels at once
    small = [[cv2.resize(one, image_size[::-1], interpolation=cv2.INTER_AREA) for one in group] for group in groups]
    return np.concatenate([np.stack(group) for group in small], axis=3)
