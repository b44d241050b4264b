"""How vertices read maps of longitude and latitude, and how a shape is written into one."""

import math

import pytest
import torch
from helpers.numerics import assert_close
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.errors import InputError
from mirror_core.mesh import SphereMap, Template, make_template, make_two_pole
from mirror_core.mesh.sphere_map import sample_map
from mirror_core.rendering.shading import sample_texture

UNIT = (1.0, 1.0, 1.0)


def templates() -> list[Template]:
    return [make_two_pole(16), make_two_pole(31), make_template(642, UNIT), make_template(2562, UNIT)]


@pytest.fixture(params=range(4), ids=["two-pole-16", "two-pole-31", "642", "2562"])
def template(request: pytest.FixtureRequest) -> Template:
    return templates()[request.param]


def place(u: float, v: float) -> torch.Tensor:
    """The point of the unit sphere."""
    longitude, latitude = (u - 0.5) * 2 * math.pi, (v - 0.5) * math.pi
    across = math.cos(latitude)
    return torch.tensor([across * math.sin(longitude), math.sin(latitude), across * math.cos(longitude)])


def test_points_are_where_the_vertices_lie_and_the_seam_is_at_nought(template: Template):
    points = SphereMap.of(template).points
    assert_close(torch.stack([place(float(u), float(v)) for u, v in points]), template.vertices, factor=10)
    seam = (template.vertices[:, 0].abs() < 1e-6) & (template.vertices[:, 2] < -1e-3)
    assert (points[seam, 0] == 0).all()


def test_frames_are_right_handed_and_point_out_east_and_north(template: Template):
    frame = SphereMap.of(template).frame
    inner = template.vertices[:, 1].abs() < 0.999
    assert_close(frame[:, 0], template.vertices, factor=10)
    assert_close(frame[inner] @ frame[inner].transpose(1, 2), torch.eye(3).expand(int(inner.sum()), 3, 3))
    assert_close(torch.linalg.cross(frame[inner, 0], frame[inner, 1]), frame[inner, 2])
    assert (frame[inner, 1, 1].abs() < 1e-6).all(), "east is level"
    assert (frame[inner, 2, 1] > 0).all(), "north is up"


def test_poles_have_a_normal_but_neither_east_nor_north(template: Template):
    pole = template.vertices[:, 1].abs() > 0.9999
    assert pole.sum() == 2
    frame = SphereMap.of(template).frame[pole]
    assert_close(frame[:, 0], template.vertices[pole])
    assert not frame[:, 1:].any()


def test_a_map_of_each_texels_own_place_is_read_as_the_vertices_places(template: Template):
    """Heights are linear between the first and the last texels' centres, longitudes are away from the seam."""
    height, width = 16, 32
    u = ((torch.arange(width) + 0.5) / width).expand(height, width)
    v = (1 - (torch.arange(height) + 0.5) / height)[:, None].expand(height, width)
    sphere_map = SphereMap.of(template)
    points, read = sphere_map.points, sphere_map.read(torch.stack([u, v])[None])[0]
    away = (points[:, 0] - 0.5).abs() < 0.48
    assert_close(read[away, 0], points[away, 0])
    assert_close(read[:, 1], points[:, 1].clamp(0.5 / height, 1 - 0.5 / height))


def test_maps_go_around_in_u():
    """At the seam a vertex reads half of the first and half of the last column."""
    template = make_two_pole(16)
    maps = torch.zeros(1, 1, 8, 8)
    maps[..., 0], maps[..., -1] = 1.0, 3.0
    seam = SphereMap.of(template).points[:, 0] == 0
    assert_close(SphereMap.of(template).read(maps)[0, seam], torch.full((int(seam.sum()), 1), 2.0))


@given(st.integers(3, 9), st.integers(3, 9), st.integers(0, 2**31))
def test_maps_are_read_as_the_renderer_reads_textures(height: int, width: int, seed: int):
    generator = torch.Generator().manual_seed(seed)
    maps = torch.rand(2, 3, height, width, generator=generator, dtype=torch.float64)
    points = torch.rand(20, 2, generator=generator, dtype=torch.float64)
    drawn = sample_texture(maps, points.T[None, :, None].expand(2, -1, -1, -1))
    assert_close(sample_map(maps, points), drawn[:, :, 0])


def test_reading_has_the_right_gradient():
    maps = torch.rand(1, 2, 4, 6, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(SphereMap.of(make_two_pole(4, 8)).read, (maps,))


def test_what_was_written_is_read_again(template: Template):
    """A smooth shape, off by thousandths on average; within half a texel of a pole vertices are as the pole."""
    x, y, z = template.vertices.T
    shape = torch.stack([x * (1 + 0.3 * y), y + 0.2 * z**2, z * (0.5 + 0.2 * x)], dim=-1).expand(2, -1, -1)
    sphere_map = SphereMap.of(template)
    error = (sphere_map.read(sphere_map.write(shape, (32, 32))) - shape).norm(dim=-1)
    assert error.mean() < 3e-3
    assert error.max() < 0.06
    assert error[:, (sphere_map.points[:, 1] - 0.5).abs() < 0.44].max() < 5e-3


def test_written_maps_have_one_value_at_each_pole_and_keep_what_is_constant(template: Template):
    sphere_map = SphereMap.of(template)
    maps = sphere_map.write(torch.rand(1, len(template.vertices), 2), (8, 16))
    for row in (0, -1):
        assert_close(maps[0, :, row], maps[0, :, row, :1].expand(-1, 16))
    level = sphere_map.write(torch.full((1, len(template.vertices), 1), 0.7), (8, 16))
    assert_close(level, torch.full((1, 1, 8, 16), 0.7))


def test_mirrored_shapes_are_written_as_mirrored_maps(template: Template):
    values = torch.rand(1, len(template.vertices), 1)
    sphere_map = SphereMap.of(template)
    mirrored = sphere_map.write(values[:, template.left_right], (16, 16))
    assert_close(mirrored, sphere_map.write(values, (16, 16)).flip(3), factor=10)


def test_it_is_made_once():
    assert SphereMap.of(make_two_pole(16)) is SphereMap.of(make_two_pole(16))


def test_a_map_without_room_between_the_poles_is_refused():
    with pytest.raises(InputError, match=r"at least 3 x 3, but size is \(2, 8\)"):
        SphereMap.of(make_two_pole(16)).write(torch.zeros(1, 482, 1), (2, 8))
