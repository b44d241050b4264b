"""How the segmenter learns: cross-entropy and soft overlap, on pictures that grow over the run."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core.masking.network import MaskNetwork
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.processes import average_gradients


@runtime_checkable
class WholePhotos(Protocol):
    """Photos that have not all the same shape."""

    def __len__(self) -> int: ...

    def group(self, index: int) -> str:
        """What a photo counts among in the figures, e.g. its data set's name."""
        ...

    def whole(self, index: int) -> tuple[Float[Tensor, "1 3 H W"], Float[Tensor, "1 1 H W"]]:
        """A whole photo as the network is shown it in use, and its mask."""
        ...


@dataclass(frozen=True)
class MaskTraining:
    """Numbers of the training."""

    learning_rate: float = 2e-3
    """Of AdamW at its highest."""
    weight_decay: float = 0.02
    overlap: float = 1.0
    """Weight of the soft overlap beside the cross-entropy."""
    sizes: tuple[tuple[float, float], ...] = ((0.0, 0.75), (0.6, 1.0))
    """From which share of the run on pictures are shown at which share of their size. What a person looks like is
    learnt as well, and nearly twice as fast, from smaller pictures."""


class MaskTask:
    """What the trainer's loop runs.

    Args:
        network: to be trained.
        settings: numbers.
    """

    def __init__(self, network: MaskNetwork, settings: MaskTraining | None = None) -> None:
        self.network, self.settings = network, settings or MaskTraining()
        self.modules: dict[str, nn.Module] = {"model": network}
        rate = self.settings.learning_rate
        group = {"params": list(network.parameters()), "lr": rate, "base_lr": rate}
        self.optimizers: dict[str, torch.optim.Adam] = {
            "model": torch.optim.AdamW([group], weight_decay=self.settings.weight_decay)
        }

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        """One update."""
        photo, mask = (self._sized(values, moment.progress) for values in (batch.photo, batch.mask))
        with fabric.autocast():
            score = self.network(photo.contiguous(memory_format=torch.channels_last))
        entropy = nn.functional.binary_cross_entropy_with_logits(score.float(), mask)
        overlap = missing_overlap(score.float().sigmoid(), mask)
        self.optimizers["model"].zero_grad()
        fabric.backward(entropy + self.settings.overlap * overlap)
        average_gradients(fabric, self.network)
        self.optimizers["model"].step()
        return {"cross_entropy": entropy.detach(), "overlap": overlap.detach()}

    def _sized(self, values: Float[Tensor, "B C H W"], progress: float) -> Float[Tensor, "B C h w"]:
        """Pictures or masks as large as this share of the run wants them."""
        share = [size for begin, size in self.settings.sizes if begin <= progress][-1]
        if share == 1.0:
            return values
        size = [round(side * share) for side in values.shape[2:]]
        return nn.functional.interpolate(values, size, mode="bilinear", antialias=True)

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """Nothing happens between epochs."""
        return {}

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """Mean IoU at the network's resolution of each group, and the mean of these, which is the score."""
        assert isinstance(source, WholePhotos)
        device = next(model.parameters()).device
        found: dict[str, list[float]] = {}
        for index in range(len(source)):
            photo, mask = source.whole(index)
            there, right = model(photo.to(device)).cpu() > 0, mask > 0.5
            overlap = float((there & right).sum()) / max(float((there | right).sum()), 1.0)
            found.setdefault(source.group(index), []).append(overlap)
        means = {group: sum(values) / len(values) for group, values in sorted(found.items())}
        return {**{f"iou_{group}": mean for group, mean in means.items()}, "score": sum(means.values()) / len(means)}

    def picture(self, model: nn.Module, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
        """Photos, and below them the same with what was found to be background in grey."""
        with torch.no_grad():
            found = model(batch.photo).sigmoid()
        return torch.cat([torch.cat(list(v), dim=2) for v in (batch.photo, cut_out(batch.photo, found))], dim=1)


def cut_out(photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B 3 H W"]:
    """Photos with their background in grey."""
    return photo * mask + 0.5 * (1.0 - mask)


def missing_overlap(found: Float[Tensor, "B 1 H W"], right: Float[Tensor, "B 1 H W"]) -> Float[Tensor, ""]:
    """1 - IoU of soft masks, mean over the photos: 0 where both agree and are 0 or 1; 0, too, where both are empty."""
    both = (found * right).sum(dim=(1, 2, 3))
    either = (found + right - found * right).sum(dim=(1, 2, 3))
    return (1.0 - (both + 1.0) / (either + 1.0)).mean()
