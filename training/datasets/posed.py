"""Photos whose cameras are known: what ConvMesh's reconstruction network learns from."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.errors import InputError
from mirror_core.files import write_files
from mirror_core.trainers.convmesh.reconstruct import PosedBatch
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from training.datasets.cub_cameras import mirrored
from training.datasets.windows import WindowPhotos

CHUNK = 16
POSES = "poses.json"
"""Beside a run's best network: what was learnt of the camera of each photo that has one of CMR's."""


@dataclass(frozen=True)
class PosedPhotos:
    """Square photos with cameras; implements `mirror_core.trainers.photos.PhotoSource`.

    Attributes:
        pictures: (N, S, S, 4): RGB, then the mask.
        cameras: of all photos.
        mirror: half of a batch drawn with a generator is mirrored, with its cameras.
        names: of the photos, by which others find what was learnt of their cameras; empty: they have none.
    """

    pictures: npt.NDArray[np.uint8]
    cameras: Camera | WeakPerspective
    mirror: bool = True
    names: tuple[str, ...] = ()

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


def held(windows: WindowPhotos) -> PosedPhotos:
    """Windows kept in memory, where those who learn from them again and again want them."""
    pictures = np.stack([windows.picture(number) for number in range(len(windows))])
    return PosedPhotos(pictures, windows.cameras, names=tuple(windows.names))


def write_poses(path: Path, names: Sequence[str], poses: Float[Tensor, "N 3"]) -> None:
    """Write what a reconstruction network's training learnt of each photo's camera; see `mended`."""
    rows = poses.detach().cpu().tolist()
    write_files({path: json.dumps(dict(zip(names, rows, strict=True)), indent=0).encode()}, overwrite=True)


def read_poses(path: Path) -> dict[str, Float[Tensor, " 3"]]:
    """What `write_poses` wrote, by name.

    Raises:
        InputError: it cannot be read, or holds other things.
    """
    try:
        rows = cast("dict[str, list[float]]", json.loads(path.read_text(encoding="utf-8")))
        found = {name: torch.tensor([float(number) for number in row]) for name, row in rows.items()}
        if any(len(row) != 3 for row in found.values()):
            raise ValueError("a photo has not three numbers")
    except (OSError, ValueError, AttributeError, TypeError) as error:
        raise InputError(f"{path} holds no cameras: {error}.", "Train the reconstruction network anew.") from error
    return found
