"""Photos in CMR's windows: which files, which pixels, what is refused; and cameras as rows of numbers."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.cmr_folders import TURNS, write_cars, write_cub
from helpers.uv_objects import eggs

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from mirror_core.trainers.photos import PhotoSource
from training.datasets.camera_rows import camera_of, camera_rows
from training.datasets.cub_cameras import read_car_cameras, read_cub_cameras
from training.datasets.pseudo_truth import camera_of_photo
from training.datasets.seen import seen_by
from training.datasets.uv_maps import UvObjects
from training.datasets.windows import CARS_POSED, CUB_POSED, WindowPhotos, open_windows

GREY, RED = 128, (230, 20, 20)


def cub(folder: Path, size: int = 66) -> WindowPhotos:
    cache = write_cub(folder / "CUB")
    return open_windows(folder / "CUB", read_cub_cameras(cache, "train"), CUB_POSED, size)


def test_a_window_shows_what_its_camera_says(tmp_path: Path):
    """The first is (17, 7) to (83, 73), so that its pixel (47, 18) is (64, 25), right of the origin and above."""
    photos = cub(tmp_path)
    assert isinstance(photos, PhotoSource)
    batch = photos.batch(torch.tensor([0, 1]))
    assert np.abs((batch.photo[0, :, 18, 47] * 255).numpy() - RED).max() < 8
    assert np.abs((batch.photo[0, :, 1, 1] * 255).numpy() - GREY).max() < 8
    assert batch.mask[0].mean().item() == pytest.approx(np.pi * 30**2 / 66**2, rel=0.03)
    # The second reaches from (6, 1) to (83, 78), and is made smaller.
    assert batch.mask[1].mean().item() == pytest.approx(np.pi * 30**2 / 77**2, rel=0.04)
    assert set(batch.mask.unique().tolist()) == {0.0, 1.0}


def test_beyond_the_photo_a_window_is_black(tmp_path: Path):
    photos = cub(tmp_path)
    first = photos.photos[0]
    moved = WindowPhotos((type(first)(first.name, (60, 7, 126, 73), first.camera),), photos.files[:1], 66, 160)
    batch = moved.batch(torch.tensor([0]))
    assert batch.photo[0, :, :, 41:].max() == batch.mask[0, :, :, 41:].max() == 0.0
    assert batch.photo[0, :, :, :39].min() > 0.0


def test_a_subset_keeps_files_and_cameras_together(tmp_path: Path):
    photos = cub(tmp_path)
    part = photos.subset(np.array([4, 1]))
    assert part.names == [photos.names[4], photos.names[1]]
    assert torch.equal(part.batch(torch.tensor([0])).photo, photos.batch(torch.tensor([4])).photo)
    camera = camera_of_photo(part.batch(torch.tensor([1, 0])))
    assert isinstance(camera, WeakPerspective)
    assert torch.equal(camera.rotation, photos.cameras.rotation[[1, 4]])
    turn = torch.from_numpy(TURNS[1]).float()
    assert torch.allclose(camera.matrix()[1], turn, atol=1e-6)


def test_cars_of_imagenet_alone_are_used(tmp_path: Path):
    cache = write_cars(tmp_path / "PASCAL3D")
    photos = open_windows(tmp_path / "PASCAL3D", read_car_cameras(cache, "train"), CARS_POSED, 32)
    assert photos.names == ["car_imagenet/n1_1.JPEG", "car_imagenet/n2_2.JPEG"]
    assert photos.batch(torch.arange(2)).mask.mean() > 0.4


def test_what_is_missing_or_does_not_fit_is_named(tmp_path: Path):
    photos = cub(tmp_path)
    cv2.imwrite(str(photos.files[0][1]), np.zeros((20, 20), np.uint8))
    with pytest.raises(InputError, match="not of one size"):
        photos.picture(0)
    photos.files[0][0].unlink()
    with pytest.raises(InputError, match=r"0_0\.jpg"):
        open_windows(tmp_path / "CUB", photos.photos, CUB_POSED, 32)
    with pytest.raises(InputError, match="no cameras"):
        open_windows(tmp_path / "CUB", [], CUB_POSED, 32)
    with pytest.raises(InputError, match="cameras of their own"):
        camera_of_photo(photos_without_cameras())


def photos_without_cameras():
    from mirror_core.trainers.photos import PhotoBatch

    return PhotoBatch(torch.zeros(1, 3, 4, 4), torch.zeros(1, 1, 4, 4), torch.zeros(1, dtype=torch.long))


def test_rows_give_cameras_back():
    level = Camera(*torch.tensor([[10.0, 20.0], [1.0, 2.0], [2.5, 2.6]]), torch.tensor([[0.1, 0.2], [0.3, 0.4]]))
    assert camera_rows(level).tolist() == [pytest.approx([10, 1, 2.5, 0.1, 0.2]), pytest.approx([20, 2, 2.6, 0.3, 0.4])]
    weak = WeakPerspective(torch.tensor([0.8]), torch.tensor([[0.1, -0.2]]), torch.tensor([[0.5, -0.5, 0.5, 0.5]]))
    assert camera_rows(weak).tolist() == [pytest.approx([0.8, 0.1, -0.2, 0.5, -0.5, 0.5, 0.5])]
    for camera in (level, weak):
        again = camera_of(torch.from_numpy(camera_rows(camera)))
        assert type(again) is type(camera)
        assert np.array_equal(camera_rows(again), camera_rows(camera))


def test_cameras_of_both_kinds_are_not_mixed():
    one, two = eggs(2), eggs(2)
    weak = UvObjects(one.vertices, one.textures, one.pictures, np.ones((2, 7), np.float32), one.owner, one.labels)
    assert UvObjects.joined([weak, weak]).cameras.shape == (4, 7)
    with pytest.raises(InputError, match="5 numbers, some 7"):
        UvObjects.joined([weak, two])


def test_without_perspective_a_vertex_is_seen_where_and_as_its_normal_says():
    """A unit sphere at scale 0.5, shifted: what faces the eye is seen under its own z, the far side not at all."""
    template = make_template(642, (1.0, 1.0, 1.0))
    camera = WeakPerspective(torch.tensor([0.5]), torch.tensor([[0.1, -0.2]]), torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    x, y, z = template.vertices.numpy().T
    seen = seen_by(template.vertices, template, camera)
    assert np.allclose(seen[:, 0], 0.5 * x + 0.1, atol=1e-5)
    assert np.allclose(seen[:, 1], 0.5 * y - 0.2, atol=1e-5)
    apart = np.abs(seen[:, 2] - np.clip(z, 0.0, None))
    assert apart.max() < 0.1  # of the mesh's normals, which are not the sphere's
    assert apart.mean() < 0.01


def test_without_perspective_what_lies_behind_something_is_hidden():
    """The sphere's lower half is turned up, half a turn about x, and put before the upper one."""
    template = make_template(642, (1.0, 1.0, 1.0))
    vertices = template.vertices.clone()
    low = vertices[:, 1] < -0.2
    vertices[low] = vertices[low] * torch.tensor([1.0, -1.0, -1.0]) + torch.tensor([0.0, 0.0, 2.0])
    camera = WeakPerspective(torch.tensor([0.5]), torch.zeros(1, 2), torch.tensor([[1.0, 0.0, 0.0, 0.0]]))
    cosine = seen_by(vertices, template, camera)[:, 2]
    covered = (template.vertices[:, 1] > 0.5) & (template.vertices[:, 2] > 0.5) & (template.vertices[:, 0].abs() < 0.3)
    assert int(covered.sum()) > 5
    assert cosine[covered.numpy()].max() == 0.0
