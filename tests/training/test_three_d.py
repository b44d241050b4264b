"""The 3D benchmark on truths whose measures are known."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from helpers.meshes import box
from helpers.truths import TEMPLATE, egg, make_truth, perfect

from mirror_core.attributes import Camera
from mirror_core.images import Crop
from training.evaluation.three_d_measures import Reference, measure, prepare
from training.evaluation.three_d_methods import Prediction, find_method
from training.evaluation.three_d_views import side_by_side
from training.evaluation.three_d_visible import outer_faces, seen_faces


@pytest.fixture(scope="module")
def reference() -> Reference:
    return prepare(make_truth(azimuth=35.0))


@pytest.fixture(scope="module")
def answer(reference: Reference) -> Prediction:
    return perfect(reference.truth)


# Measures


def test_the_truth_itself_is_perfect(reference: Reference, answer: Prediction):
    found = measure(reference, answer)
    assert found["chamfer"] < 0.05
    assert found["chamfer_canonical"] < 0.1
    assert found["f1"] > 0.999
    assert found["normals"] > 0.99
    assert found["volume_iou"] > 0.98
    assert found["camera"] == pytest.approx(0.0, abs=1e-4)
    assert found["mask_iou"] > 0.99
    assert min(found[f"ssim_{turn}"] for turn in ("front", 90, 180, 270)) > 0.95
    assert min(found[f"outline_iou_{turn}"] for turn in (90, 180, 270)) > 0.97


def test_the_ceiling_is_nearly_perfect(reference: Reference):
    """The test's truth is the template itself."""
    found = measure(reference, find_method("ceiling")(reference.truth))
    assert found["chamfer"] < 0.05
    assert found["mask_iou"] > 0.99
    assert found["ssim_180"] > 0.95


def test_size_and_place_are_free(reference: Reference, answer: Prediction):
    moved = replace(answer, vertices=answer.vertices * np.float32(0.7) + np.array([0.1, 0.3, -0.2], np.float32))
    found = measure(reference, moved)
    assert found["chamfer"] < 0.1
    assert found["volume_iou"] > 0.97
    assert found["ssim_180"] > 0.9
    assert found["mask_iou"] < 0.8  # in the photo's own view they are not


def test_a_frontal_answer_is_compared_as_the_camera_sees_it(reference: Reference, answer: Prediction):
    """The right shape in the camera's axes, said to be seen from the front: only camera and model axes are wrong."""
    view = torch.from_numpy(answer.vertices)
    a, e = np.radians(35.0), np.radians(10.0)
    right, up = (np.cos(a), 0, -np.sin(a)), (-np.sin(e) * np.sin(a), np.cos(e), -np.sin(e) * np.cos(a))
    rotation = np.array([right, up, np.cross(right, up)], np.float32)
    frontal = replace(answer, vertices=(view.numpy() @ rotation.T), camera=Camera.single(distance=2.6))
    found = measure(reference, frontal)
    assert found["chamfer_view"] < 0.1
    assert found["chamfer"] > 0.5  # it leans, for it says that the camera is level
    assert found["chamfer_canonical"] > 1.0
    assert found["camera_azimuth"] == pytest.approx(35.0, abs=1e-4)
    assert found["camera_elevation"] == pytest.approx(10.0, abs=1e-4)
    assert found["mask_iou"] > 0.99


def test_a_missing_back_costs_where_the_photo_does_not_look(reference: Reference, answer: Prediction):
    """All that lies behind the middle, as the camera sees it, is pressed flat."""
    towards = answer.camera.eye()[0].numpy() / 2.6
    depth = answer.vertices @ towards
    flat = answer.vertices - np.minimum(depth, 0.0)[:, None] * towards
    found = measure(reference, replace(answer, vertices=flat))
    assert found["distance_unseen"] > 2.0 * found["distance_seen"]
    assert found["mask_iou"] > 0.95


def test_wrong_colours_cost_similarity_only(reference: Reference, answer: Prediction):
    right = measure(reference, answer)
    wrong = measure(reference, replace(answer, texture=1.0 - answer.texture))
    assert wrong["ssim_180"] < right["ssim_180"] - 0.05
    assert {name: value for name, value in wrong.items() if "ssim" not in name} == pytest.approx(
        {name: value for name, value in right.items() if "ssim" not in name}
    )


def test_an_open_surface_has_no_volume(answer: Prediction):
    skirt = replace(make_truth(), closed=False)
    assert "volume_iou" not in measure(prepare(skirt), answer)


def test_what_nobody_can_see_is_not_asked_for(answer: Prediction):
    """A second, smaller shape inside the first changes no measure of the surface."""
    truth = make_truth(azimuth=35.0)
    faces = np.concatenate([truth.faces, truth.faces + len(truth.vertices)])
    vertices = np.concatenate([truth.vertices, truth.vertices * np.float32(0.5)])
    layered = replace(truth, vertices=vertices, faces=faces, face_parts=np.ones(len(faces), np.uint8))
    assert measure(prepare(layered), answer)["chamfer"] < 0.05


# What cameras see


def test_a_cube_shows_one_side_to_a_camera_before_it_and_three_to_one_at_its_corner():
    vertices, faces = (values.numpy() for values in box())
    sides = lambda camera: set((np.flatnonzero(seen_faces(vertices * 0.3, faces, camera)) // 2).tolist())  # noqa: E731
    assert sides(Camera.single(0.0, 0.0, 4.0)) == {5}
    assert sides(Camera.single(45.0, 30.0, 4.0)) == {1, 3, 5}


def test_a_cube_in_a_cube_is_not_seen_from_anywhere():
    vertices, faces = (values.numpy() for values in box())
    both = np.concatenate([vertices * 0.5, vertices * 0.3])
    seen = outer_faces(both, np.concatenate([faces, faces + 8]))
    assert seen.tolist() == [True] * 12 + [False] * 12


# Views


def test_pictures_are_made_equally_high_and_centred():
    truth, small = np.zeros((100, 80, 4), np.float32), np.zeros((64, 64, 4), np.float32)
    truth[10:90, 20:60] = 1.0
    small[30:50, 5:15] = 1.0
    a, b = side_by_side(truth, small)
    assert a[..., 3].mean() == pytest.approx(0.9 * 0.45, abs=0.01)
    assert np.abs(a - b).mean() < 0.03


def test_a_wider_answer_stays_wider():
    truth, wide = np.zeros((100, 100, 4), np.float32), np.zeros((100, 100, 4), np.float32)
    truth[10:90, 40:60] = 1.0
    wide[10:90, 30:70] = 1.0
    a, b = side_by_side(truth, wide)
    assert b[..., 3].sum() == pytest.approx(2.0 * a[..., 3].sum(), rel=0.02)


def test_nothing_is_nothing():
    truth = np.zeros((100, 100, 4), np.float32)
    truth[10:90, 40:60] = 1.0
    assert not side_by_side(truth, np.zeros((64, 64, 4), np.float32))[1].any()


# Methods


@pytest.mark.parametrize("name", ["template", "inflation", "fit"])
def test_methods_without_a_model_look_from_the_front(name: str):
    found = find_method(name)(make_truth())
    assert float(found.camera.azimuth[0]) == 0.0
    assert found.vertices.shape == egg().shape
    assert found.faces.shape == tuple(TEMPLATE.faces.shape)
    assert isinstance(found.crop, Crop)


def test_an_upright_answer_is_turned_by_its_azimuth_alone(reference: Reference, answer: Prediction):
    """The right shape standing upright, said to be seen level and from the front: elevation costs in the view only."""
    a = np.radians(35.0)
    about_y = np.array([[np.cos(a), 0, -np.sin(a)], [0, 1, 0], [np.sin(a), 0, np.cos(a)]], np.float32)
    found = measure(reference, replace(answer, vertices=answer.vertices @ about_y.T, camera=Camera.single()))
    assert found["chamfer"] < 0.05
    assert found["chamfer_view"] > 0.5
    assert found["volume_iou"] > 0.98
