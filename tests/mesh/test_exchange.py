"""Results on one template become results on another."""

import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from mirror_core.mesh import Template, exchange_texture, exchange_vertices, make_template, make_two_pole
from mirror_core.rendering import Renderer

UNIT = (1.0, 1.0, 1.0)
PAIRS = [(make_two_pole(16), make_template(642, UNIT)), (make_template(642, UNIT), make_two_pole(16))]


def soft_texture(size: int) -> torch.Tensor:
    """Random colours that change slowly, and go around in u."""
    coarse = torch.nn.functional.pad(torch.rand(1, 3, 6, 6), (1, 1, 1, 1), mode="circular")
    return torch.nn.functional.interpolate(coarse, scale_factor=size // 6, mode="bicubic")[
        ..., size // 6 : -(size // 6), size // 6 : -(size // 6)
    ].clamp(0, 1)


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_vertices_lie_on_the_other_surface_in_the_same_direction(source: Template, target: Template):
    found = exchange_vertices(source.vertices[None], source, target)[0]
    assert_close(torch.nn.functional.normalize(found, dim=1), target.vertices)
    radius = found.norm(dim=1)
    assert radius.min() > 0.99
    assert radius.max() < 1 + 1e-5


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_deformations_that_are_linear_in_space_are_kept(source: Template, target: Template):
    """A linear map of the source's vertices is the same map of the target's, because faces are flat."""
    stretch = torch.tensor([[0.5, 0.1, 0.0], [0.0, 2.0, 0.3], [0.2, 0.0, 1.0]])
    plain = exchange_vertices(source.vertices[None], source, target)
    assert_close(exchange_vertices(source.vertices[None] @ stretch, source, target), plain @ stretch)


def test_a_level_of_detail_holds_the_coarser_ones_vertices():
    coarse, fine = make_template(642), make_template(2562)
    moved = coarse.vertices[None] + 0.1 * torch.rand(1, 642, 3)
    assert_close(exchange_vertices(moved, coarse, fine)[:, :642], moved)


def seen(template: Template, texture: torch.Tensor, azimuth: float, elevation: float) -> torch.Tensor:
    """The undeformed template in the middle of a picture."""
    camera = Camera(torch.tensor([azimuth]), torch.tensor([elevation]), torch.tensor([4.0]), torch.zeros(1, 2))
    rgb = Renderer(backend="reference", image_size=(64, 64))(template.vertices[None], template, camera, texture).rgb
    assert rgb is not None
    return rgb[:, :, 20:44, 20:44]


@pytest.mark.parametrize(("source", "target"), PAIRS)
@pytest.mark.parametrize("azimuth", [0.0, 180.0])
def test_the_exchanged_texture_looks_the_same(source: Template, target: Template, azimuth: float):
    """From the front and on the seam."""
    texture = soft_texture(96)
    before = seen(source, texture, azimuth, 10.0)
    after = seen(target, exchange_texture(texture, source, target), azimuth, 10.0)
    assert (before - after).abs().mean() < 5e-3


@pytest.mark.parametrize(("source", "target"), PAIRS)
def test_at_the_pole_an_unexchanged_texture_would_look_different(source: Template, target: Template):
    texture = soft_texture(96)
    before = seen(source, texture, 0.0, 80.0)
    after = seen(target, exchange_texture(texture, source, target), 0.0, 80.0)
    assert (before - after).abs().mean() < 0.75 * (before - seen(target, texture, 0.0, 80.0)).abs().mean()


def test_there_and_back_is_nearly_the_same():
    source, target = PAIRS[0]
    texture = soft_texture(96)
    back = exchange_texture(exchange_texture(texture, source, target), target, source)
    away_from_the_poles = slice(8, -8)
    assert (back - texture)[:, :, away_from_the_poles].abs().mean() < 2e-3


def test_the_same_template_changes_nothing():
    template, texture = make_template(642), torch.rand(1, 3, 8, 8)
    assert exchange_texture(texture, template, template) is texture
    vertices = torch.rand(1, 642, 3)
    assert exchange_vertices(vertices, template, template) is vertices


def test_gradients_reach_texture_and_vertices():
    source, target = PAIRS[0]
    texture = torch.rand(1, 3, 8, 8, requires_grad=True)
    vertices = torch.rand(1, 482, 3, requires_grad=True)
    exchanged = exchange_vertices(vertices, source, target)
    (exchange_texture(texture, source, target).sum() + exchanged.sum()).backward()
    assert texture.grad is not None
    assert vertices.grad is not None
    assert_close(vertices.grad.sum() / 3, torch.tensor(642.0))


def test_vertices_of_another_template_are_refused():
    with pytest.raises(InputError, match=r"vertices must have shape \(B, 482, 3\)"):
        exchange_vertices(torch.zeros(1, 642, 3), *PAIRS[0])
