"""The part of a generator's answer that is linear in the code."""

from pathlib import Path

import pytest
import torch
from helpers.numerics import assert_close
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshConfig, ConvMeshGenerator, LinearModes, Modes

CODE = 3


def config(**changes: object) -> ConvMeshConfig:
    small = {"code": CODE, "texture": 16, "map": 32, "trunk": (8, 8, 8), "mesh_width": 4, "texture_widths": ()}
    small |= {"texture": 32, "texture_last": 4, "modes": 8, "symmetric": False}
    return ConvMeshConfig(**{**small, **changes})  # type: ignore[arg-type]


def taught(**changes: object) -> tuple[ConvMeshGenerator, Tensor]:
    """A generator whose network makes nothing and whose modes are random but smooth; what they move vertices by."""
    made = ConvMeshGenerator(config(**changes)).eval()
    assert made.modes is not None
    numbers = torch.Generator().manual_seed(0)
    slope = torch.randn(CODE, 3, 3, generator=numbers) * 0.05
    moved = torch.einsum("zck,vk->zvc", slope, made.template.vertices)
    painted = torch.randn(made.modes.texture.shape, generator=numbers) * 0.05
    made.start_at_modes(Modes(moved, painted, torch.zeros_like(made.modes.mean_texture)))
    return made, moved


def test_they_are_zero_at_first():
    moved, painted = LinearModes(config())(torch.randn(2, CODE))
    assert moved.shape == (2, 3, 32, 32)
    assert painted.shape == (2, 3, 32, 32)
    assert not moved.any()
    assert not painted.any()


def test_each_number_of_the_code_paints_its_mode_on_the_mean():
    linear = LinearModes(config())
    second = torch.zeros(CODE, 3, 8, 8)
    second[1] = 0.1
    linear.set(Modes(torch.zeros_like(linear.moved), second, torch.full((3, 8, 8), 0.25)))
    _, painted = linear(torch.tensor([[2.0, 3.0, 0.5]]))
    assert_close(painted, torch.full((1, 3, 32, 32), 0.25 + 0.3))


def test_a_texture_is_enlarged_across_the_seam():
    """The first and the last texel of a row meet at u = 0: with a factor of 2 the border lies a quarter of the way."""
    linear = LinearModes(config(modes=16))
    ramp = torch.zeros(3, 16, 16)
    ramp[..., -1] = 0.4
    linear.set(Modes(linear.moved.clone(), linear.texture.clone(), ramp))
    row = linear(torch.zeros(1, CODE))[1][0, 0, 2]
    assert_close(row[:3], torch.tensor([0.1, 0.0, 0.0]))
    assert_close(row[-3:], torch.tensor([0.1, 0.3, 0.3]))


@pytest.mark.parametrize("template", ["642", "two-pole-16"])
def test_shapes_grow_with_the_code(template: str):
    """To what a map of 32 rows can hold of them: 1 % of what is moved, on average."""
    made, moved = taught(axes="model", template=template)
    codes = torch.randn(2, CODE, generator=torch.Generator().manual_seed(1))
    wanted = torch.einsum("bz,zvc->bvc", codes, moved)
    apart = made(codes).vertices - made.template.vertices - wanted
    assert apart.abs().mean() < 0.01 * wanted.abs().mean()


def test_a_texture_never_leaves_its_range():
    far = taught()[0](torch.randn(2, CODE) * 100).texture
    assert far.min() == 0
    assert far.max() == 1


@pytest.mark.parametrize("axes", ["tangent", "model"])
def test_symmetric_ones_have_modes_of_half_the_width(axes: str):
    made, _ = taught(axes=axes, symmetric=True)
    assert made.modes is not None
    assert made.modes.deformation.shape == (CODE, 3, 32, 16)
    texture = made(torch.randn(1, CODE)).texture
    assert_close(texture.flip(3), texture)


def test_gradients_reach_the_code_but_no_mode():
    made, _ = taught()
    code = torch.zeros(1, CODE, requires_grad=True)
    made(code).vertices.square().sum().backward()
    assert code.grad is not None
    assert code.grad.abs().min() > 0
    assert not any("modes" in name for name, _ in made.named_parameters())


def test_they_survive_a_file(tmp_path: Path):
    """Only what moves the vertices is written; the map is found again from it."""
    made, _ = taught()
    made.save_pretrained(tmp_path / "model")
    again, code = ConvMeshGenerator.from_pretrained(tmp_path / "model"), torch.ones(1, CODE)
    assert not any("deformation" in name for name in made.state_dict())
    torch.testing.assert_close(again(code).vertices, made(code).vertices, atol=1e-3, rtol=0)


def test_a_generator_without_modes_cannot_begin_at_some():
    nothing = torch.zeros(3, 1, 1)
    with pytest.raises(InputError, match="has no modes"):
        ConvMeshGenerator(config(modes=0)).start_at_modes(Modes(torch.zeros(1, 1, 3), nothing[None], nothing))


def test_the_network_is_told_no_number_beyond_three_while_the_modes_go_on_growing():
    """What a network makes of codes where no training ever was is anything."""
    generator = ConvMeshGenerator(config())
    torch.nn.init.normal_(generator.mesh_map.layer.weight, std=0.05)
    far, farther = generator.eval()(torch.tensor([[30.0, -30.0, 0.0], [90.0, -90.0, 0.0]])).deformation
    assert_close(far, farther)
    grown = taught()[0]
    near, twice = (
        grown(torch.tensor([[value, 0.0, 0.0]])).vertices - grown.template.vertices for value in (30.0, 60.0)
    )
    assert_close(twice, 2 * near, factor=10)
