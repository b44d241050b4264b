"""Photos whose cameras are known: what ConvMesh's reconstruction network learns from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Int
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.errors import InputError
from mirror_core.trainers.convmesh.reconstruct import PosedBatch
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from training.datasets.area_suffix import MASK_THRESHOLD, find_masks
from training.datasets.cub_cameras import PosedPhoto, mirrored

CHUNK = 16


@dataclass(frozen=True)
class PosedPhotos:
    """Square photos with cameras; implements `mirror_core.trainers.photos.PhotoSource`.

    Attributes:
        pictures: (N, S, S, 4): RGB, then the mask.
        cameras: of all photos.
        mirror: half of a batch drawn with a generator is mirrored, with its cameras.
    """

    pictures: npt.NDArray[np.uint8]
    cameras: Camera | WeakPerspective
    mirror: bool = True

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width."""
        return self.pictures.shape[1], self.pictures.shape[2]

    def __len__(self) -> int:
        return len(self.pictures)

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PosedBatch:
        """Some photos; with a generator half of them mirrored."""
        flips = torch.zeros(len(index), dtype=torch.bool)
        if generator is not None and self.mirror:
            flips = torch.rand(len(index), generator=generator) < 0.5
        rows = rows or slice(None)
        index, flips = index[rows], flips[rows]
        values = torch.from_numpy(self.pictures[index.numpy()]).permute(0, 3, 1, 2).float() / 255.0
        values = torch.where(flips[:, None, None, None], values.flip(3), values)
        camera = _chosen(self.cameras.select(index), flips)
        return PosedBatch(
            values[:, :3].contiguous(),
            values[:, 3:].contiguous(),
            index,
            camera=camera,
            mirrored=flips.float(),
        )


def _chosen(camera: Camera | WeakPerspective, flips: Tensor) -> Camera | WeakPerspective:
    """Each camera or its mirror image."""
    if isinstance(camera, WeakPerspective):
        other = mirrored(camera)
        names = ("scale", "translation", "rotation")
        return WeakPerspective(*(_where(flips, getattr(other, n), getattr(camera, n)) for n in names))
    aside = camera.offset * camera.offset.new_tensor([-1.0, 1.0])
    azimuth = torch.where(flips, -camera.azimuth, camera.azimuth)
    return Camera(azimuth, camera.elevation, camera.distance, _where(flips, aside, camera.offset))


def _where(flips: Tensor, yes: Tensor, no: Tensor) -> Tensor:
    return torch.where(flips.reshape(-1, *[1] * (no.ndim - 1)), yes, no)


def pose_by(photos: PhotoSource, cameras: Callable[[PhotoBatch], Camera], size: int) -> PosedPhotos:
    """Photos, maybe narrower than high, with the cameras that a trained model says.

    A narrow photo is widened by its border's pixels, which does not change its camera.

    Args:
        photos: not augmented.
        cameras: says them, e.g. the second part of `by_magic_mirror`'s answer.
        size: side of the square photos.
    """
    pictures: list[npt.NDArray[np.uint8]] = []
    found: list[Camera] = []
    for index in torch.arange(len(photos)).split(CHUNK):
        batch = photos.batch(index)
        found.append(cameras(batch))
        values = squared(torch.cat([batch.photo, batch.mask], dim=1), size)
        pictures.append(np.rint(values.permute(0, 2, 3, 1).numpy() * 255.0).astype(np.uint8))
    names = ("azimuth", "elevation", "distance", "offset")
    joined = Camera(*(torch.cat([getattr(camera, name) for camera in found]) for name in names))
    return PosedPhotos(np.concatenate(pictures), joined)


def squared(values: Tensor, size: int) -> Tensor:
    """Pictures (B, C, H, W), H >= W, with columns added on both sides, resized to a square."""
    height, width = values.shape[2:]
    missing = height - width
    values = torch.nn.functional.pad(values, (missing // 2, missing - missing // 2, 0, 0), mode="replicate")
    return torch.nn.functional.interpolate(values, (size, size), mode="bilinear", align_corners=False, antialias=True)


def open_cub_posed(data: Path, photos: Sequence[PosedPhoto], size: int = 256) -> PosedPhotos:
    """CUB photos in CMR's windows.

    Args:
        data: CUB-200-2011's folder with images/ and segmentations/.
        photos: e.g. from `read_cub_cameras`.
        size: side of the square photos.

    Raises:
        InputError: a photo or its mask is missing.
    """
    masks = find_masks(data / "segmentations")
    pictures = [_window(data / "images" / photo.name, masks, photo, size) for photo in photos]
    parts = ("scale", "translation", "rotation")
    cameras = WeakPerspective(*(torch.cat([getattr(photo.camera, part) for photo in photos]) for part in parts))
    return PosedPhotos(np.stack(pictures), cameras)


def _window(
    path: Path, masks: dict[str, tuple[Path, float | None]], photo: PosedPhoto, size: int
) -> npt.NDArray[np.uint8]:
    key = Path(photo.name).with_suffix("").as_posix()
    colours = cv2.imread(str(path), cv2.IMREAD_COLOR)
    mask = cv2.imread(str(masks[key][0]), cv2.IMREAD_GRAYSCALE) if key in masks else None
    if colours is None or mask is None:
        raise InputError(f"The photo {path} or its mask is missing.", "Copy both from CUB-200-2011.")
    left, top, right, bottom = photo.window
    height, width = mask.shape
    border = max(0, -left, -top, right - width, bottom - height)
    inside = np.where(mask > MASK_THRESHOLD, 255, 0).astype(np.uint8)[..., None]
    both = np.concatenate([colours[..., ::-1], inside], axis=2)
    both = np.pad(both, ((border, border), (border, border), (0, 0)))
    cut = both[top + border : bottom + border, left + border : right + border]
    small = cv2.resize(cut, (size, size), interpolation=cv2.INTER_AREA)
    small[..., 3] = np.where(small[..., 3] > 127, 255, 0)
    return np.asarray(small, np.uint8)
