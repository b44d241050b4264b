"""SMR's landmark term: the mesh's faces learn to lie on the same parts of all objects."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from mirror_core import losses
from mirror_core.attributes import Attributes
from mirror_core.discriminators import LandmarkClassifier
from mirror_core.encoders import MagicMirror
from mirror_core.features import GarmentNetwork, VggFeatures
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch


@dataclass(frozen=True)
class LandmarkSettings:
    """Numbers of the term."""

    weight: float = 0.001
    faces: int = 64
    """Faces of a step, chosen at random for the whole batch."""
    vgg: Path | None = None
    """torchvision's weights of VGG-19, whose layer relu3_1 SMR reads; none: the project's garment network, whose third
    level is coarser (1/8 of the picture) and knows clothes only."""
    upside_down: bool = False
    """Read at the vertical mirror image of each place, as the release does."""


class Landmarks:
    """The term and its classifier, which learns with the encoders.

    Args:
        settings: of the term.
        model: whose mesh has the faces.
    """

    def __init__(self, settings: LandmarkSettings, model: MagicMirror) -> None:
        self.settings = settings
        self.model = model
        self.describe, channels = _feature_map(settings)
        self.classifier = LandmarkClassifier(channels, len(model.template.faces))

    def loss(self, found: Attributes, batch: PhotoBatch, moment: Moment) -> Tensor:
        """How ill the photo, on white, tells which face is where."""
        every = self.model.template.faces
        chosen = torch.randperm(len(every), generator=moment.generator("landmarks"))[: self.settings.faces]
        faces = every[chosen].to(found.vertices.device)
        places, seen = losses.face_centres(found.vertices, faces, found.camera, self.model.config.image_size)
        with torch.no_grad():
            features = self.describe(batch.photo * batch.mask + 1.0 - batch.mask)
        numbers = chosen.to(faces.device)
        loss = losses.landmark_loss(features, places, seen, numbers, self.classifier, self.settings.upside_down)
        return self.settings.weight * loss


def _feature_map(settings: LandmarkSettings) -> tuple[Callable[[Tensor], Tensor], int]:
    """A network that does not learn, and how many channels its map has."""
    if settings.vgg is not None:
        vgg = VggFeatures(settings.vgg)
        return (lambda picture: vgg.to(picture.device)(picture)), 256
    garment = GarmentNetwork.from_pretrained().requires_grad_(False)
    return (lambda picture: garment.to(picture.device).feature_map(picture)), garment.config.widths[garment.MAP_LEVEL]
