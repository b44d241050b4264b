"""PASCAL3D+ in its own layout, on a folder of three photos."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from scipy.io import savemat

from mirror_core.errors import InputError
from training.datasets.layout import split_samples
from training.datasets.pascal3d import PASCAL3D, read_annotation

FOLDER = "car_imagenet"


def write(data: Path, name: str, kinds: tuple[str, ...] = ("car",)) -> None:
    """A photo of 40 x 60 pixels with a car in its right half."""
    for part in ("Images", "Masks", "Annotations"):
        (data / part / FOLDER).mkdir(parents=True, exist_ok=True)
    photo = np.zeros((40, 60, 3), np.uint8)
    photo[10:30, 30:55] = 180
    cv2.imwrite(str(data / "Images" / FOLDER / f"{name}.JPEG"), photo)
    cv2.imwrite(str(data / "Masks" / FOLDER / f"{name}.png"), photo[..., 0])
    view = {"azimuth": 30.0, "elevation": 10.0, "theta": -2.0, "distance": 5.0}
    objects = np.empty(len(kinds), dtype=object)
    for number, kind in enumerate(kinds):
        objects[number] = {"class": kind, "bbox": np.array([31.0, 11, 55, 30]), "viewpoint": view, "cad_index": 4}
    savemat(data / "Annotations" / FOLDER / f"{name}.mat", {"record": {"objects": objects}})


@pytest.fixture
def data(tmp_path: Path) -> Path:
    write(tmp_path, "n1")
    write(tmp_path, "n2", ("car", "car"))
    write(tmp_path, "n3", ("car", "person"))
    (tmp_path / "Image_sets").mkdir()
    (tmp_path / "Image_sets" / "car_imagenet_train.txt").write_text("n1\nn2\n")
    (tmp_path / "Image_sets" / "car_imagenet_val.txt").write_text("n3\n")
    return tmp_path


def test_photos_with_just_one_car_are_used(data: Path):
    assert [s.photo.stem for s in split_samples(PASCAL3D, data, "all", 0.0, 0)] == ["n1", "n3"]
    assert [s.photo.stem for s in split_samples(PASCAL3D, data, "train", 0.0, 0)] == ["n1"]
    assert [s.photo.stem for s in split_samples(PASCAL3D, data, "test", 0.0, 0)] == ["n3"]


def test_a_photo_is_cut_to_its_box(data: Path):
    (sample,) = split_samples(PASCAL3D, data, "train", 0.0, 0)
    photo, mask = sample.read()
    assert photo.size == (20, 25)
    assert mask.values.mean() > 0.95


def test_an_annotation_says_the_camera(data: Path):
    found = read_annotation(data / "Annotations" / FOLDER / "n1.mat")
    assert found is not None
    assert found.box == (30.0, 10.0, 54.0, 29.0)
    assert (found.roll, found.cad) == (-2.0, 4)
    camera = found.camera()
    assert (camera.azimuth.item(), camera.elevation.item()) == (30.0, 10.0)


def test_a_missing_mask_is_named(data: Path):
    (data / "Masks" / FOLDER / "n1.png").unlink()
    with pytest.raises(InputError, match=r"n1\.png"):
        split_samples(PASCAL3D, data, "train", 0.0, 0)


def test_a_damaged_annotation_is_named(data: Path):
    (data / "Annotations" / FOLDER / "n1.mat").write_bytes(b"nothing")
    with pytest.raises(InputError, match=r"n1\.mat"):
        split_samples(PASCAL3D, data, "train", 0.0, 0)
