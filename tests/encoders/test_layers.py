"""The pieces encoders are made of."""

import pytest
import torch

from mirror_core.encoders.layers import AddCoordinates, HalvingBlock, MixedPool, frozen, start_small


def test_mixed_pooling_starts_half_way_between_maximum_and_mean():
    features = torch.tensor([[[[0.0, 1.0], [2.0, 5.0]]]])
    assert MixedPool()(features).item() == pytest.approx((5.0 + 2.0) / 2)


def test_mixed_pooling_can_learn_to_be_the_maximum():
    pool = MixedPool()
    with torch.no_grad():
        pool.balance.fill_(50.0)
    assert pool(torch.tensor([[[[0.0, 1.0], [2.0, 5.0]]]])).item() == pytest.approx(5.0)


def test_coordinates_run_from_minus_one_to_one_x_to_the_right_y_down():
    with_coordinates = AddCoordinates()(torch.zeros(1, 1, 3, 5))
    assert with_coordinates[0, 1, 0].tolist() == [-1.0, -0.5, 0.0, 0.5, 1.0]
    assert with_coordinates[0, 2, :, 0].tolist() == [-1.0, 0.0, 1.0]


def test_halving_doubles_the_channels_and_passes_the_mean_on():
    block = HalvingBlock(8, "group").eval()
    features = torch.rand(2, 8, 6, 4)
    halved = block(features)
    assert halved.shape == (2, 16, 3, 2)
    torch.testing.assert_close(halved[:, :8], torch.nn.functional.avg_pool2d(features, 2))


def test_a_last_layer_says_almost_nothing_at_first():
    layer = start_small(torch.nn.Linear(100, 10))
    assert layer(torch.ones(1, 100)).abs().max() < 1e-3


def test_a_frozen_network_gives_the_same_but_learns_nothing():
    network = torch.nn.Sequential(torch.nn.Conv2d(1, 2, 1), torch.nn.BatchNorm2d(2))
    picture = torch.rand(4, 1, 3, 3)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    with frozen(network):
        used = network(picture)
    assert not used.requires_grad
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name
    learnt = network(picture)
    assert learnt.requires_grad
    torch.testing.assert_close(used, learnt.detach())
    assert not torch.equal(network.state_dict()["1.running_mean"], before["1.running_mean"])
