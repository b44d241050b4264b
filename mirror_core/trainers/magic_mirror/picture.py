"""What a training run shows of itself."""

import dataclasses

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.encoders import MagicMirror
from mirror_core.rendering import Renderer
from mirror_core.trainers.magic_mirror.views import draw
from mirror_core.trainers.photos import PhotoBatch

TURNS = (0.0, 45.0, 90.0, 180.0)
"""Degrees from the found camera."""


def picture_grid(model: MagicMirror, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
    """A row for each photo: photo on white, then the model from the found camera and turned on."""
    found = model(batch.photo, batch.mask)
    renderer = Renderer(image_size=model.config.image_size)
    columns = [batch.photo * batch.mask + 1.0 - batch.mask]
    for turn in TURNS:
        camera = dataclasses.replace(found.camera, azimuth=found.camera.azimuth + turn)
        seen = draw(model, dataclasses.replace(found, camera=camera, background=None), renderer)
        columns.append(seen.rgb * seen.image.mask + 1.0 - seen.image.mask)
    rows = torch.cat(columns, dim=3)
    return torch.cat(list(rows), dim=1).cpu()
