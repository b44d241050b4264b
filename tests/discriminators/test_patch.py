"""PatchGAN."""

import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.discriminators import PATCH_LITE, PATCH_PAPER, PatchConfig, PatchDiscriminator


def test_the_default_is_isolas_for_patches_of_70_pixels():
    network = PatchDiscriminator(PATCH_PAPER).eval()
    assert sum(parameter.numel() for parameter in network.parameters()) == 2_764_737
    convolutions = [layer for layer in network.network if isinstance(layer, torch.nn.Conv2d)]
    assert [layer.stride[0] for layer in convolutions] == [2, 2, 2, 1, 1]
    reach, step = 1, 1
    for layer in convolutions:
        reach, step = reach + 3 * step, step * layer.stride[0]
    assert reach == 70
    with torch.no_grad():
        assert network(torch.rand(1, 3, 256, 256)).shape == (1, 30, 30)


def test_three_of_its_layers_are_normalised_by_each_picture():
    network = PatchDiscriminator(PATCH_LITE)
    assert sum(isinstance(layer, torch.nn.InstanceNorm2d) for layer in network.network) == 3
    pictures = torch.rand(3, 3, 64, 64)
    assert_close(network(pictures)[1:2], network(pictures[1:2]))


def test_weights_begin_small():
    weights = torch.cat(
        [p.flatten() for name, p in PatchDiscriminator(PATCH_LITE).named_parameters() if "weight" in name]
    )
    assert weights.std().item() == pytest.approx(0.02, rel=0.05)


def test_it_tells_stripes_from_noise_after_a_few_steps():
    network = PatchDiscriminator(PatchConfig((8, 8, 8)))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2, betas=(0.0, 0.9))
    stripes = (torch.arange(48) % 8 < 4).float().expand(2, 3, 48, 48)
    noise = torch.rand(2, 3, 48, 48)
    for _ in range(40):
        loss = (network(stripes) - 1).square().mean() + network(noise).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert network(stripes).mean() > network(noise).mean() + 0.3
