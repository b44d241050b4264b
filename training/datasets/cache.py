"""Prepared photos on the disk: decoded and resized once, mapped into memory afterwards."""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from rich.console import Console
from rich.progress import track

from mirror_core.errors import InputError, MirrorError
from mirror_core.files import new_folder
from training.datasets.fit import Fit, fit_photo
from training.datasets.folder import Sample

PICTURES, MANIFEST = "pictures.npy", "manifest.json"
VERSION = 1
"""Of the preparation: a new number makes every cache anew."""


@dataclass(frozen=True)
class Cache:
    """Photos as a network sees them.

    Attributes:
        pictures: (N, H, W, 4) uint8, mapped: RGB, then the mask, 0 or 255.
        names: of the photos, without folder and suffix.
        areas: (N,), share of each picture that is foreground, or what the data set's own lists say.
        folders: in which the photos lie, their names alone.
    """

    pictures: npt.NDArray[np.uint8]
    names: tuple[str, ...]
    areas: npt.NDArray[np.float64]
    folders: tuple[str, ...]


def open_cache(samples: Sequence[Sample], image_size: tuple[int, int], fit: Fit, folder: Path | None = None) -> Cache:
    """The prepared photos; made now if these files, as they are, were never prepared with these settings.

    Args:
        samples: photos with masks.
        image_size: H and W.
        fit: see `fit_photo`.
        folder: of all caches; none: out/cache below the current one. A cache may be deleted at any time.

    Raises:
        InputError: a photo or a mask cannot be read or used.
        OutputError: the cache cannot be written.
    """
    settings = {"version": VERSION, "image_size": list(image_size), "fit": fit}
    place = (folder or Path("out/cache")) / _key(samples, settings)
    if not (place / MANIFEST).is_file():
        with suppress(_MadeMeanwhileError), new_folder(place, overwrite=True) as temporary:
            _build(samples, settings, temporary)
            if (place / MANIFEST).is_file():
                raise _MadeMeanwhileError
    return _read(place)


class _MadeMeanwhileError(Exception):
    """Another process of the same run was faster; its cache, perhaps already in use, stays."""


def _key(samples: Sequence[Sample], settings: dict[str, Any]) -> str:
    digest = hashlib.sha256(json.dumps(settings, sort_keys=True).encode())
    for sample in samples:
        digest.update(repr((sample.threshold, sample.area, sample.box)).encode())
        for path in (sample.photo, sample.mask):
            about = path.stat()
            digest.update(f"{path.resolve()}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    return digest.hexdigest()[:16]


def _build(samples: Sequence[Sample], settings: dict[str, Any], folder: Path) -> None:
    height, width = settings["image_size"]
    header = {"descr": "|u1", "fortran_order": False, "shape": (len(samples), height, width, 4)}
    photos: list[dict[str, object]] = []
    with (folder / PICTURES).open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)
        for sample in track(samples, "Preparing photos", console=Console(stderr=True)):
            picture = _prepare(sample, (height, width), settings["fit"])
            file.write(picture.tobytes())
            area = float((picture[..., 3] > 0).mean()) if sample.area is None else sample.area
            photos.append({"photo": str(sample.photo.resolve()), "mask": str(sample.mask.resolve()), "area": area})
    manifest = json.dumps({**settings, "photos": photos}, indent=1)
    (folder / MANIFEST).write_text(manifest + "\n", encoding="utf-8")


def _prepare(sample: Sample, image_size: tuple[int, int], fit: Fit) -> npt.NDArray[np.uint8]:
    photo, mask = sample.read()
    try:
        return fit_photo(photo.pixels, mask.values, image_size, fit)
    except MirrorError as error:
        raise InputError(f"{sample.photo} cannot be prepared: {error.message}", error.remedy) from error


def _read(place: Path) -> Cache:
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    photos = manifest["photos"]
    pictures = np.load(place / PICTURES, mmap_mode="r")
    if len(pictures) != len(photos):
        raise InputError(f"The cache {place} is damaged.", "Delete this folder; it is made anew.")
    names = tuple(Path(photo["photo"]).stem for photo in photos)
    folders = tuple(Path(photo["photo"]).parent.name for photo in photos)
    return Cache(pictures, names, np.array([photo["area"] for photo in photos], np.float64), folders)
