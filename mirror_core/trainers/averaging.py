"""Averages of a model's weights over the end of a run: steadier than the weights of any single step."""

import copy
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor, nn

from mirror_core.trainers.photos import PhotoSource

REFRESH_BATCH = 32
BATCH_NORMS = (nn.BatchNorm1d, nn.BatchNorm2d, nn.SyncBatchNorm)


@dataclass(frozen=True)
class Averaging:
    """Which average."""

    kind: Literal["none", "swa", "ema"] = "swa"
    """swa: the plain mean of the weights after each epoch, which is what the release does; ema: an exponential moving
    average, which is what the supplement says."""
    start: float = 5 / 6
    """Progress of the run at which it begins (release: the last 100 of 600 epochs)."""
    decay: float = 0.9
    """Of the exponential average, an epoch."""


class AveragedWeights:
    """The running average of one network's parameters; its buffers, such as a prototype, are the latest."""

    def __init__(self, settings: Averaging) -> None:
        self.settings = settings
        self.count = 0
        self.mean: dict[str, Tensor] = {}

    def after_epoch(self, network: nn.Module, progress: float) -> None:
        """Take the present weights in, if it is time."""
        if self.settings.kind == "none" or progress < self.settings.start:
            return
        share = 1.0 / (self.count + 1) if self.settings.kind == "swa" or not self.count else 1.0 - self.settings.decay
        for name, parameter in network.named_parameters():
            now = parameter.detach()
            self.mean[name] = torch.lerp(self.mean[name], now, share) if self.count else now.clone()
        self.count += 1

    def network(self, network: nn.Module, source: PhotoSource, device: torch.device) -> nn.Module:
        """A copy of the network with the averaged weights and batch-norm figures measured anew, in evaluation mode.

        Args:
            network: for the buffers and everything else.
            source: training photos, which the batch-norm figures are measured on.
            device: of the network.
        """
        averaged = copy.deepcopy(network)
        averaged.load_state_dict(self.mean, strict=False)
        refresh_batch_norm(averaged, source, device)
        return averaged.eval()


@torch.no_grad()
def refresh_batch_norm(network: nn.Module, source: PhotoSource, device: torch.device) -> None:
    """Replace running means and variances by their plain average over one pass; nothing to do without batch norm."""
    norms = [layer for layer in network.modules() if isinstance(layer, BATCH_NORMS)]
    if not norms:
        return
    momenta = [layer.momentum for layer in norms]
    for layer in norms:
        layer.reset_running_stats()
        layer.momentum = None  # torch's way to ask for the plain average
    network.train()
    for index in torch.arange(len(source)).split(REFRESH_BATCH):
        if len(index) > 1:
            batch = source.batch(index).to(device)
            network(batch.photo, batch.mask)
    for layer, momentum in zip(norms, momenta, strict=True):
        layer.momentum = momentum
