"""Synthetic photos with their truth, prepared once and mapped into memory."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, fields
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Bool, Float, Int
from rich.console import Console
from rich.progress import track
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from mirror_core.files import new_folder
from mirror_core.mesh import make_template
from mirror_core.trainers.photos import PhotoBatch, TruthBatch
from training.synthetic.shards import read_truths
from training.synthetic.truth import Truth

VERSION = 1
"""Of the preparation: a new number makes every cache anew."""
VERTICES = 642
"""The models' mesh, which the finer one begins with."""
MANIFEST = "manifest.json"
ODD_IN_X = (1, 4, 7)
"""The harmonics x, xy and xz, which change sign in a mirror."""


@dataclass(frozen=True)
class SyntheticPhotos:
    """Photos and truths.

    Attributes:
        pictures: (N, H, W, 4) uint8: RGB, then the mask, 0 or 255.
        textures: (N, H, 2 W, 4) uint8: sRGB without light, then 255 where the photo shows the texel.
        vertices: (N, 642, 3), their mean at the origin.
        cameras: (N, 5): azimuth, elevation, distance, offset x and y; they see these vertices where the photo does.
        lights: (N, 9).
    """

    pictures: npt.NDArray[np.uint8]
    textures: npt.NDArray[np.uint8]
    vertices: npt.NDArray[np.float32]
    cameras: npt.NDArray[np.float32]
    lights: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.pictures)

    def divided(self, held_out: int) -> tuple["SyntheticPhotos", "SyntheticPhotos"]:
        """All but the last so many, and these."""
        names = [field.name for field in fields(self)]
        upto = max(len(self) - held_out, 1)
        first, last = ([getattr(self, name)[part] for name in names] for part in (slice(upto), slice(upto, None)))
        return SyntheticPhotos(*first), SyntheticPhotos(*last)

    def mean_shape(self) -> Float[Tensor, "V 3"]:
        """Mean of the vertices."""
        return torch.from_numpy(self.vertices.mean(axis=0))

    def batch(self, index: Int[Tensor, " B"], mirrored: Bool[Tensor, " B"]) -> PhotoBatch:
        """Some photos, some of them mirrored left to right with all that is known about them."""
        chosen = index.numpy()
        values = torch.from_numpy(self.pictures[chosen]).permute(0, 3, 1, 2).float() / 255.0
        texture = torch.from_numpy(self.textures[chosen]).permute(0, 3, 1, 2).float() / 255.0
        numbers = torch.from_numpy(self.cameras[chosen])
        camera = Camera(numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3:])
        vertices, light = (torch.from_numpy(array[chosen]) for array in (self.vertices, self.lights))
        truth = TruthBatch(torch.arange(len(index)), camera, vertices, texture[:, :3], texture[:, 3:], light)
        flipped = _mirror(truth)
        values = _choose(mirrored, values.flip(3), values)
        truth = TruthBatch(
            truth.rows,
            Camera(*(_choose(mirrored, getattr(flipped.camera, n), getattr(camera, n)) for n in _CAMERA)),
            *(_choose(mirrored, getattr(flipped, n), getattr(truth, n)) for n in _REST),
        )
        return PhotoBatch(values[:, :3].contiguous(), values[:, 3:].contiguous(), index, truth)


_CAMERA = ("azimuth", "elevation", "distance", "offset")
_REST = ("vertices", "texture", "visible", "light")


def _choose(which: Bool[Tensor, " B"], yes: Tensor, no: Tensor) -> Tensor:
    return torch.where(which.reshape(-1, *[1] * (no.ndim - 1)), yes, no)


def _mirror(truth: TruthBatch) -> TruthBatch:
    """The truth about photos seen in a mirror."""
    aside = torch.tensor([-1.0, 1.0, 1.0])
    odd = torch.ones(9)
    odd[list(ODD_IN_X)] = -1.0
    camera = truth.camera
    return TruthBatch(
        truth.rows,
        Camera(-camera.azimuth, camera.elevation, camera.distance, camera.offset * aside[:2]),
        truth.vertices[:, make_template(VERTICES).left_right] * aside,
        truth.texture.flip(3),
        truth.visible.flip(3),
        truth.light * odd,
    )


def open_synthetic(shards: Path, image_size: tuple[int, int], folder: Path | None = None) -> SyntheticPhotos:
    """The prepared photos of a folder of shards; prepared now if these files never were at this size.

    Photos seen so far from the side that the camera on the centred mesh looks farther aside than a template unit are
    left out: such a camera is ill defined.

    Args:
        shards: as `mirror synthesize` writes them.
        image_size: height and width of the model's pictures. The shards' photos must have the same aspect, so that the
            camera stays what it was.
        folder: of all caches; none: out/cache below the current one.

    Raises:
        InputError: there are no shards, or their photos have another aspect.
    """
    digest = hashlib.sha256(f"{VERSION} {image_size}".encode())
    for shard in sorted(shards.glob("shard-*.tar")):
        about = shard.stat()
        digest.update(f"{shard.resolve()}\0{about.st_size}\0{about.st_mtime_ns}\n".encode())
    place = (folder or Path("out/cache")) / f"synthetic-{digest.hexdigest()[:16]}"
    if not (place / MANIFEST).is_file():
        with new_folder(place, overwrite=True) as temporary:
            _build(read_truths(shards), image_size, temporary)
    return _read(place)


def _shapes(image_size: tuple[int, int]) -> dict[str, tuple[npt.DTypeLike, tuple[int, ...]]]:
    """Type and shape of one photo's row in each file."""
    height, width = image_size
    return {
        "pictures": (np.uint8, (height, width, 4)),
        "textures": (np.uint8, (height, 2 * width, 4)),
        "vertices": (np.float32, (VERTICES, 3)),
        "cameras": (np.float32, (5,)),
        "lights": (np.float32, (9,)),
    }


def _build(truths: Iterator[Truth], image_size: tuple[int, int], folder: Path) -> None:
    shapes = _shapes(image_size)
    names: list[str] = []
    with ExitStack() as stack:
        files = {name: stack.enter_context((folder / f"{name}.bin").open("wb")) for name in shapes}
        for truth in track(truths, "Preparing synthetic photos", console=Console(stderr=True)):
            rows = prepare(truth, image_size)
            if np.abs(rows["cameras"][3:]).max() > 1.0:
                continue
            for name, (kind, shape) in shapes.items():
                files[name].write(rows[name].astype(kind).reshape(shape).tobytes())
            names.append(truth.name)
    text = json.dumps({"version": VERSION, "image_size": list(image_size), "names": names}, indent=1)
    (folder / MANIFEST).write_text(text + "\n", encoding="utf-8")


def prepare(truth: Truth, image_size: tuple[int, int]) -> dict[str, npt.NDArray[np.generic]]:
    """A row of each array of `SyntheticPhotos`.

    Raises:
        InputError: the photo has another aspect than the pictures.
    """
    height, width = image_size
    tall, wide = truth.mask.shape
    if tall * width != wide * height:
        raise InputError(
            f"The synthetic photo {truth.name} is {tall}x{wide}, but the model's pictures are {height}x{width}, "
            "which is another aspect: cut to it, its camera would be none.",
            f"Synthesize photos with --size {2 * height} {2 * width}.",
        )
    across, rows = (width, height), 2 * width
    colours = cv2.resize(truth.photo, across, interpolation=cv2.INTER_AREA)
    inside = cv2.resize(truth.mask, across, interpolation=cv2.INTER_AREA) > 127
    painted = np.concatenate([truth.texture, truth.visible[..., None]], axis=2)
    middle = truth.template[:VERTICES].mean(axis=0)
    camera = seen_from_centre(truth.camera, middle)
    return {
        "pictures": np.concatenate([colours, np.where(inside, 255, 0)[..., None]], axis=2),
        "textures": cv2.resize(painted, (rows, height), interpolation=cv2.INTER_AREA),
        "vertices": truth.template[:VERTICES] - middle,
        "cameras": torch.cat([torch.stack([camera.azimuth, camera.elevation, camera.distance], 1), camera.offset], 1)
        .numpy()
        .ravel(),
        "lights": truth.light,
    }


def seen_from_centre(camera: Camera, middle: npt.NDArray[np.floating]) -> Camera:
    """The same view when the world is moved so that `middle` becomes the origin, which models centre shapes at.

    The eye moves along, and the point looked at is where the line of sight meets the plane z = 0 now.

    Args:
        camera: one camera (B = 1).
        middle: (3,), template units.
    """
    eye = camera.eye()[0].double() - torch.from_numpy(np.asarray(middle, np.float64))
    forward = -camera.rotation()[0, 2].double()
    reach = -eye[2] / forward[2].where(forward[2].abs() > 1e-6, torch.tensor(1e-6, dtype=torch.float64))
    x, y, z = eye.tolist()
    target = (eye + reach * forward).tolist()
    return Camera.single(
        float(np.rad2deg(np.arctan2(x, z))),
        float(np.rad2deg(np.arctan2(y, np.hypot(x, z)))),
        float(np.linalg.norm([x, y, z])),
        (target[0], target[1]),
    )


def _read(place: Path) -> SyntheticPhotos:
    manifest = json.loads((place / MANIFEST).read_text(encoding="utf-8"))
    count = len(manifest["names"])
    if not count:
        raise InputError("None of the synthetic photos can be used.", "Synthesize them with --cameras frontal.")
    height, width = manifest["image_size"]
    arrays = {
        name: np.memmap(place / f"{name}.bin", kind, "r", shape=(count, *shape))
        for name, (kind, shape) in _shapes((height, width)).items()
    }
    return SyntheticPhotos(**arrays)
