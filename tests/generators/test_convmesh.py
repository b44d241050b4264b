"""ConvMesh's generator: published size, sphere at first, symmetry, labels, and the way through a file."""

from pathlib import Path

import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshConfig, ConvMeshGenerator, make_generator_config
from mirror_core.mesh import SphereMap, make_two_pole
from mirror_core.mesh.topology import subdivide

TINY = {"trunk": (8, 8, 8), "mesh_width": 8, "texture_widths": (4,), "texture_last": 4, "texture": 64}


def tiny(**changes: object) -> ConvMeshGenerator:
    """A small published one (two poles, symmetric, tangent axes) or with changes, that deforms."""
    generator = ConvMeshGenerator(ConvMeshConfig(**{**TINY, **changes}))  # type: ignore[arg-type]
    torch.nn.init.normal_(generator.mesh_map.layer.weight, std=0.05)
    return generator.eval()


def parameters(network: torch.nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def test_paper_has_the_published_number_of_parameters():
    assert parameters(ConvMeshGenerator(make_generator_config("paper", classes=200))) == 13_062_534


def test_lite_has_less_than_three_million_and_the_projects_template():
    generator = ConvMeshGenerator(make_generator_config("lite"))
    fixed = sum(values.numel() for name, values in generator.state_dict().items() if "modes" in name)
    assert parameters(generator) + fixed < 3e6
    assert len(generator.template.vertices) == 642
    made = generator.eval()(torch.zeros(1, 160))
    assert made.deformation.shape == (1, 3, 64, 64)
    assert made.texture.shape == (1, 3, 128, 128)


@pytest.mark.parametrize("template", ["two-pole-16", "two-pole-31", "642", "2562"])
def test_training_begins_at_the_template(template: str):
    generator = ConvMeshGenerator(ConvMeshConfig(**TINY, template=template, half_axes=(0.5, 0.9, 0.3)))
    made = generator(torch.randn(3, 64))
    assert_close(made.vertices, generator.template.vertices.expand(3, -1, -1))
    assert made.texture.min() >= 0
    assert made.texture.max() <= 1


@pytest.mark.parametrize("axes", ["tangent", "model"])
@pytest.mark.parametrize("template", ["two-pole-16", "642"])
def test_symmetric_ones_are_their_own_mirror_image(axes: str, template: str):
    generator = tiny(axes=axes, template=template)
    made = generator(torch.randn(2, 64))
    mirrored = made.vertices[:, generator.template.left_right] * torch.tensor([-1.0, 1.0, 1.0])
    assert_close(mirrored, made.vertices)
    assert_close(made.texture.flip(3), made.texture)
    middle = generator.template.vertices[:, 0].abs() < 1e-4
    assert not made.vertices[:, middle, 0].any()
    assert not torch.allclose(made.vertices, generator.template.vertices.expand(2, -1, -1))


def test_others_are_not():
    generator = tiny(symmetric=False)
    made = generator(torch.randn(1, 64))
    assert not torch.allclose(made.texture.flip(3), made.texture)
    mirrored = made.vertices[:, generator.template.left_right] * torch.tensor([-1.0, 1.0, 1.0])
    assert not torch.allclose(mirrored, made.vertices)


@pytest.mark.parametrize("symmetric", [True, False])
def test_both_poles_are_one_point_of_the_map(symmetric: bool):
    deformation = tiny(symmetric=symmetric)(torch.randn(2, 64)).deformation
    assert_close(deformation[:, :, 0], deformation[:, :, 0, :1].expand(-1, -1, 32))
    assert_close(deformation[:, :, -1], deformation[:, :, -1, :1].expand(-1, -1, 32))


def test_a_map_along_the_normal_makes_the_sphere_larger():
    """Published axes: the first channel is the normal. No factor on the map."""
    generator = tiny()
    outward = torch.zeros(1, 3, 32, 32)
    outward[:, 0] = 0.25
    assert_close(generator.shape(outward)[0], generator.template.vertices * 1.25)


def test_a_map_along_the_tangent_turns_the_sphere_and_leaves_the_poles():
    generator = tiny(symmetric=False)
    east = torch.zeros(1, 3, 32, 32)
    east[:, 1] = 0.1
    moved = generator.shape(east)[0] - generator.template.vertices
    frame = SphereMap.of(generator.template).frame
    assert_close(moved, 0.1 * frame[:, 1])
    assert not moved[[0, -1]].any()


def test_a_map_along_the_models_axes_moves_everything_poles_too():
    generator = tiny(symmetric=False, axes="model", half_axes=(0.5, 0.9, 0.2))
    shift = torch.tensor([0.1, -0.2, 0.3])
    moved = generator.shape(shift.view(1, 3, 1, 1).expand(1, 3, 32, 32))
    assert_close(moved[0], make_two_pole(half_axes=(0.5, 0.9, 0.2)).vertices + shift)


@pytest.mark.parametrize("count", [642, 2562, 10242])
def test_the_shape_exists_at_every_level_of_the_projects_template(count: int):
    """Each level begins with the vertices of the level before; the new ones lie in the middle of the edges."""
    generator = tiny(symmetric=False, template="642", axes="model")
    made = generator(torch.randn(1, 64))
    finer = generator.shape(made.deformation, count)
    assert finer.shape == (1, count, 3)
    assert_close(finer[:, :642], made.vertices)
    if count > 642:
        _, edges = subdivide(generator.template.faces.numpy(), 642)
        assert_close(finer[:, 642:2562], made.vertices[:, edges].mean(dim=2), factor=10)


def test_a_two_pole_surface_exists_on_the_projects_template():
    """Swollen along the normals, it is an inflated sphere there, too, but for the faces' flatness."""
    generator = tiny()
    outward = torch.zeros(1, 3, 32, 32)
    outward[:, 0] = 0.25
    radius = generator.shape(outward, 2562).norm(dim=-1)
    assert radius.min() > 1.25 * 0.99
    assert radius.max() < 1.25 * 1.00001


def test_the_mean_map_is_always_added():
    generator, code = tiny(symmetric=False, axes="model"), torch.randn(1, 64)
    before = generator(code)
    generator.mean_map += 0.5
    after = generator(code)
    assert_close(after.deformation, before.deformation + 0.5)
    assert_close(after.vertices, before.vertices + 0.5)


def test_outside_training_each_code_is_for_itself():
    generator, codes = tiny(), torch.randn(3, 64)
    together, alone = generator(codes), generator(codes[1:2])
    assert_close(together.vertices[1:2], alone.vertices)
    assert_close(together.texture[1:2], alone.texture)


def test_gradients_reach_the_code_through_shape_and_texture():
    generator = tiny().requires_grad_(False)
    for part in ("vertices", "texture"):
        code = torch.randn(1, 64, requires_grad=True)
        getattr(generator(code), part).square().sum().backward()
        assert code.grad is not None
        assert code.grad.abs().sum() > 0, part


def test_labels_change_what_is_made():
    generator = tiny(classes=3)
    code = torch.randn(1, 64).expand(2, -1)
    first, second = generator(code, torch.tensor([0, 2])).texture
    assert not torch.allclose(first, second)


def test_labels_must_be_given_where_there_are_classes_and_nowhere_else():
    with pytest.raises(InputError, match="needs a label of 3 classes"):
        tiny(classes=3)(torch.zeros(1, 64))
    with pytest.raises(InputError, match="label must lie between 0 and 2, but is 3"):
        tiny(classes=3)(torch.zeros(2, 64), torch.tensor([0, 3]))
    with pytest.raises(InputError, match="has no classes, but a label was given"):
        tiny()(torch.zeros(1, 64), torch.tensor([0]))


def test_a_code_of_another_length_is_refused():
    with pytest.raises(InputError, match=r"code must have shape \(B, 64\)"):
        tiny()(torch.zeros(1, 32))


def test_it_survives_a_file_in_half_precision(tmp_path: Path):
    generator, code = tiny(), torch.randn(1, 64)
    generator.mean_map += 0.25
    generator.save_pretrained(tmp_path / "model")
    again = ConvMeshGenerator.from_pretrained(tmp_path / "model")
    assert not again.training
    assert again.config == generator.config
    before, after = generator(code), again(code)
    torch.testing.assert_close(after.vertices, before.vertices, atol=5e-3, rtol=0)
    torch.testing.assert_close(after.texture, before.texture, atol=2e-2, rtol=0)


def test_sizes_and_layers_must_fit():
    with pytest.raises(InputError, match="texture is 256, but the layers in texture_widths reach 32 doubled 4 times"):
        ConvMeshConfig(texture=256)
    assert len(make_generator_config("paper", texture=256).texture_widths) == 3
    with pytest.raises(InputError, match="texture must be a multiple of modes, but they are 128 and 48"):
        make_generator_config("lite", modes=48)
    with pytest.raises(InputError, match="no setting colour"):
        make_generator_config("paper", colour=3)
    with pytest.raises(InputError, match="preset must be one of paper, lite"):
        make_generator_config("huge")
    with pytest.raises(InputError, match="template must be one of"):
        make_generator_config("lite", template="cube")
