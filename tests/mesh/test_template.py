"""The template: a closed, symmetric surface whose vertex order and UV map every result shares."""

import numpy as np
import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.errors import InputError
from mirror_core.mesh import LEVELS, Template, make_template
from mirror_core.mesh.normals import face_normals
from mirror_core.mesh.topology import unique_edges


@pytest.fixture(params=LEVELS)
def template(request: pytest.FixtureRequest) -> Template:
    return make_template(request.param)


def triangle_areas(points: torch.Tensor) -> torch.Tensor:
    """Signed areas of plane triangles (F, 3, 2); counter-clockwise is positive."""
    (ax, ay), (bx, by) = (points[:, 1] - points[:, 0]).T, (points[:, 2] - points[:, 0]).T
    return (ax * by - ay * bx) / 2


def test_every_edge_has_two_faces_that_run_along_it_in_opposite_directions(template: Template) -> None:
    faces = template.faces.numpy()
    directed = np.stack([faces, np.roll(faces, -1, axis=1)], axis=-1).reshape(-1, 2)
    assert len(np.unique(directed, axis=0)) == len(directed)
    edges, numbers = unique_edges(faces)
    assert (np.bincount(numbers.ravel()) == 2).all()
    assert len(template.vertices) - len(edges) + len(faces) == 2, "Euler characteristic of a sphere"


def test_the_surface_is_the_ellipsoid_with_its_faces_outward(template: Template) -> None:
    half_axes = torch.tensor([0.45, 0.9, 0.225])
    radii = (template.vertices / half_axes).norm(dim=-1)
    assert_close(radii, torch.ones_like(radii))
    centres = template.vertices[template.faces].mean(dim=1)
    outward = (face_normals(template.vertices[None], template.faces)[0] * centres / half_axes**2).sum(dim=-1)
    assert (outward > 0).all()


def test_no_face_of_the_sphere_is_a_sliver(template: Template) -> None:
    """Quality 1 is an equilateral triangle, 0 has no area."""
    sphere = make_template(len(template.vertices), (1.0, 1.0, 1.0))
    corners = sphere.vertices[sphere.faces]
    a, b, c = corners.unbind(dim=1)
    doubled_area = torch.linalg.cross(b - a, c - a).norm(dim=-1)
    squared_sides = (corners - corners.roll(1, dims=1)).square().sum(dim=(1, 2))
    assert (2 * 3**0.5 * doubled_area / squared_sides).min() > 0.6


def test_each_level_begins_with_the_vertices_of_the_level_before() -> None:
    coarse, middle, fine = (make_template(count) for count in LEVELS)
    assert_close(middle.vertices[: LEVELS[0]], coarse.vertices)
    assert_close(fine.vertices[: LEVELS[1]], middle.vertices)


@pytest.mark.parametrize(("pairs", "axis"), [("front_back", 2), ("left_right", 0)])
def test_partners_are_mirror_images(template: Template, pairs: str, axis: int) -> None:
    partner = getattr(template, pairs)
    mirrored = template.vertices.clone()
    mirrored[:, axis] *= -1
    assert_close(template.vertices[partner], mirrored)
    assert torch.equal(partner[partner], torch.arange(len(partner)))


@pytest.mark.parametrize("pairs", ["front_back", "left_right"])
def test_mirroring_maps_faces_to_faces(template: Template, pairs: str) -> None:
    partner = getattr(template, pairs)
    before = {frozenset(face) for face in template.faces.tolist()}
    after = {frozenset(face) for face in partner[template.faces].tolist()}
    assert before == after


@pytest.mark.parametrize("axis", [0, 2])
def test_no_edge_crosses_a_mirror_plane(template: Template, axis: int) -> None:
    sides = torch.sign(template.vertices[:, axis] * (template.vertices[:, axis].abs() > 1e-9))
    edges, _ = unique_edges(template.faces.numpy())
    assert (sides[edges[:, 0]] * sides[edges[:, 1]] >= 0).all()


def test_uv_faces_are_the_faces(template: Template) -> None:
    assert torch.equal(template.uv_vertex[template.uv_faces], template.faces)
    assert torch.equal(template.uv_vertex[: len(template.vertices)], torch.arange(len(template.vertices)))
    assert torch.equal(torch.unique(template.uv_faces), torch.arange(len(template.uv)))


def test_uv_stays_inside_the_texture_without_turned_over_faces(template: Template) -> None:
    assert template.uv.min() >= 0
    assert template.uv.max() <= 1
    assert (triangle_areas(template.uv[template.uv_faces].double()) > 0).all()


def test_uv_covers_the_texture_once_but_for_gaps_at_the_poles(template: Template) -> None:
    """Every one of 300 random points lies in one face, or in none next to the upper and lower edge; never in two."""
    a, b, c = template.uv[template.uv_faces].double().unbind(dim=1)
    points = torch.rand(300, 1, 2, dtype=torch.float64)

    def left_of(start: torch.Tensor, end: torch.Tensor) -> torch.Tensor:
        along, towards = end - start, points - start
        return along[:, 0] * towards[..., 1] - along[:, 1] * towards[..., 0] > 0

    faces_over = (left_of(a, b) & left_of(b, c) & left_of(c, a)).sum(dim=1)
    polar_row = template.uv[template.uv_faces][(template.vertices[:, 1].abs() > 0.899)[template.faces].any(dim=1)]
    gap = (polar_row[..., 1] - 0.5).abs().min().item()
    away_from_the_poles = (points[:, 0, 1] - 0.5).abs() < gap
    assert faces_over.max() == 1, "two faces share a texel"
    assert (faces_over[away_from_the_poles] == 1).all(), "a texel belongs to no face"
    assert gap > 0.4


def test_the_front_is_the_middle_of_the_texture_and_up_is_up(template: Template) -> None:
    own = template.uv[: len(template.vertices)]
    front = (template.vertices[:, 0].abs() < 1e-6) & (template.vertices[:, 2] > 0.01)
    assert_close(own[front, 0], torch.full_like(own[front, 0], 0.5))
    right_of_the_photo = template.vertices[:, 0] > 0.01
    assert (own[right_of_the_photo, 0] > 0.5).all()
    heights = torch.asin(template.vertices[:, 1] / 0.9 * (1 - 1e-7)) / torch.pi + 0.5
    assert_close(own[:, 1], heights, factor=100)


def test_the_back_mirrors_the_front_in_the_texture(template: Template) -> None:
    """A back vertex has its front partner's u, reflected at 1/4 or 3/4, so the unseen side can be mirrored."""
    front = (template.vertices[:, 2] > 0.01) & (template.vertices[:, 0].abs() > 0.01)
    u, back = template.uv[: len(front), 0], template.uv[template.front_back[front], 0]
    expected = torch.where(u[front] > 0.5, 1.5 - u[front], 0.5 - u[front])
    assert_close(back, expected)


def test_an_unknown_level_is_refused_with_the_known_ones() -> None:
    with pytest.raises(InputError, match=r"vertex_count must be one of \(642, 2562, 10242\), but is 643\."):
        make_template(643)
