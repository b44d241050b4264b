"""CMR's cameras of CUB: windows, structure from motion, predictions, mirrors."""

import math

import cv2
import numpy as np
import pytest
import torch
from scipy.io import savemat

from mirror_core.attributes import WeakPerspective
from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from mirror_core.rendering.projection import camera_space
from training.datasets.cub_cameras import mirrored, read_cub_cameras, read_predicted_cameras, square_window
from training.datasets.posed import held
from training.datasets.windows import CUB_POSED, open_windows

NAME = "001.Black_footed_Albatross/a.jpg"


def rotation_about(axis: int, degrees: float) -> np.ndarray:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    turn = np.eye(3)
    i, j = [k for k in range(3) if k != axis]
    turn[i, i], turn[i, j], turn[j, i], turn[j, j] = c, -s, s, c
    return turn


def write_cache(folder, rotation: np.ndarray):
    """One photo with the box (11..30, 21..60), scale 10 pixels a unit, its origin at pixel (20, 40)."""
    box = {"x1": 11.0, "y1": 21.0, "x2": 30.0, "y2": 60.0}
    (folder / "data").mkdir(parents=True)
    (folder / "sfm").mkdir()
    images = np.array([(NAME, box)], dtype=[("rel_path", object), ("bbox", object)])
    poses = np.array(
        [(10.0, np.array([20.0, 40.0]), rotation)], dtype=[("scale", object), ("trans", object), ("rot", object)]
    )
    savemat(folder / "data" / "train_cub_cleaned.mat", {"images": images})
    savemat(folder / "sfm" / "anno_train.mat", {"sfm_anno": poses})


def test_a_window_is_the_padded_box_made_square():
    assert square_window((10.0, 20.0, 29.0, 59.0)) == (-2, 18, 41, 61)


def test_structure_from_motion_becomes_a_camera_of_the_window(tmp_path):
    write_cache(tmp_path, np.eye(3))
    (posed,) = read_cub_cameras(tmp_path, "train")
    assert posed.name == NAME
    left, top, right, bottom = posed.window
    side = right - left
    assert side == bottom - top
    assert posed.camera.scale.item() == pytest.approx(10.0 * 2 / side)
    # A point 1 unit to the right in CMR's axes, which point down and away, is seen 10 pixels right of the origin.
    expected = (torch.tensor([30.0, 40.0]) - torch.tensor([float(left), float(top)])) * 2 / side - 1
    point = posed.camera.matrix()[0] @ torch.tensor([1.0, 0.0, 0.0])
    seen = posed.camera.scale * point[:2] + posed.camera.translation[0]
    assert torch.allclose(seen, expected * torch.tensor([1.0, -1.0]), atol=1e-5)


def test_predictions_that_fit_badly_are_left_out(tmp_path):
    path = tmp_path / "cmr_pred_cam.pth"
    camera = torch.tensor([0.8, 0.1, -0.2, 1.0, 0.0, 0.0, 0.0])
    torch.save({n: {"pred_cam": camera, "pred_pose_overlay_iou": iou} for n, iou in (("a", 0.9), ("b", 0.6))}, path)
    found = read_predicted_cameras(path)
    assert list(found) == ["a"]
    assert found["a"].scale.item() == pytest.approx(0.8)
    assert found["a"].translation.tolist() == [pytest.approx([0.1, 0.2])]
    torch.save({"a": {"pred_cam": camera[:5], "pred_pose_overlay_iou": 0.9}}, path)
    with pytest.raises(InputError, match="5 numbers"):
        read_predicted_cameras(path)


def test_a_mirrored_camera_sees_a_mirrored_object_as_a_mirror_would():
    quaternion = torch.nn.functional.normalize(torch.tensor([[0.9, 0.2, -0.3, 0.1]]), dim=1)
    camera = WeakPerspective(torch.tensor([0.7]), torch.tensor([[0.2, -0.1]]), quaternion)
    points = make_template(642).vertices[None]
    aside = torch.tensor([-1.0, 1.0, 1.0])
    there = points[0] @ camera.matrix()[0].T
    back = (points[0] * aside) @ mirrored(camera).matrix()[0].T
    assert torch.allclose(there * aside, back, atol=1e-5)
    assert mirrored(camera).translation.tolist() == [pytest.approx([-0.2, -0.1])]
    assert camera_space(points, camera).shape == (1, 642, 3)


def test_photos_are_cut_to_their_windows(tmp_path):
    write_cache(tmp_path / "cache", rotation_about(1, 30.0))
    for name in ("images", "segmentations"):
        (tmp_path / name / "001.Black_footed_Albatross").mkdir(parents=True)
    picture = np.zeros((80, 60, 3), np.uint8)
    picture[20:60, 10:30, 2] = 200
    cv2.imwrite(str(tmp_path / "images" / NAME), picture)
    cv2.imwrite(str(tmp_path / "segmentations" / NAME.replace(".jpg", ".png")), (picture[..., 2] > 0) * np.uint8(255))
    photos = held(open_windows(tmp_path, read_cub_cameras(tmp_path / "cache", "train"), CUB_POSED, 64))
    batch = photos.batch(torch.arange(1))
    assert batch.photo.shape == (1, 3, 64, 64)
    # The box is 20 x 40 of a window of 43 pixels.
    assert batch.mask.mean().item() == pytest.approx(20 * 40 / 43**2, abs=0.03)
    red, _, blue = batch.photo[0, :, 32, 32].tolist()
    assert red > 0.6
    assert blue < 0.2
    draws = [photos.batch(torch.arange(1), torch.Generator().manual_seed(s)) for s in range(6)]
    seen = {float(draw.mirrored[0]) for draw in draws if draw.mirrored is not None}
    assert seen == {0.0, 1.0}


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match="train_cub_cleaned"):
        read_cub_cameras(tmp_path, "train")
