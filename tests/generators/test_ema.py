"""The running average of a generator's weights."""

import pytest
import torch
from helpers.numerics import assert_close
from torch import nn

from mirror_core.generators import MovingAverage, average_decay


@pytest.mark.parametrize(
    ("epoch", "decay"), [(0, 0.999**100), (9, 0.999**100), (10, 0.999**10), (99, 0.999**10), (100, 0.999), (599, 0.999)]
)
def test_it_becomes_longer_as_published(epoch: int, decay: float):
    assert average_decay(epoch) == pytest.approx(decay)


def test_one_update_by_hand():
    network = nn.Linear(1, 1, bias=False)
    nn.init.constant_(network.weight, 2.0)
    average = MovingAverage(network)
    nn.init.constant_(network.weight, 4.0)
    average.update(network, 0.75)
    assert average.average.weight.item() == pytest.approx(0.75 * 2 + 0.25 * 4)
    assert network.weight.item() == 4.0


def test_what_batch_norm_measured_is_averaged_and_its_counter_is_the_latest():
    network = nn.BatchNorm1d(1)
    average = MovingAverage(network)
    network(torch.full((4, 1), 10.0))
    average.update(network, 0.5)
    state, now = average.state(), network.state_dict()
    assert_close(state["running_mean"], now["running_mean"] / 2)
    assert state["num_batches_tracked"] == now["num_batches_tracked"] == 1


def test_the_average_of_a_normalised_layer_still_has_a_singular_value_of_one():
    network = nn.utils.parametrizations.spectral_norm(nn.Linear(6, 5, bias=False))
    average = MovingAverage(network)
    for _ in range(100):
        with torch.no_grad():
            network.parametrizations.weight.original.add_(0.01 * torch.randn(5, 6))
        network(torch.zeros(1, 6))
        average.update(network, 0.9)
    assert torch.linalg.matrix_norm(average.average.weight, ord=2).item() == pytest.approx(1.0, abs=0.05)


def test_it_is_for_use_and_goes_on_from_its_state():
    network = nn.Linear(2, 2)
    average = MovingAverage(network)
    assert not average.average.training
    assert not any(parameter.requires_grad for parameter in average.average.parameters())
    nn.init.zeros_(network.weight)
    average.update(network, 0.5)
    again = MovingAverage(network)
    again.load(average.state())
    assert torch.equal(again.average.weight, average.average.weight)
