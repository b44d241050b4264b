"""Camera and shape learn from synthetic truth alone, before anything is drawn. Ours, not the paper's."""

import torch
from lightning.fabric import Fabric
from torch import Tensor

from mirror_core.trainers.magic_mirror.task import MagicMirrorTask
from mirror_core.trainers.magic_mirror.truth import direction_loss, frontal_loss, place_loss
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
        real = torch.ones(len(direction), dtype=torch.bool, device=direction.device).index_fill(0, rows, False)
        terms = {
            # Not the azimuth itself: its slope is as steep as the vector is short, and it begins as nothing.
            "true_direction": weights.camera * direction_loss(direction[rows].float(), truth.camera),
            "true_camera": weights.camera * place_loss(camera.select(rows), truth.camera),
            "true_vertices": weights.vertices * (vertices[rows].float() - truth.vertices).abs().mean(),
            "frontal": weights.frontal * frontal_loss(direction.float(), real),
        }
        self._update(("model",), torch.stack(list(terms.values())).sum(), fabric)
        return {name: value.detach() for name, value in terms.items()}

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """The prototype stays the mean of the true shapes."""
        return {}
