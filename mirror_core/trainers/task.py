"""What a method has to say to be trained; the loop does the rest."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource


@runtime_checkable
class Trainable(Protocol):
    """A model that can be written to a folder."""

    def save_pretrained(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write the model as users load it."""
        ...


@runtime_checkable
class Task(Protocol):
    """One method: its networks and its step. The loop knows epochs, files and processes."""

    modules: dict[str, nn.Module]
    """Everything a checkpoint holds; "model" is what is averaged, validated and, being `Trainable`, exported."""
    optimizers: dict[str, torch.optim.Adam]
    """Each group of parameters carries its "base_lr", which the schedule multiplies."""

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> Mapping[str, Tensor]:
        """One update of everything; named scalars to look at."""
        ...

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """What happens between epochs; `moment` is that of the epoch's last step."""
        ...

    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """Measures of a model in evaluation mode; "score" chooses the best, higher is better."""
        ...

    def picture(self, model: nn.Module, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
        """Something to look at."""
        ...
