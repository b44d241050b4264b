"""Photos with CMR's cameras, cut to CMR's windows: CUB's birds and the cars of PASCAL3D+ in their own layouts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.attributes import WeakPerspective
from mirror_core.errors import InputError
from mirror_core.trainers.convmesh.reconstruct import PosedBatch, mended
from training.datasets.area_suffix import MASK_THRESHOLD, find_masks
from training.datasets.cub_cameras import PosedPhoto, read_car_cameras, read_cub_cameras


@dataclass(frozen=True)
class PosedLayout:
    """Where a data set keeps its photos, and CMR their cameras.

    Attributes:
        images: folder of photos below the data set's.
        masks: folder of masks, NAME.png, in the same folders as the photos.
        threshold: grey above which a mask is foreground.
        cameras: reads CMR's cache for a split.
    """

    images: str
    masks: str
    threshold: int
    cameras: Callable[[Path, str], list[PosedPhoto]]


CUB_POSED = PosedLayout("images", "segmentations", MASK_THRESHOLD, read_cub_cameras)
CARS_POSED = PosedLayout("Images", "Masks", 127, read_car_cameras)
"""PASCAL3D+ has no masks; they lie beside its folders as `training.datasets.pascal3d` says."""


@dataclass(frozen=True)
class WindowPhotos:
    """Square windows with cameras, read anew each time; implements `mirror_core.trainers.photos.PhotoSource`.

    Attributes:
        photos: their names, windows and cameras.
        files: photo and mask of each.
        size: side of the windows that are given, pixels.
        threshold: grey above which a mask is foreground.
    """

    photos: tuple[PosedPhoto, ...]
    files: tuple[tuple[Path, Path], ...]
    size: int
    threshold: int

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width."""
        return self.size, self.size

    @property
    def names(self) -> list[str]:
        """Paths below the folder of photos."""
        return [photo.name for photo in self.photos]

    @property
    def cameras(self) -> WeakPerspective:
        """Of all photos."""
        parts = ("scale", "translation", "rotation")
        return WeakPerspective(*(torch.cat([getattr(photo.camera, part) for photo in self.photos]) for part in parts))

    def __len__(self) -> int:
        return len(self.photos)

    def subset(self, index: npt.NDArray[np.integer]) -> "WindowPhotos":
        """A source of only these photos, numbered anew."""
        chosen = [int(number) for number in index]
        return replace(self, photos=tuple(self.photos[i] for i in chosen), files=tuple(self.files[i] for i in chosen))

    def mended(self, poses: dict[str, Float[Tensor, " 3"]]) -> "WindowPhotos":
        """The same photos, their cameras mended as a reconstruction network's training found; see `mended`.

        Args:
            poses: log of the size's factor, shift right and up, by name; a photo that is not there stays as it is.
        """
        photos: list[PosedPhoto] = []
        for photo in self.photos:
            camera = mended(photo.camera, poses.get(photo.name, torch.zeros(3))[None])
            assert isinstance(camera, WeakPerspective)
            photos.append(replace(photo, camera=camera))
        return replace(self, photos=tuple(photos))

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PosedBatch:
        """Some photos as they are."""
        index = index[rows or slice(None)]
        values = torch.from_numpy(np.stack([self.picture(number) for number in index.tolist()]))
        values = values.permute(0, 3, 1, 2).float() / 255.0
        return PosedBatch(
            values[:, :3].contiguous(), values[:, 3:].contiguous(), index, camera=self.cameras.select(index)
        )

    def picture(self, number: int) -> npt.NDArray[np.uint8]:
        """One window, (S, S, 4): RGB, then the mask, 0 or 255; black where it reaches beyond the photo.

        Raises:
            InputError: a file cannot be read, or photo and mask are not of one size.
        """
        path, place = self.files[number]
        colours, mask = cv2.imread(str(path), cv2.IMREAD_COLOR), cv2.imread(str(place), cv2.IMREAD_GRAYSCALE)
        if colours is None or mask is None:
            raise InputError(f"The photo {path} or its mask {place} cannot be read.", "Copy both from the data set.")
        if colours.shape[:2] != mask.shape:
            raise InputError(f"The photo {path} and its mask {place} are not of one size.", "Make the mask anew.")
        inside = np.where(mask > self.threshold, 255, 0).astype(np.uint8)[..., None]
        both = np.concatenate([colours[..., ::-1], inside], axis=2)
        return _cut(np.asarray(both, np.uint8), self.photos[number].window, self.size)


def open_windows(data: Path, photos: Sequence[PosedPhoto], layout: PosedLayout, size: int) -> WindowPhotos:
    """Photos in CMR's windows.

    Args:
        data: the data set's folder.
        photos: e.g. `layout.cameras(cache, "train")`.
        layout: where its files lie.
        size: side of the windows that are given, pixels.

    Raises:
        InputError: there are none, or a photo or its mask is missing.
    """
    if not photos:
        raise InputError(f"There are no cameras for photos of {data}.", "Check CMR's cache, and how many are used.")
    masks = find_masks(data / layout.masks)
    files: list[tuple[Path, Path]] = []
    for photo in photos:
        path, key = data / layout.images / photo.name, Path(photo.name).with_suffix("").as_posix()
        if key not in masks or not path.is_file():
            raise InputError(f"The photo {path} or its mask is missing.", "Copy both from the data set.")
        files.append((path, masks[key][0]))
    return WindowPhotos(tuple(photos), tuple(files), size, layout.threshold)


def cmr_set(cub: Path | None, pascal3d: Path | None) -> tuple[Path, PosedLayout] | None:
    """CMR's cache that a command names, and the layout of its photos; none: it names none.

    Raises:
        InputError: it names two.
    """
    if cub is not None and pascal3d is not None:
        raise InputError("Cameras of both CUB and PASCAL3D+ are named.", "Give --cub or --pascal3d, not both.")
    if pascal3d is not None:
        return pascal3d, CARS_POSED
    return None if cub is None else (cub, CUB_POSED)


def _cut(picture: npt.NDArray[np.uint8], window: tuple[int, int, int, int], size: int) -> npt.NDArray[np.uint8]:
    left, top, right, bottom = window
    height, width = picture.shape[:2]
    border = max(0, -left, -top, right - width, bottom - height)
    padded = np.pad(picture, ((border, border), (border, border), (0, 0)))
    cut = padded[top + border : bottom + border, left + border : right + border]
    # Averages where the window is larger than what is asked for; a smaller one would become steps, not slopes.
    smaller = size < len(cut)
    small = cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR)
    small[..., 3] = np.where(small[..., 3] > 127, 255, 0)
    return np.asarray(small, np.uint8)
