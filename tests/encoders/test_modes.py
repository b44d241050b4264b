"""Deformations of the whole surface."""

import dataclasses

import torch
from helpers.tiny_mirror import tiny_config

from mirror_core.encoders import MagicMirror
from mirror_core.encoders.modes import SurfaceModes


def test_at_first_nothing_moves():
    assert SurfaceModes(8, 4, 10)(torch.rand(2, 8, 20, 12)).abs().max() < 1e-3


def test_what_moves_is_a_mixture_of_the_modes():
    modes = SurfaceModes(8, 2, 3)
    with torch.no_grad():
        modes.weigh[-1].bias.copy_(torch.tensor([2.0, -1.0]))
        modes.weigh[-1].weight.zero_()
        modes.shapes.copy_(torch.stack([torch.ones(3, 3), torch.arange(9.0).view(3, 3)]))
    expected = 2.0 - torch.arange(9.0).view(1, 3, 3)
    torch.testing.assert_close(modes(torch.rand(1, 8, 5, 3)), expected)


def test_they_can_begin_as_the_principal_components_of_examples():
    """Examples that stretch along one direction by a normal number: one mode, as long as its standard deviation."""
    direction = torch.zeros(5, 3)
    direction[2] = torch.tensor([0.0, 3.0, 4.0])
    amounts = torch.linspace(-1.0, 1.0, 41)
    modes = SurfaceModes(8, 2, 5)
    modes.begin_with(1.0 + amounts[:, None, None] * direction)
    length = 5.0 * float(amounts.std(correction=0))
    torch.testing.assert_close(modes.shapes[0].abs(), direction / 5.0 * length, rtol=1e-4, atol=1e-5)
    assert modes.shapes[1].abs().max() < 1e-4


def test_a_model_without_modes_has_none():
    config = tiny_config()
    with_modes = dataclasses.replace(config, shape=dataclasses.replace(config.shape, modes=4))
    assert not [name for name in MagicMirror(config).state_dict() if "modes" in name]
    assert MagicMirror(with_modes).shape.modes is not None
