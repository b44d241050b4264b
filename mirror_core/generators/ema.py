"""The running average of a generator's weights, which is what is used in the end (ConvMesh)."""

import copy

import torch
from torch import Tensor, nn


def average_decay(epoch: int, decay: float = 0.999) -> float:
    """ConvMesh's schedule: an average over few iterations at first, while the weights still move far.

    0.999^100 for the first 10 epochs, 0.999^10 until the 100th, 0.999 from then on.

    Args:
        epoch: counted from 0.
        decay: at the end, an iteration.
    """
    if epoch < 10:
        return decay**100
    return decay**10 if epoch < 100 else decay


class MovingAverage:
    """Exponential moving average of one network's parameters and of what batch norm measured; updated each iteration.

    Singular vectors of spectral normalisation, counters and other buffers are the latest.
    """

    def __init__(self, network: nn.Module) -> None:
        self.average = copy.deepcopy(network).eval().requires_grad_(False)

    @torch.no_grad()
    def update(self, network: nn.Module, decay: float) -> None:
        """Take the present weights in.

        Args:
            network: the one that learns.
            decay: what remains of the average, 0..1, e.g. `average_decay(epoch)`.
        """
        parameters = {name for name, _ in network.named_parameters()}
        now = network.state_dict()
        for name, value in self.average.state_dict().items():
            if name in parameters or name.endswith(("running_mean", "running_var")):
                value.lerp_(now[name], 1.0 - decay)
            else:
                value.copy_(now[name])

    def state(self) -> dict[str, Tensor]:
        """The averaged weights, to go on later."""
        return self.average.state_dict()

    def load(self, state: dict[str, Tensor]) -> None:
        """Go on with these."""
        self.average.load_state_dict(state)
