"""ConvMesh's discriminators on the sphere."""

from dataclasses import replace

import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.discriminators import UV_LITE, UV_PAPER, UVDiscriminator, UVDiscriminatorConfig, mask_texture
from mirror_core.discriminators.uv import SphereDiscriminator, add_place
from mirror_core.errors import InputError

TINY = UVDiscriminatorConfig(
    texture=64, full=((4, 4, 2), (8, 4, 2)), mesh=((4, 5, 1), (8, 4, 2)), coarse=((4, 5, 1), (8, 4, 2))
)


def parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_paper_has_the_published_numbers_of_parameters():
    """2.88 M and 0.73 M, with 200 classes."""
    network = UVDiscriminator(replace(UV_PAPER, classes=200))
    assert parameters(network.full) == 2_876_865
    assert parameters(network.mesh) == 731_009


def test_paper_scores_32_16_and_8_patches_a_side():
    network = UVDiscriminator(UV_PAPER).eval()
    with torch.no_grad():
        full, mesh, coarse = network(torch.zeros(1, 4, 512, 512), torch.zeros(1, 3, 32, 32))
    assert full[0].shape == full[1].shape == (1, 32, 32)
    assert mesh[0].shape == mesh[1].shape == (1, 8, 8)
    assert coarse[0].shape == coarse[1].shape == (1, 16, 16)


def test_lite_has_two_small_ones():
    network = UVDiscriminator(UV_LITE).eval()
    assert parameters(network) < 0.25e6
    assert len(network(torch.zeros(1, 4, 128, 128), torch.zeros(1, 3, 64, 64))) == 2


def test_hidden_texels_are_shown_as_mid_grey():
    texture, visible = torch.rand(1, 3, 8, 8), torch.zeros(1, 1, 8, 8)
    visible[..., :4] = 1.0
    shown = mask_texture(texture, visible)
    assert_close(shown[:, :3, :, :4], 2 * texture[..., :4] - 1)
    assert not shown[:, :3, :, 4:].any()
    assert torch.equal(shown[:, 3:], visible)


def test_what_is_hidden_does_not_matter():
    network, deformation = UVDiscriminator(TINY).eval(), torch.rand(1, 3, 32, 32)
    visible = (torch.rand(1, 1, 64, 64) > 0.5).float()
    first, second = (
        network(mask_texture(torch.where(visible > 0, 0.3, torch.rand(1, 3, 64, 64)), visible), deformation)
        for _ in range(2)
    )
    for one, other in zip(first, second, strict=True):
        assert_close(one[0], other[0])


def test_each_patch_says_how_much_of_it_is_visible():
    visible = torch.zeros(1, 1, 64, 64)
    visible[..., :24, :] = 1.0
    scores = UVDiscriminator(TINY).eval()(mask_texture(torch.rand(1, 3, 64, 64), visible), torch.zeros(1, 3, 32, 32))
    for (_, seen), rows in zip(scores, (16, 16, 8), strict=True):
        expected = torch.zeros(rows, rows)
        expected[: rows * 3 // 8] = 1.0
        assert_close(seen[0], expected)


def test_the_deformation_is_seen_by_one_of_them_alone():
    network, texture = UVDiscriminator(TINY).eval(), torch.rand(1, 4, 64, 64)
    flat, bumpy = network(texture, torch.zeros(1, 3, 32, 32)), network(texture, torch.rand(1, 3, 32, 32))
    changed = [not torch.equal(one[0], other[0]) for one, other in zip(flat, bumpy, strict=True)]
    assert changed == [False, True, False]


def test_it_knows_where_a_texel_lies_and_goes_around_in_u():
    """The same place in longitude and latitude: half a turn is another place, a whole turn is the same."""
    places = add_place(torch.zeros(1, 0, 4, 8))[0]
    assert_close(places[:2].square().sum(dim=0), torch.ones(4, 8))
    assert_close(places[2:].square().sum(dim=0), torch.ones(4, 8))
    assert_close(places[:2, :, 0], -places[:2, :, 4])
    step = (places[:2] - places[:2].roll(1, dims=2)).norm(dim=0)
    assert_close(step, step[:, :1].expand(-1, 8))
    assert (places[2, :2] > 0).all(), "the sine of the latitude is positive in the north"


def test_labels_are_told_by_projection():
    network = SphereDiscriminator(4, ((4, 4, 2),), classes=3).eval()
    maps = torch.rand(1, 4, 8, 8)
    scores = torch.cat([network(maps, torch.tensor([k])) for k in range(3)])
    assert not torch.allclose(scores[0], scores[1])
    with pytest.raises(InputError, match="needs a label"):
        network(maps)


def test_every_weight_has_a_singular_value_of_one():
    network = UVDiscriminator(replace(TINY, classes=3))
    for _ in range(30):
        network(torch.rand(2, 4, 64, 64), torch.rand(2, 3, 32, 32), torch.tensor([0, 1]))
    network.eval()
    layers = [layer for layer in network.modules() if isinstance(layer, torch.nn.Conv2d | torch.nn.Embedding)]
    assert len(layers) == 3 * 4
    for layer in layers:
        largest = torch.linalg.matrix_norm(layer.weight.detach().flatten(1), ord=2)
        assert largest.item() == pytest.approx(1.0, abs=0.02)


def test_it_tells_bright_from_dark_after_a_few_steps():
    network, deformation = UVDiscriminator(TINY), torch.zeros(4, 3, 32, 32)
    optimizer = torch.optim.Adam(network.parameters(), lr=4e-3, betas=(0.0, 0.9))
    bright, dark = (
        mask_texture(level + 0.4 * torch.rand(4, 3, 64, 64), torch.ones(4, 1, 64, 64)) for level in (0.6, 0.0)
    )
    for _ in range(25):
        real, fake = network(bright, deformation), network(dark, deformation)
        loss = sum((score - 1).square().mean() for score, _ in real) + sum(score.square().mean() for score, _ in fake)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for (real, _), (fake, _) in zip(network(bright, deformation), network(dark, deformation), strict=True):
        assert real.mean() > fake.mean() + 0.3


def test_maps_of_other_sizes_are_refused():
    network = UVDiscriminator(TINY)
    with pytest.raises(InputError, match=r"texture must have shape \(B, 4, 64, 64\)"):
        network(torch.zeros(1, 4, 32, 32), torch.zeros(1, 3, 32, 32))
    with pytest.raises(InputError, match=r"deformation must have shape \(1, 3, 32, 32\)"):
        network(torch.zeros(1, 4, 64, 64), torch.zeros(1, 3, 16, 16))
    with pytest.raises(InputError, match="texture must be a multiple of map"):
        UVDiscriminatorConfig(texture=100)
