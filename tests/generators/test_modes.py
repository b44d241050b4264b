"""The part of the maps that is linear in the code."""

import pytest
import torch
from helpers.numerics import assert_close
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshConfig, ConvMeshGenerator, LinearModes, Modes

CODE = 3


def modes(half: bool = False) -> LinearModes:
    return LinearModes(CODE, (8, 4 if half else 8), (4, 2 if half else 4), half=half)


def generator(**changes: object) -> ConvMeshGenerator:
    small = {"code": CODE, "texture": 16, "map": 16, "trunk": (8, 8), "mesh_width": 4, "texture_widths": ()}
    made = ConvMeshGenerator(ConvMeshConfig(**{**small, "texture_last": 4, "modes": 8, **changes}))  # type: ignore[arg-type]
    return made.eval()


def taught(**changes: object) -> tuple[ConvMeshGenerator, Tensor]:
    """A generator whose network makes nothing and whose modes are random; the deformation's modes."""
    made = generator(**changes)
    assert made.modes is not None
    numbers = torch.Generator().manual_seed(0)
    moved = torch.randn(made.modes.deformation.shape, generator=numbers) * 0.01
    painted = torch.randn(made.modes.texture.shape, generator=numbers) * 0.05
    made.start_at_modes(Modes(moved, painted, torch.zeros_like(made.modes.mean_texture)))
    return made, moved


def test_they_are_zero_at_first():
    moved, painted = modes()(torch.randn(2, CODE), 16)
    assert moved.shape == (2, 3, 8, 8)
    assert painted.shape == (2, 3, 16, 16)
    assert not moved.any()
    assert not painted.any()


def test_each_number_of_the_code_adds_its_mode_and_the_mean_is_always_there():
    linear = modes()
    first, second = torch.zeros(CODE, 3, 8, 8), torch.zeros(CODE, 3, 4, 4)
    first[0], first[2], second[1] = 1.0, 10.0, 0.1
    linear.set(Modes(first, second, torch.full((3, 4, 4), 0.25)))
    moved, painted = linear(torch.tensor([[2.0, 3.0, 0.5]]), 16)
    assert_close(moved, torch.full((1, 3, 8, 8), 2.0 + 5.0))
    assert_close(painted, torch.full((1, 3, 16, 16), 0.25 + 0.3))


def test_a_texture_is_enlarged_across_the_seam():
    """Texels 0 and 3 of a row meet at u = 0: with a factor of 2 the border lies a quarter of the way to the other."""
    linear = modes()
    ramp = torch.tensor([0.0, 0.0, 0.0, 0.4]).expand(3, 4, 4)
    linear.set(Modes(linear.deformation.clone(), linear.texture.clone(), ramp))
    painted = linear(torch.zeros(1, CODE), 8)[1]
    assert_close(painted[0, 0, 2], torch.tensor([0.1, 0.0, 0.0, 0.0, 0.0, 0.1, 0.3, 0.3]))


def test_the_generators_maps_are_linear_in_the_code_while_its_network_makes_nothing():
    made, moved = taught(symmetric=False, axes="model")
    codes = torch.randn(2, CODE)
    both = made(codes)
    assert_close(both.deformation[:, :, 1:-1], torch.einsum("bz,zchw->bchw", codes, moved)[:, :, 1:-1])
    far = made(codes * 100).texture
    assert far.min() == 0
    assert far.max() == 1


@pytest.mark.parametrize("axes", ["tangent", "model"])
def test_symmetric_ones_have_modes_of_half_the_width(axes: str):
    made, moved = taught(axes=axes)
    assert moved.shape == (CODE, 3, 16, 8)
    texture = made(torch.randn(1, CODE)).texture
    assert_close(texture.flip(3), texture)


def test_gradients_reach_the_code_but_no_mode():
    made, _ = taught(symmetric=False)
    code = torch.zeros(1, CODE, requires_grad=True)
    made(code).vertices.square().sum().backward()
    assert code.grad is not None
    assert code.grad.abs().min() > 0
    assert not any("modes" in name for name, _ in made.named_parameters())


def test_a_generator_without_modes_cannot_begin_at_some():
    nothing = torch.zeros(3, 1, 1)
    with pytest.raises(InputError, match="has no modes"):
        generator(modes=0).start_at_modes(Modes(nothing[None], nothing[None], nothing))
