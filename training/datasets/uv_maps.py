"""Maps of shape and texture to train ConvMesh with: the truth of synthetic objects, and pseudo truth of photos."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.generators import ConvMeshConfig
from mirror_core.mesh import make_template
from mirror_core.rendering.shading import SH_FACTORS
from mirror_core.trainers.convmesh.batch import UvBatch, UvTruth, mirror_maps
from training.datasets.camera_rows import camera_of, joined_rows
from training.datasets.shape_maps import map_axes, maps_of
from training.datasets.synthetic import VERTICES, SyntheticPhotos
from training.datasets.uv_codes import CodeSettings, place_codes

SMALL = 32
"""Texels a side of the textures that codes are made from."""

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class UvObjects:
    """Objects, and photos of them.

    Attributes:
        vertices: (N, 642, 3), centred.
        textures: (N, T, T, 4): sRGB, then 255 where the texel is known.
        pictures: (P, H, W, 4): RGB, then the mask.
        cameras: (P, 5): azimuth, elevation, distance, offset x and y; or (P, 7), without perspective: scale, shift x
            and y, quaternion. See `camera_rows`.
        owner: (P,), the object in each photo.
        labels: (N,), of its class; all 0 where the data tell no classes.
    """

    vertices: Floats
    textures: Bytes
    pictures: Bytes
    cameras: Floats
    owner: npt.NDArray[np.int64]
    labels: npt.NDArray[np.int64]

    @staticmethod
    def joined(parts: Sequence["UvObjects"]) -> "UvObjects":
        """All of several collections, in their order."""
        first = np.cumsum([0, *(len(part.vertices) for part in parts)])
        owner = np.concatenate([part.owner + start for part, start in zip(parts, first[:-1], strict=True)])
        names = ("vertices", "textures", "pictures", "labels")
        together = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
        return UvObjects(**together, cameras=joined_rows([part.cameras for part in parts]), owner=owner)

    def select(self, photos: npt.NDArray[np.integer]) -> "UvObjects":
        """These photos, and the objects in them."""
        objects, owner = np.unique(self.owner[photos], return_inverse=True)
        return UvObjects(
            self.vertices[objects],
            self.textures[objects],
            self.pictures[photos],
            self.cameras[photos],
            owner,
            self.labels[objects],
        )


def from_synthetic(photos: SyntheticPhotos, texture: int, each: int = 2) -> UvObjects:
    """The objects of synthetic photos, complete; successive photos of the same vertices show the same object.

    A texture is taken under its own mean light, the mean over its photos: only that product is in a photo.

    Args:
        photos: with their truth.
        texture: texels a side.
        each: photos of an object that are kept, at most.
    """
    vertices = np.asarray(photos.vertices)
    new = np.concatenate([[True], np.abs(np.diff(vertices, axis=0)).max(axis=(1, 2)) > 1e-5])
    first, owner = np.flatnonzero(new), np.cumsum(new) - 1
    level = np.asarray(photos.lights)[:, 0] * SH_FACTORS[0]
    light = np.bincount(owner, level) / np.bincount(owner)
    textures = np.empty((len(first), texture, texture, 4), np.uint8)
    for row, number in enumerate(first):
        colours = np.asarray(photos.textures[number, ..., :3]).astype(np.float32) * light[row]
        textures[row, ..., :3] = cv2.resize(colours, (texture, texture), interpolation=cv2.INTER_AREA).clip(0, 255)
    textures[..., 3] = 255
    kept = np.flatnonzero(np.arange(len(owner)) - first[owner] < each)
    pictures, cameras = np.asarray(photos.pictures[kept]), np.asarray(photos.cameras)[kept]
    return UvObjects(vertices[first], textures, pictures, cameras, owner[kept], np.zeros(len(first), np.int64))


@dataclass(frozen=True)
class UvMaps:
    """A source of batches; implements `mirror_core.trainers.photos.PhotoSource`.

    Attributes:
        objects: and their photos.
        maps: (N, 3, h, w), deformation.
        axes: of the maps; see `map_axes`.
        codes: (2, N, Z), of the objects and of their mirror images; none: they have none.
        classes: whether batches tell labels.
    """

    objects: UvObjects
    maps: Float[Tensor, "N 3 h w"]
    axes: str
    codes: Float[Tensor, "2 N Z"] | None = None
    classes: bool = False

    @staticmethod
    def of(
        objects: UvObjects,
        config: ConvMeshConfig,
        placing: CodeSettings | None = None,
        own: Float[Tensor, "N 3 h w"] | None = None,
    ) -> "UvMaps":
        """Prepare objects for a generator.

        Args:
            objects: textures of the generator's size.
            config: of the generator.
            placing: give each object a code; none: do not.
            own: maps that the objects were made from; none: they are found from the vertices.
        """
        maps = maps_of(torch.from_numpy(objects.vertices), config) if own is None else own
        source = UvMaps(objects, maps, map_axes(config), classes=bool(config.classes))
        if placing is None:
            return source
        both = [source._flat(mirrored) for mirrored in (False, True)]
        shapes, textures, visible = (np.concatenate([one[part], two[part]]) for one, two in [both] for part in range(3))
        placed = place_codes(shapes, textures, visible, config.code, placing)
        return replace(source, codes=torch.from_numpy(placed).reshape(2, len(maps), config.code))

    def divided(self, held_out: int) -> tuple["UvMaps", "UvMaps"]:
        """Photos to learn from and so many others, drawn evenly from all; no object is on both sides."""
        step = max(len(self) // max(held_out, 1), 2)
        aside = np.isin(self.objects.owner, self.objects.owner[step // 2 :: step])
        first = np.unique(self.objects.owner[aside], return_index=True)[1]
        return self._only(np.flatnonzero(~aside)), self._only(np.flatnonzero(aside)[first])

    def _only(self, photos: npt.NDArray[np.integer]) -> "UvMaps":
        """A source of these photos and the objects in them."""
        owners = torch.from_numpy(np.unique(self.objects.owner[photos]))
        codes = None if self.codes is None else self.codes[:, owners]
        return replace(self, objects=self.objects.select(photos), maps=self.maps[owners], codes=codes)

    def _flat(self, mirrored: bool) -> tuple[Floats, Floats, Floats]:
        """Vertices, small textures and what is known of them."""
        vertices = self.objects.vertices
        small = np.stack(
            [cv2.resize(one, (SMALL, SMALL), interpolation=cv2.INTER_AREA) for one in self.objects.textures]
        )
        if mirrored:
            vertices = vertices[:, make_template(VERTICES).left_right.numpy()] * np.array([-1, 1, 1], np.float32)
            small = small[:, :, ::-1]
        known = np.repeat(small[..., 3:] == 255, 3, axis=3)
        values = (small[..., :3] / np.float32(255)).astype(np.float32)
        count = len(vertices)
        return vertices.reshape(count, -1), values.reshape(count, -1), known.astype(np.float32).reshape(count, -1)

    @property
    def image_size(self) -> tuple[int, int]:
        """Height and width."""
        return self.objects.pictures.shape[1], self.objects.pictures.shape[2]

    @property
    def mean_map(self) -> Float[Tensor, "3 h w"]:
        """Of all objects and their mirror images."""
        mean = self.maps.mean(dim=0, keepdim=True)
        return ((mean + mirror_maps(mean, self.axes)) / 2)[0]

    def __len__(self) -> int:
        return len(self.objects.owner)

    def batch(
        self, index: Int[Tensor, " B"], generator: torch.Generator | None = None, rows: slice | None = None
    ) -> UvBatch:
        """Some photos with their maps; with a generator half of the maps are mirrored, the photos never (ConvMesh)."""
        flips = torch.zeros(len(index), dtype=torch.bool)
        if generator is not None:
            flips = torch.rand(len(index), generator=generator) < 0.5
        rows = rows or slice(None)
        index, flips = index[rows], flips[rows]
        owner = torch.from_numpy(self.objects.owner)[index]
        picture = _bytes(self.objects.pictures[index.numpy()])
        texture = _bytes(self.objects.textures[owner.numpy()])
        texture = torch.where(flips[:, None, None, None], texture.flip(3), texture)
        maps = self.maps[owner]
        maps = torch.where(flips[:, None, None, None], mirror_maps(maps, self.axes), maps)
        vertices = torch.from_numpy(self.objects.vertices[owner.numpy()])
        aside = vertices[:, make_template(VERTICES).left_right] * torch.tensor([-1.0, 1.0, 1.0])
        truth = UvTruth(
            maps,
            texture[:, :3].contiguous(),
            texture[:, 3:].contiguous(),
            torch.where(flips[:, None, None], aside, vertices),
            camera_of(torch.from_numpy(self.objects.cameras[index.numpy()])),
            None if self.codes is None else self.codes[flips.long(), owner],
            torch.from_numpy(self.objects.labels)[owner] if self.classes else None,
        )
        return UvBatch(picture[:, :3].contiguous(), picture[:, 3:].contiguous(), index, maps=truth)


def _bytes(values: Bytes) -> Float[Tensor, "B C H W"]:
    return torch.from_numpy(np.ascontiguousarray(values)).permute(0, 3, 1, 2).float() / 255.0
