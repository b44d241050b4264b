"""Camera and shape learn from synthetic truth alone, before anything is drawn. Ours, not the paper's."""

import math

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core.encoders import MagicMirror
from mirror_core.trainers.magic_mirror.task import CHUNK, MagicMirrorTask
from mirror_core.trainers.magic_mirror.truth import direction_loss, frontal_loss, place_loss, real_photos
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource


class GeometryTask(MagicMirrorTask):
    """A step without a renderer, a critic, a texture: several times as many photos a second.

    Photos without a truth teach at most that they are seen from before (`TruthWeights.frontal`).
    """

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        """One update of two encoders; the weighted terms by name."""
        truth, weights = batch.truth, self.settings.objective.truth
        assert truth is not None, "the photos are all real"
        with fabric.autocast():
            camera, direction, vertices = self.model.geometry(batch.photo, batch.mask)
        rows = truth.rows
        terms = {
            # Not the azimuth itself: its slope is as steep as the vector is short, and it begins as nothing.
            "true_direction": weights.camera * direction_loss(direction[rows].float(), truth.camera),
            "true_camera": weights.camera * place_loss(camera.select(rows), truth.camera),
            "true_vertices": weights.vertices * (vertices[rows].float() - truth.vertices).abs().mean(),
            "frontal": weights.frontal * frontal_loss(direction.float(), real_photos(direction, truth)),
        }
        self._update(("model",), torch.stack(list(terms.values())).sum(), fabric)
        return {name: value.detach() for name, value in terms.items()}

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """The prototype stays the mean of the true shapes."""
        return {}

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """Mean errors of photos with a truth; the score is what the weighted ones lack."""
        assert isinstance(model, MagicMirror)
        weights, errors = self.settings.objective.truth, list[Tensor]()
        for index in torch.arange(len(source)).split(CHUNK):
            batch = self._on_device(source.batch(index))
            assert batch.truth is not None, "only photos with a truth can be measured"
            camera, direction, vertices = model.geometry(batch.photo, batch.mask)
            away = torch.rad2deg(torch.atan2(direction[:, 1], direction[:, 0])) - batch.truth.camera.azimuth
            azimuth = ((away + 180.0) % 360.0 - 180.0).abs().mean()
            place = place_loss(camera, batch.truth.camera)
            shape = (vertices - batch.truth.vertices).abs().mean()
            errors.append(len(index) * torch.stack([azimuth, place, shape]))
        azimuth, place, shape = (float(value) / len(source) for value in torch.stack(errors).sum(dim=0))
        missing = weights.camera * (math.radians(azimuth) + place) + weights.vertices * shape
        return {"azimuth": azimuth, "place": place, "vertices": shape, "score": -missing}
