"""What the generator is made of."""

import pytest
import torch
from helpers.numerics import assert_close
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.generators.blocks import (
    ConditionalBlock,
    ConditionalNorm,
    SphereConv,
    double,
    join_poles,
    mirror_half,
    pad_around,
)


def test_beside_a_map_lies_its_other_end():
    row = torch.tensor([[[[1.0, 2.0, 3.0, 4.0]]]])
    assert pad_around(row, 2, half=False).flatten().tolist() == [3, 4, 1, 2, 3, 4, 1, 2]


def test_beside_half_a_map_lies_its_mirror_image():
    row = torch.tensor([[[[1.0, 2.0, 3.0, 4.0]]]])
    assert pad_around(row, 2, half=True).flatten().tolist() == [2, 1, 1, 2, 3, 4, 4, 3]


@given(st.integers(1, 2), st.booleans(), st.integers(4, 7))
def test_its_gradient_is_the_sum_over_all_copies(reach: int, half: bool, width: int):
    features = torch.rand(1, 2, 2, width, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda maps: pad_around(maps, reach, half=half), (features,))


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_turning_the_map_turns_what_a_convolution_gives(kernel: int):
    layer, maps = SphereConv(2, 3, kernel, half=False).eval(), torch.rand(1, 2, 6, 8)
    assert_close(layer(maps.roll(3, dims=3)), layer(maps).roll(3, dims=3))


@pytest.mark.parametrize("kernel", [1, 3, 5])
def test_half_a_map_is_convolved_as_the_whole_symmetric_one_is(kernel: int):
    """With a kernel that is its own mirror image, on the half it is the same whether the other half is there or not."""
    half = SphereConv(2, 3, kernel, half=True, spectral=False, bias=True)
    whole = SphereConv(2, 3, kernel, half=False, spectral=False, bias=True)
    weights = torch.rand(3, 2, kernel, kernel)
    for layer in (half, whole):
        layer.load_state_dict({"layer.weight": weights + weights.flip(3), "layer.bias": torch.ones(3)})
    maps = torch.rand(1, 2, 6, 4)
    assert_close(mirror_half(half(maps)), whole(mirror_half(maps)))


def test_beyond_the_poles_there_is_nothing():
    layer = SphereConv(1, 1, 3, half=False, spectral=False)
    layer.load_state_dict({"layer.weight": torch.ones(1, 1, 3, 3)})
    seen = layer(torch.ones(1, 1, 4, 4))[0, 0]
    assert seen[0].tolist() == [6.0] * 4
    assert seen[1].tolist() == [9.0] * 4


def test_the_largest_singular_value_becomes_one():
    layer = SphereConv(6, 5, 3, half=False)
    for _ in range(30):
        layer(torch.zeros(1, 6, 4, 4))
    weight = layer.layer.weight.detach().flatten(1)
    assert torch.linalg.matrix_norm(weight, ord=2).item() == pytest.approx(1.0, abs=1e-3)


def test_the_condition_scales_and_shifts_what_was_normalised():
    norm = ConditionalNorm(2, 3)
    features, condition = torch.randn(64, 2, 4, 4) * 3 + 5, torch.zeros(64, 3)
    with torch.no_grad():
        norm.scale.bias.copy_(torch.tensor([0.0, 1.0]))
        norm.shift.bias.copy_(torch.tensor([0.0, -4.0]))
    given_back = norm(features, condition)
    assert given_back.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0.0, -4.0], abs=1e-4)
    assert given_back.std(dim=(0, 2, 3)).tolist() == pytest.approx([1.0, 2.0], abs=1e-2)


def test_outside_training_it_is_the_same_in_one_step():
    norm = ConditionalNorm(3, 4)
    for _ in range(5):
        norm(torch.randn(8, 3, 4, 4) * 2 + 1, torch.randn(8, 4))
    norm.eval()
    features, condition = torch.randn(2, 3, 4, 4), torch.randn(2, 4)
    scale, shift = norm.scale(condition)[:, :, None, None], norm.shift(condition)[:, :, None, None]
    assert_close(norm(features, condition), norm.norm(features) * (1 + scale) + shift)


@pytest.mark.parametrize(("inputs", "outputs"), [(4, 4), (6, 4), (4, 6)])
def test_a_block_adds_to_its_input(inputs: int, outputs: int):
    """With nothing let through by the second normalisation, only the shortcut is left."""
    block = ConditionalBlock(inputs, outputs, 3, half=False).eval()
    with torch.no_grad():
        block.second_norm.scale.weight.zero_()
        block.second_norm.scale.bias.fill_(-1.0)
        block.second_norm.shift.weight.zero_()
        block.second_norm.shift.bias.zero_()
    features = torch.rand(2, inputs, 4, 4)
    assert_close(block(features, torch.rand(2, 3)), block.shortcut(features))
    assert block.first.layer.weight.shape[0] == min(inputs, outputs)


def test_doubling_repeats_each_texel():
    assert double(torch.tensor([[[[1.0, 2.0]]]])).tolist() == [[[[1, 1, 2, 2], [1, 1, 2, 2]]]]


def test_the_right_half_is_mirrored_to_the_left():
    assert mirror_half(torch.tensor([[[[1.0, 2.0]]]])).flatten().tolist() == [2, 1, 1, 2]


def test_each_pole_gets_the_mean_of_its_row():
    maps = torch.tensor([[[[0.0, 2.0], [5.0, 6.0], [1.0, 3.0]]]])
    assert join_poles(maps).tolist() == [[[[1, 1], [5, 6], [2, 2]]]]
