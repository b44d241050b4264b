"""What a trained model says of photos, and pictures of it at any size."""

import dataclasses
from collections.abc import Sequence

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Attributes, Camera
from mirror_core.encoders import MagicMirror
from mirror_core.rendering import RasterSettings, Renderer
from mirror_core.trainers.photos import PhotoBatch, PhotoSource

Picture = npt.NDArray[np.uint8]
BATCH = 16


@torch.no_grad()
def explain(model: MagicMirror, photos: PhotoSource, index: Sequence[int]) -> tuple[PhotoBatch, Attributes]:
    """Some photos, and what the model makes of them, without a background."""
    batch = photos.batch(torch.tensor(list(index)))
    found = [
        model(batch.photo[start : start + BATCH], batch.mask[start : start + BATCH])
        for start in range(0, len(index), BATCH)
    ]
    return batch, join([dataclasses.replace(part, background=None) for part in found])


def join(parts: Sequence[Attributes]) -> Attributes:
    """Several batches as one; backgrounds are left out."""
    camera = Camera(
        *(torch.cat([getattr(part.camera, field.name) for part in parts]) for field in dataclasses.fields(Camera))
    )
    rest = (torch.cat([getattr(part, name) for part in parts]) for name in ("vertices", "offsets", "texture", "light"))
    return Attributes(camera, *rest)


def seen_from(attributes: Attributes, **camera: Tensor) -> Attributes:
    """The same objects before other cameras: `camera` has the fields to change, one value or one for each."""
    before = attributes.camera
    changes = {name: value.to(before.azimuth).expand_as(getattr(before, name)) for name, value in camera.items()}
    return dataclasses.replace(attributes, camera=dataclasses.replace(before, **changes))


@torch.no_grad()
def render(model: MagicMirror, attributes: Attributes, height: int) -> tuple[Tensor, Tensor]:
    """Colours (B, 3, H, W) before black and coverage (B, 1, H, W), of the model's aspect, with smooth edges.

    Drawn twice as large and averaged, with normals between vertices interpolated and with the light that was found.
    """
    size = picture_size(model, height)
    renderer = Renderer(
        image_size=(2 * size[0], 2 * size[1]),
        settings=RasterSettings(perspective_correct=True, cull_by_view=True),
        smooth_normals=True,
    )
    image = renderer(attributes.vertices, model.template, attributes.camera, attributes.texture, attributes.light)
    assert image.rgb is not None, "a texture was given"
    colours = image.rgb.clamp(0.0, 1.0) * image.mask
    return torch.nn.functional.avg_pool2d(colours, 2), torch.nn.functional.avg_pool2d(image.mask, 2)


def picture_size(model: MagicMirror, height: int) -> tuple[int, int]:
    """Height and width of pictures of the model's aspect."""
    rows, columns = model.config.image_size
    return height, round(height * columns / rows)


def on_white(model: MagicMirror, attributes: Attributes, height: int) -> list[Picture]:
    """A picture of each object on white."""
    colours, coverage = render(model, attributes, height)
    return to_pictures(colours + 1.0 - coverage)


def photo_pictures(batch: PhotoBatch, height: int) -> list[Picture]:
    """The photos, background and all, enlarged or reduced to a height."""
    rows, columns = batch.photo.shape[2:]
    size = (round(height * columns / rows), height)
    way = cv2.INTER_AREA if height < rows else cv2.INTER_CUBIC
    return [np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8) for picture in to_pictures(batch.photo)]


def to_pictures(values: Float[Tensor, "B 3 H W"]) -> list[Picture]:
    """8 bits a channel."""
    return list((values.clamp(0.0, 1.0) * 255.0).round().to(torch.uint8).permute(0, 2, 3, 1).numpy())
