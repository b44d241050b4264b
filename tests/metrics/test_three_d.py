"""Measures of shapes, on shapes with known answers."""

import math

import numpy as np
import pytest
import torch
from helpers.meshes import box
from hypothesis import given, settings
from hypothesis import strategies as st

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from mirror_core.metrics import (
    align_scale,
    camera_angles,
    chamfer_distance,
    f_score,
    normal_consistency,
    sample_surface,
    surface_distances,
    volumetric_iou,
)
from mirror_core.metrics.surface import SurfaceDistances

Mesh = tuple[np.ndarray, np.ndarray]


def sphere(radius: float = 1.0, vertices: int = 2562) -> Mesh:
    template = make_template(vertices, (radius, radius, radius))
    return template.vertices.double().numpy(), template.faces.numpy()


def plane(tilt: float = 0.0) -> Mesh:
    """A unit square in z = 0, turned about y by `tilt` degrees."""
    corners = np.array([[-0.5, -0.5, 0.0], [0.5, -0.5, 0.0], [0.5, 0.5, 0.0], [-0.5, 0.5, 0.0]])
    a = np.radians(tilt)
    turn = np.array([[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]])
    return corners @ turn.T, np.array([[0, 1, 2], [0, 2, 3]])


def cube(shift: tuple[float, float, float] = (0.0, 0.0, 0.0), half: float = 0.5) -> Mesh:
    vertices, faces = box()
    return vertices.double().numpy() * half + np.array(shift), faces.numpy()


def together(*meshes: Mesh) -> Mesh:
    starts = np.cumsum([0, *(len(vertices) for vertices, _ in meshes)])
    faces = [faces + start for (_, faces), start in zip(meshes, starts, strict=False)]
    return np.concatenate([vertices for vertices, _ in meshes]), np.concatenate(faces)


def apart(a: Mesh, b: Mesh) -> SurfaceDistances:
    return surface_distances(sample_surface(*a, seed=1), sample_surface(*b, seed=2))


# Points on surfaces


def test_points_lie_on_the_surface_and_know_its_normals():
    drawn = sample_surface(*cube(), count=600)
    assert np.abs(drawn.points).max(axis=1) == pytest.approx(np.full(600, 0.5))
    assert (drawn.points * drawn.normals).sum(axis=1) == pytest.approx(np.full(600, 0.5))


def test_every_side_of_a_cube_gets_as_many_points_as_its_area_says():
    drawn = sample_surface(*cube(), count=600)
    sides = np.round(drawn.normals).astype(int)
    for axis in range(3):
        for sign in (-1, 1):
            assert (sides[:, axis] == sign).sum() == pytest.approx(100, abs=1)


def test_the_same_seed_draws_the_same_points():
    first, again, other = (sample_surface(*cube(), count=50, seed=seed).points for seed in (3, 3, 4))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_a_mesh_without_area_is_refused():
    with pytest.raises(InputError, match="no area"):
        sample_surface(np.zeros((3, 3)), np.array([[0, 1, 2]]))


# Chamfer distance


def test_two_spheres_about_one_centre_are_the_difference_of_their_radii_apart():
    # 0.05 of a height of 2 is 2.5 %; the spheres are polyhedra, which lie a hair within.
    assert chamfer_distance(apart(sphere(1.0), sphere(1.05)), 2.0) == pytest.approx(2.5, abs=0.02)


def test_a_surface_is_nowhere_from_itself_however_it_was_sampled():
    assert chamfer_distance(apart(sphere(), sphere()), 2.0) < 0.05


def test_distances_in_both_directions_count_equally():
    # A plane before one of two: its own points touch, half of the two's points are 0.3 away.
    vertices, faces = plane()
    pair = together((vertices, faces), (vertices + np.array([0, 0, 0.3]), faces))
    assert chamfer_distance(apart((vertices, faces), pair), 1.0) == pytest.approx((0.0 + 15.0) / 2, rel=0.01)


@pytest.mark.parametrize("unit", [0.01, 3.0, 100.0])
def test_percent_of_the_height_does_not_depend_on_the_unit(unit: float):
    a, b = sphere(1.0, 642), sphere(1.1, 642)
    scaled = apart((a[0] * unit, a[1]), (b[0] * unit, b[1]))
    assert chamfer_distance(scaled, 2.0 * unit) == pytest.approx(chamfer_distance(apart(a, b), 2.0), rel=1e-6)


# F-score


def test_a_plane_shifted_by_one_and_a_half_percent_is_missed_at_one_and_found_at_two():
    vertices, faces = plane()
    distances = apart((vertices + np.array([0, 0, 0.015]), faces), (vertices, faces))
    near, far = (f_score(distances, 1.0, percent) for percent in (1.0, 2.0))
    assert (near.precision, near.recall, near.value) == (0.0, 0.0, 0.0)
    assert (far.precision, far.recall, far.value) == (1.0, 1.0, 1.0)


def test_half_of_the_truth_has_full_precision_and_half_the_recall():
    vertices, faces = plane()
    truth = together((vertices, faces), (vertices + np.array([0, 0, 5.0]), faces))
    score = f_score(apart((vertices, faces), truth), 1.0, 1.0)
    assert score.precision == 1.0
    assert score.recall == pytest.approx(0.5, abs=0.001)
    assert score.value == pytest.approx(2 / 3, abs=0.001)


# Normals


@pytest.mark.parametrize("tilt", [0.0, 20.0, 60.0])
def test_a_tilted_plane_has_the_cosine_of_its_tilt(tilt: float):
    assert normal_consistency(apart(plane(tilt), plane())) == pytest.approx(math.cos(math.radians(tilt)), abs=1e-6)


def test_which_side_of_a_layer_is_outside_does_not_count():
    vertices, faces = plane()
    assert normal_consistency(apart((vertices, faces[:, ::-1]), plane())) == pytest.approx(1.0)


# Volume


def test_a_cube_shifted_by_half_its_side_overlaps_by_a_third():
    assert volumetric_iou(cube((0.5, 0.0, 0.0)), cube()) == pytest.approx(1 / 3, abs=0.005)


def test_a_shape_overlaps_itself_wholly():
    assert volumetric_iou(sphere(), sphere()) == 1.0


def test_a_sphere_within_another_overlaps_by_the_ratio_of_their_volumes():
    assert volumetric_iou(sphere(0.8), sphere(1.0)) == pytest.approx(0.8**3, abs=0.01)


def test_layers_and_crossings_and_turned_faces_do_not_matter():
    layered = together(cube(), cube(half=0.3), cube((0.1, 0.0, 0.0), half=0.4))
    inside_out = (layered[0], layered[1][:, ::-1])
    assert volumetric_iou(inside_out, cube()) == pytest.approx(1.0, abs=0.01)


def test_a_slit_does_not_let_all_air_in():
    vertices, faces = sphere()
    north = vertices[faces].mean(axis=1)[:, 1]
    slit = faces[(north < 0.40) | (north > 0.45)]
    assert volumetric_iou((vertices, slit), (vertices, faces)) > 0.9


def test_a_bowl_is_not_full():
    vertices, faces = sphere()
    bowl = faces[vertices[faces].mean(axis=1)[:, 1] < 0.0]
    assert volumetric_iou((vertices, bowl), (vertices, faces)) < 0.1


# Cameras


def angles(found: tuple[float, float], truth: tuple[float, float]) -> list[float]:
    cameras = (Camera.single(azimuth, elevation, 3.0, (0.1, 0.2)) for azimuth, elevation in (found, truth))
    value = camera_angles(*cameras)
    return [float(v[0]) for v in (value.direction, value.rotation, value.azimuth, value.elevation)]


def test_a_camera_that_went_round_by_a_known_angle():
    assert angles((40.0, 0.0), (10.0, 0.0)) == pytest.approx([30.0, 30.0, 30.0, 0.0], abs=1e-5)


def test_the_shorter_way_round_counts():
    assert angles((-170.0, 0.0), (170.0, 0.0)) == pytest.approx([20.0, 20.0, 20.0, 0.0], abs=1e-5)


def test_a_camera_that_was_raised():
    assert angles((75.0, 25.0), (75.0, -10.0)) == pytest.approx([35.0, 35.0, 0.0, 35.0], abs=1e-5)


def test_seen_from_above_half_way_round_the_picture_turns_though_the_eye_hardly_moves():
    assert angles((0.0, 80.0), (180.0, 80.0)) == pytest.approx([20.0, 180.0, 180.0, 0.0], abs=1e-4)


def test_distance_and_offset_do_not_count():
    found = Camera.single(12.0, 3.0, 2.5, (0.3, -0.2))
    assert float(camera_angles(found, Camera.single(12.0, 3.0, 9.0)).rotation[0]) == pytest.approx(0.0, abs=1e-5)


def test_a_batch_of_cameras():
    turned = Camera(torch.tensor([0.0, 90.0]), torch.zeros(2), torch.ones(2), torch.zeros(2, 2))
    straight = Camera(torch.zeros(2), torch.zeros(2), torch.ones(2), torch.zeros(2, 2))
    assert camera_angles(turned, straight).direction.tolist() == pytest.approx([0.0, 90.0], abs=1e-5)


# Alignment


@settings(max_examples=10)
@given(st.floats(0.2, 5.0), st.tuples(*[st.floats(-3.0, 3.0)] * 3))
def test_a_known_scale_and_shift_are_found(scale: float, shift: tuple[float, float, float]):
    vertices, faces = make_template(642).vertices.double().numpy(), make_template(642).faces.numpy()
    moved = (vertices - np.array(shift)) / scale
    placement = align_scale(sample_surface(moved, faces, 2000, seed=1), sample_surface(vertices, faces, 2000, seed=2))
    assert placement.scale == pytest.approx(scale, rel=2e-3)
    assert placement(moved) == pytest.approx(vertices, abs=5e-3)


def test_alignment_finds_what_the_boxes_hide():
    """A pole upon one of two equal boxes spoils the start; nearly all of the surface says how they lie."""
    poled = together(cube(), cube((0.0, 1.4, 0.0), half=0.02))
    placement = align_scale(sample_surface(*poled, seed=1), sample_surface(*cube(), seed=2))
    assert placement.scale == pytest.approx(1.0, abs=0.02)
    assert placement.shift == pytest.approx(np.zeros(3), abs=0.02)


def test_alignment_does_not_turn_and_never_worsens_the_boxes_start():
    a, b = sample_surface(*plane(30.0), seed=1), sample_surface(*plane(), seed=2)
    placement = align_scale(a, b)
    aligned = chamfer_distance(surface_distances(a.moved(placement.scale, placement.shift), b), 1.0)
    assert 1.0 < aligned <= chamfer_distance(surface_distances(a, b), 1.0)
