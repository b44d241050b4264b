"""The one entrance to maps for ConvMesh: objects of shards and of photo folders, prepared once and kept on the disk."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from rich.console import Console
from rich.progress import track
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.files import new_folder
from mirror_core.generators import ConvMeshConfig
from mirror_core.trainers.photos import PhotoSource
from training.datasets.camera_rows import Floats, camera_rows
from training.datasets.mixed import SyntheticSource
from training.datasets.pseudo_truth import ByReconstructor, Rebuild, inverse_render
from training.datasets.shape_maps import map_axes, maps_of
from training.datasets.synthetic import open_synthetic
from training.datasets.uv_codes import CodeSettings
from training.datasets.uv_maps import Bytes, UvMaps, UvObjects, from_synthetic
from training.datasets.windows import WindowPhotos

VERSION = 1
"""Of the preparation: a new number makes every cache anew."""
MANIFEST, MAPS, CODES = "manifest.json", "maps.npy", "codes.npy"
ARRAYS = tuple(field.name for field in dataclasses.fields(UvObjects))
CHUNK = 16
SHAPING = ("template", "axes", "half_axes", "symmetric", "map", "texture", "code")
"""What of a generator decides how objects are prepared for it."""


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
        labels: class of each of `photos`; none: all objects are of class 0, as synthetic ones always are.
    """

    shards: tuple[Path, ...] = ()
    photos: PhotoSource | None = None
    rebuild: tuple[str, Rebuild] | None = None
    image_size: tuple[int, int] = (160, 96)
    photos_each: int = 2
    cache: Path = Path("out/cache")
    truth: bool = True
    labels: npt.NDArray[np.int64] | None = None


def open_maps(files: UvFiles, config: ConvMeshConfig, placing: CodeSettings | None) -> UvMaps:
    """The prepared maps; made now if these files never were with these settings.

    Args:
        files: where from.
        config: of the generator.
        placing: how objects get codes; none: they get none.

    Raises:
        InputError: there is nothing to learn from, photos without anybody who says their shapes, or a label that the
            generator does not know.
    """
    if files.labels is not None and int(files.labels.max()) >= config.classes:
        raise InputError(
            f"The photos have labels up to {int(files.labels.max())}, but the generator has {config.classes} classes.",
            f"Give it {int(files.labels.max()) + 1}, e.g. by --set generator.classes=N and uv.classes=N.",
        )
    place = files.cache / f"uv-{_key(files, config, placing)}"
    if not (place / MANIFEST).is_file():
        parts = _collect(files, config)
        own = torch.cat([maps for _, maps in parts])
        source = UvMaps.of(UvObjects.joined([objects for objects, _ in parts]), config, placing, own)
        with new_folder(place, overwrite=True) as folder:
            _write(source, folder)
    arrays = {name: np.load(place / f"{name}.npy", mmap_mode="r") for name in ARRAYS}
    codes = torch.from_numpy(np.load(place / CODES)) if (place / CODES).is_file() else None
    maps = torch.from_numpy(np.load(place / MAPS))
    return UvMaps(UvObjects(**arrays), maps, map_axes(config), codes, bool(config.classes))


def _write(source: UvMaps, folder: Path) -> None:
    for name in ARRAYS:
        np.save(folder / f"{name}.npy", getattr(source.objects, name), allow_pickle=False)
    np.save(folder / MAPS, source.maps.numpy(), allow_pickle=False)
    if source.codes is not None:
        np.save(folder / CODES, source.codes.numpy(), allow_pickle=False)
    text = json.dumps({"version": VERSION, "objects": len(source.maps), "photos": len(source)}, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def _key(files: UvFiles, config: ConvMeshConfig, placing: CodeSettings | None) -> str:
    settings = (VERSION, files.image_size, files.photos_each, placing, files.rebuild and files.rebuild[0])
    settings += () if files.truth else ("rebuilt",)
    settings += ("maps are alike on both sides",) if config.symmetric else ()
    shaping = [getattr(config, name) for name in SHAPING]
    digest = hashlib.sha256(repr((settings, shaping)).encode())
    for folder in files.shards:
        for shard in sorted(folder.glob("shard-*.tar")):
            about = shard.stat()
            digest.update(f"{shard.resolve()}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    if files.photos is not None:
        digest.update(repr((len(files.photos), files.photos.batch(torch.arange(1)).photo.sum())).encode())
        digest.update("\n".join(getattr(files.photos, "names", [])).encode())
    if isinstance(files.photos, WindowPhotos):
        digest.update(repr([photo.window for photo in files.photos.photos]).encode())
        digest.update(camera_rows(files.photos.cameras).tobytes())
    if files.labels is not None:
        digest.update(files.labels.tobytes())
    return digest.hexdigest()[:16]


def _collect(files: UvFiles, config: ConvMeshConfig) -> list[tuple[UvObjects, Float[Tensor, "N 3 h w"]]]:
    """Objects and their deformation maps."""
    made = [open_synthetic(shards, files.image_size, files.cache) for shards in files.shards]
    known = [from_synthetic(photos, config.texture, files.photos_each) for photos in made] if files.truth else []
    parts = [(objects, maps_of(torch.from_numpy(objects.vertices), config)) for objects in known]
    shown = [] if files.truth else [SyntheticSource(photos) for photos in made]
    shown += [] if files.photos is None else [files.photos]
    for photos in shown:
        if files.rebuild is None:
            raise InputError("Photos have no shapes of their own.", "Name a network that says them.")
        rebuild = files.rebuild[1]
        objects = from_photos(photos, rebuild, config.texture, files.image_size)
        own = own_maps(photos, rebuild, config)
        parts.append((objects, maps_of(torch.from_numpy(objects.vertices), config) if own is None else own))
    if not parts:
        raise InputError("There is nothing to learn from.", "Name photos, synthetic shards, or both.")
    if files.photos is not None and files.labels is not None:
        parts[-1] = dataclasses.replace(parts[-1][0], labels=files.labels), parts[-1][1]
    return parts


def own_maps(photos: PhotoSource, rebuild: Rebuild, config: ConvMeshConfig) -> Float[Tensor, "N 3 h w"] | None:
    """The deformation maps that a reconstruction network itself makes of photos (ConvMesh).

    None where somebody else says the shapes, or where its maps mean something else to the generator.
    """
    if not isinstance(rebuild, ByReconstructor) or not rebuild.deforms(config):
        return None
    return torch.cat([rebuild.maps(photos.batch(index)) for index in torch.arange(len(photos)).split(CHUNK)])


def from_photos(
    photos: PhotoSource, rebuild: Rebuild, texture: int, image_size: tuple[int, int] | None = None
) -> UvObjects:
    """Pseudo truth of photos: an object each, with the texels that its photo shows.

    Args:
        photos: as they are, not augmented.
        rebuild: says shapes and cameras.
        texture: texels a side; they are read from the photos at their own size.
        image_size: height and width of pictures that are kept; none: the photos' own.
    """
    count, size = len(photos), image_size or photos.image_size
    textures, pictures = (np.empty((count, *shape, 4), np.uint8) for shape in ((texture, texture), size))
    shapes: list[Floats] = []
    cameras: list[Floats] = []
    for index in track(torch.arange(count).split(CHUNK), "Rebuilding photos", console=Console(stderr=True)):
        batch = photos.batch(index)
        vertices, camera = rebuild(batch)
        shapes.append(vertices.numpy())
        cameras.append(camera_rows(camera))
        for row, number in enumerate(index.tolist()):
            one = camera.select(torch.tensor([row]))
            shown = inverse_render(vertices[row], one, batch.photo[row], batch.mask[row], texture)
            known = np.concatenate([shown.colours, shown.visible[..., None]], axis=2)
            textures[number] = np.rint(known * 255.0)
            both = torch.cat([batch.photo[row], batch.mask[row]]).permute(1, 2, 0).numpy()
            pictures[number] = _resized(np.rint(both * 255.0).astype(np.uint8), size)
    labels = np.zeros(count, np.int64)
    return UvObjects(np.concatenate(shapes), textures, pictures, np.concatenate(cameras), np.arange(count), labels)


def _resized(picture: Bytes, size: tuple[int, int]) -> Bytes:
    """RGB and mask at another size, the mask 0 or 255 as it was."""
    if picture.shape[:2] == size:
        return picture
    small = cv2.resize(picture, size[::-1], interpolation=cv2.INTER_AREA)
    small[..., 3] = np.where(small[..., 3] > 127, 255, 0)
    return np.asarray(small, np.uint8)
