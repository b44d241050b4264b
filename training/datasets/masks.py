"""Photos with masks for the segmenter: whole photos of all sets, prepared once and mapped into memory."""

import hashlib
import json
import tarfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float, Int
from rich.console import Console
from rich.progress import track
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.files import new_folder
from mirror_core.masking.network import STEP
from mirror_core.trainers.photos import PhotoBatch
from training.datasets.folder import find_samples
from training.datasets.mask_views import ByteArray, MaskViews

SIDE = 224
"""Pixels of the square that holds each prepared photo, its long side as long."""
VERSION = 1
"""Of the preparation: a new number makes every cache anew."""


@dataclass(frozen=True)
class MaskSet:
    """The prepared photos of one folder.

    Attributes:
        name: of the folder and the one above it.
        pictures: (N, 224, 224, 4) uint8: RGB and mask of a photo in the upper left corner, 0 beyond it.
        sizes: (N, 2), height and width of each photo.
        synthetic: made by `mirror synthesize`.
    """

    name: str
    pictures: npt.NDArray[np.uint8]
    sizes: npt.NDArray[np.int64]
    synthetic: bool

    def __len__(self) -> int:
        return len(self.pictures)

    def __getitem__(self, index: int) -> ByteArray:
        """RGB and mask (h, w, 4) of a photo."""
        height, width = self.sizes[index]
        return self.pictures[index, :height, :width]


@dataclass(frozen=True)
class MaskPhotos:
    """Photos of several sets; implements `mirror_core.trainers.photos.PhotoSource` and `WholePhotos`.

    In training, a place of an epoch shows any photo, another each time: the set is drawn by `shares`, then the photo.
    """

    sets: Sequence[MaskSet]
    shares: Sequence[float] = ()
    """Of each set among the places of an epoch."""
    places: int | None = None
    """In an epoch; none: as many as photos."""
    views: MaskViews = field(default_factory=MaskViews)
    long_side: int = 192

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width of pictures of photos two thirds as wide as tall; others differ."""
        return self.long_side, self.long_side * 2 // 3

    def __len__(self) -> int:
        return self.places or sum(map(len, self.sets))

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PhotoBatch:
        """Some photos, all stretched to `image_size`; with a generator, any photos, augmented, of any aspect."""
        rows = rows or slice(None)
        if generator is None:
            size = self.image_size[::-1]
            pictures = [
                cv2.resize(self._photo(int(k)), size, interpolation=cv2.INTER_AREA) for k in index[rows].tolist()
            ]
        else:
            seed = int(torch.randint(2**62, (1,), generator=generator))
            shape = self.views.shape(np.random.default_rng(seed), self.long_side)
            each = [np.random.default_rng((seed, place)) for place in range(len(index))][rows]
            pictures = [self._view(random, shape) for random in each]
        values = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float() / 255.0
        return PhotoBatch(values[:, :3].contiguous(), values[:, 3:].contiguous(), index[rows])

    def _view(self, random: np.random.Generator, shape: tuple[int, int]) -> ByteArray:
        """A photo seen anew, perhaps before the background of a real one."""
        chosen = self._any(random)
        real = [number for number, one in enumerate(self.sets) if not one.synthetic]
        place = self.sets[random.choice(real)] if real else None
        behind = place[int(random.integers(len(place)))] if place is not None else None
        return self.views(chosen, behind, shape, random)

    def _any(self, random: np.random.Generator) -> ByteArray:
        shares = np.asarray(self.shares or [len(one) for one in self.sets], np.float64)
        one = self.sets[random.choice(len(self.sets), p=shares / shares.sum())]
        return one[int(random.integers(len(one)))]

    def _locate(self, index: int) -> tuple[MaskSet, int]:
        index %= sum(map(len, self.sets))
        for one in self.sets:
            if index < len(one):
                return one, index
            index -= len(one)
        raise AssertionError

    def _photo(self, index: int) -> ByteArray:
        one, row = self._locate(index)
        return one[row]

    def group(self, index: int) -> str:
        """Name of a photo's set."""
        return self._locate(index)[0].name

    def whole(self, index: int) -> tuple[Float[Tensor, "1 3 H W"], Float[Tensor, "1 1 H W"]]:
        """A whole photo, its long side `long_side`, and its mask."""
        picture = self._photo(index)
        scale = self.long_side / max(picture.shape[:2])
        height, width = (max(STEP, STEP * round(side * scale / STEP)) for side in picture.shape[:2])
        sized = cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA)
        values = torch.from_numpy(sized).permute(2, 0, 1)[None].float() / 255.0
        return values[:, :3].contiguous(), values[:, 3:].contiguous()


def open_mask_set(folder: Path, cache: Path | None = None, most: int | None = None) -> MaskSet:
    """The prepared photos of a folder; prepared now if these files never were.

    Args:
        folder: of photos with NAME_mask.png or NAME_parts.png beside them, or of shards of `mirror synthesize`.
        cache: of all caches; none: out/cache below the current one.
        most: only the first so many.

    Raises:
        InputError: there is no photo, or one cannot be read.
    """
    shards = sorted(folder.glob("shard-*.tar"))
    files = shards or [path for sample in find_samples(folder) for path in (sample.photo, sample.mask)]
    digest = hashlib.sha256(f"{VERSION} {SIDE} {most}".encode())
    for path in files:
        about = path.stat()
        digest.update(f"{path.resolve()}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    place = (cache or Path("out/cache")) / f"masks-{digest.hexdigest()[:16]}"
    if not (place / "sizes.json").is_file():
        with new_folder(place, overwrite=True) as temporary:
            _build(_from_shards(shards) if shards else _from_folder(folder), temporary, most)
    sizes = np.array(json.loads((place / "sizes.json").read_text(encoding="utf-8")), np.int64).reshape(-1, 2)
    if not len(sizes):
        raise InputError(f"{folder} has no photo.", "Name a folder of photos and masks, or of shards.")
    pictures = np.memmap(place / "pictures.bin", np.uint8, "r", shape=(len(sizes), SIDE, SIDE, 4))
    name = "-".join(folder.resolve().parts[-2:])
    return MaskSet(name, pictures, sizes, bool(shards))


def _build(pictures: Iterator[ByteArray], folder: Path, most: int | None) -> None:
    sizes: list[list[int]] = []
    with (folder / "pictures.bin").open("wb") as file:
        for picture in track(pictures, "Preparing photos", console=Console(stderr=True)):
            if most is not None and len(sizes) == most:
                break
            sized = shrink_picture(picture)
            square = np.zeros((SIDE, SIDE, 4), np.uint8)
            square[: sized.shape[0], : sized.shape[1]] = sized
            file.write(square.tobytes())
            sizes.append(list(sized.shape[:2]))
    (folder / "sizes.json").write_text(json.dumps(sizes), encoding="utf-8")


def shrink_picture(picture: ByteArray) -> ByteArray:
    """RGB and mask (h, w, 4) with a long side of `SIDE` pixels, each the mean of the area it covers."""
    scale = SIDE / max(picture.shape[:2])
    height, width = (max(1, round(side * scale)) for side in picture.shape[:2])
    way = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, (width, height), interpolation=way), np.uint8)


def _from_folder(folder: Path) -> Iterator[ByteArray]:
    for sample in find_samples(folder):
        photo, mask = sample.read()
        values = np.concatenate([photo.pixels, mask.values[..., None]], axis=2)
        yield np.round(values * 255.0).astype(np.uint8)


def _from_shards(shards: Sequence[Path]) -> Iterator[ByteArray]:
    """Photo and mask alone: reading whole truths takes ten times as long."""
    for shard in shards:
        found: dict[str, ByteArray] = {}
        with tarfile.open(shard) as archive:
            for member in archive:
                name, suffix = member.name.split(".", 1)
                data = archive.extractfile(member) if suffix in ("jpg", "mask.png") else None
                if data is None:
                    continue
                way = cv2.IMREAD_COLOR_RGB if suffix == "jpg" else cv2.IMREAD_GRAYSCALE
                picture = np.asarray(cv2.imdecode(np.frombuffer(data.read(), np.uint8), way), np.uint8)
                other = found.pop(name, None)
                if other is None:
                    found[name] = picture
                    continue
                photo, mask = (picture, other) if suffix == "jpg" else (other, picture)
                yield np.dstack([photo, mask])
