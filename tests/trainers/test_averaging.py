"""Averages of weights, by hand."""

import pytest
import torch
from helpers.tiny_mirror import Ellipsoids

from mirror_core.trainers.averaging import AveragedWeights, Averaging, refresh_batch_norm


class Network(torch.nn.Module):
    """One weight, one buffer, and a batch norm on the photo's red channel."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = torch.nn.Parameter(torch.zeros(1))
        self.register_buffer("prototype", torch.zeros(1))
        self.norm = torch.nn.BatchNorm2d(1)

    def forward(self, photo, mask):
        return self.norm(photo[:, :1]) * self.weight


def _after(kind: str, weights: list[float], **changes) -> AveragedWeights:
    network, average = Network(), AveragedWeights(Averaging(kind, start=0.5, **changes))
    for number, weight in enumerate(weights):
        with torch.no_grad():
            network.weight.fill_(weight)
        average.after_epoch(network, (number + 1) / len(weights))
    return average


def test_swa_is_the_plain_mean_of_the_last_epochs():
    assert _after("swa", [100.0, 1.0, 2.0, 6.0]).mean["weight"].item() == pytest.approx(3.0)


def test_ema_forgets_by_its_decay():
    average = _after("ema", [100.0, 1.0, 2.0, 6.0], decay=0.75)
    assert average.mean["weight"].item() == pytest.approx(0.75 * (0.75 * 1.0 + 0.25 * 2.0) + 0.25 * 6.0)


def test_none_averages_nothing():
    assert _after("none", [1.0, 2.0]).count == 0


def test_the_averaged_network_has_the_latest_buffers():
    average, latest = _after("swa", [1.0, 3.0, 5.0]), Network()
    latest.prototype.fill_(7.0)
    network = average.network(latest, Ellipsoids(4), torch.device("cpu"))
    assert network.weight.item() == pytest.approx(4.0)
    assert network.prototype.item() == 7.0
    assert not network.training


def test_refreshed_batch_norm_knows_the_photos_mean_and_variance():
    source, network = Ellipsoids(6), Network()
    refresh_batch_norm(network, source, torch.device("cpu"))
    red = source.photo[:, 0]
    assert network.norm.running_mean.item() == pytest.approx(red.mean().item(), abs=1e-5)
    assert network.norm.running_var.item() == pytest.approx(red.var().item(), rel=1e-4)
    assert network.norm.momentum == pytest.approx(0.1)
