"""The one entrance to maps for ConvMesh: objects of shards and of photo folders, prepared once and kept on the disk."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from rich.console import Console
from rich.progress import track

from mirror_core.errors import InputError
from mirror_core.files import new_folder
from mirror_core.generators import ConvMeshConfig
from mirror_core.trainers.photos import PhotoSource
from training.datasets.mixed import SyntheticSource
from training.datasets.pseudo_truth import Rebuild, inverse_render
from training.datasets.synthetic import open_synthetic
from training.datasets.uv_codes import CodeSettings
from training.datasets.uv_maps import UvMaps, UvObjects, from_synthetic

VERSION = 1
"""Of the preparation: a new number makes every cache anew."""
MANIFEST, MAPS, CODES = "manifest.json", "maps.npy", "codes.npy"
ARRAYS = tuple(field.name for field in dataclasses.fields(UvObjects))
CHUNK = 16


@dataclass(frozen=True)
class UvFiles:
    """Where objects come from, and how they are prepared.

    Attributes:
        shards: folders of synthetic photos.
        photos: real photos; none: there are none.
        rebuild: who says their shapes, by a name that stands in the cache's key.
        image_size: height and width of pictures.
        photos_each: of a synthetic object, at most.
        cache: folder of all caches.
        truth: synthetic objects are taken from their truth; off, rebuilt from their photos, like real ones.
    """

    shards: tuple[Path, ...] = ()
    photos: PhotoSource | None = None
    rebuild: tuple[str, Rebuild] | None = None
    image_size: tuple[int, int] = (160, 96)
    photos_each: int = 2
    cache: Path = Path("out/cache")
    truth: bool = True


def open_maps(files: UvFiles, config: ConvMeshConfig, warm: CodeSettings | None) -> UvMaps:
    """The prepared maps; made now if these files never were with these settings.

    Args:
        files: where from.
        config: of the generator.
        warm: how codes are given for a warm start; none: no codes.

    Raises:
        InputError: there is nothing to learn from, or photos without anybody who says their shapes.
    """
    place = files.cache / f"uv-{_key(files, config, warm)}"
    if not (place / MANIFEST).is_file():
        source = UvMaps.of(_collect(files, config.texture), config, warm)
        with new_folder(place, overwrite=True) as folder:
            _write(source, folder)
    arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    codes = torch.from_numpy(np.load(place / CODES)) if (place / CODES).is_file() else None
    maps = torch.from_numpy(np.load(place / MAPS))
    return UvMaps(UvObjects(**arrays), maps, config.axes, codes, bool(config.classes))


def _write(source: UvMaps, folder: Path) -> None:
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(source.objects, name), allow_pickle=False)
    np.save(folder / MAPS, source.maps.numpy(), allow_pickle=False)
    if source.codes is not None:
        np.save(folder / CODES, source.codes.numpy(), allow_pickle=False)
    text = json.dumps({"version": VERSION, "objects": len(source.maps), "photos": len(source)}, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _key(files: UvFiles, config: ConvMeshConfig, warm: CodeSettings | None) -> str:
    settings = (VERSION, files.image_size, files.photos_each, warm, files.rebuild and files.rebuild[0])
    settings += () if files.truth else ("rebuilt",)
    digest = hashlib.sha256(repr((settings, config)).encode())
    for folder in files.shards:
        for shard in sorted(folder.glob("shard-*.tar")):
            about = shard.stat()
            digest.update(f"{shard.resolve()}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    if files.photos is not None:
        digest.update(repr((len(files.photos), files.photos.batch(torch.arange(1)).photo.sum())).encode())
        digest.update("\n".join(getattr(files.photos, "names", [])).encode())
    return digest.hexdigest()[:16]


def _collect(files: UvFiles, texture: int) -> UvObjects:
    made = [open_synthetic(shards, files.image_size, files.cache) for shards in files.shards]
    parts = [from_synthetic(photos, texture, files.photos_each) for photos in made] if files.truth else []
    shown = [] if files.truth else [SyntheticSource(photos) for photos in made]
    shown += [] if files.photos is None else [files.photos]
    if shown and files.rebuild is None:
        raise InputError("Photos have no shapes of their own.", "Name a network that says them.")
    if files.rebuild is not None:
        parts += [from_photos(photos, files.rebuild[1], texture) for photos in shown]
    if not parts:
        raise InputError("There is nothing to learn from.", "Name photos, synthetic shards, or both.")
    return UvObjects.joined(parts)


def from_photos(photos: PhotoSource, rebuild: Rebuild, texture: int) -> UvObjects:
    """Pseudo truth of photos: an object each, with the texels that its photo shows.

    Args:
        photos: as they are, not augmented.
        rebuild: says shapes and cameras.
        texture: texels a side.
    """
    rows: dict[str, list[np.ndarray]] = {"vertices": [], "textures": [], "pictures": [], "cameras": []}
    parts = torch.arange(len(photos)).split(CHUNK)
    for index in track(parts, "Rebuilding photos", console=Console(stderr=True)):
        batch = photos.batch(index)
        vertices, camera = rebuild(batch)
        numbers = [camera.azimuth, camera.elevation, camera.distance]
        rows["cameras"].append(torch.cat([torch.stack(numbers, dim=1), camera.offset], dim=1).numpy())
        rows["vertices"].append(vertices.numpy())
        pictures = torch.cat([batch.photo, batch.mask], dim=1).permute(0, 2, 3, 1).numpy()
        rows["pictures"].append(np.rint(pictures * 255.0).astype(np.uint8))
        for row in range(len(index)):
            one = camera.select(torch.tensor([row]))
            shown = inverse_render(vertices[row], one, batch.photo[row], batch.mask[row], texture)
            known = np.concatenate([shown.colours, shown.visible[..., None]], axis=2)
            rows["textures"].append(np.rint(known[None] * 255.0).astype(np.uint8))
    made = {name: np.concatenate(values) for name, values in rows.items()}
    count = len(photos)
    return UvObjects(**made, owner=np.arange(count), labels=np.zeros(count, np.int64))
