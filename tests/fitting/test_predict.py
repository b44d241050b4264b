"""A fit that starts from what a trained model says."""

import numpy as np
import pytest
import torch
from helpers.photos import shirt
from helpers.tiny_mirror import tiny_config

from mirror_core.attributes import Camera
from mirror_core.encoders import MagicMirror
from mirror_core.errors import InputError
from mirror_core.fitting.optimise import Target, fit_vertices, refine
from mirror_core.fitting.place import place
from mirror_core.fitting.predict import predict
from mirror_core.fitting.settings import FitSettings
from mirror_core.images import Crop, Photo
from mirror_core.masking import Mask
from mirror_core.mesh import make_template
from mirror_core.pipelines.reconstruct import Reconstruct
from mirror_core.rendering.projection import camera_space


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """An untrained model: prototype, from the front."""
    torch.manual_seed(0)
    path = tmp_path_factory.mktemp("model") / "tiny"
    MagicMirror(tiny_config()).save_pretrained(path)
    return path


def _shirt() -> tuple[Photo, Mask]:
    photo, inside = shirt()
    return photo, Mask(inside.astype(np.float32), "drawn", 1.0)


def test_a_model_is_shown_the_window_that_it_was_trained_on(folder):
    """A tall object fills 90 % of the height, a wide one 90 % of the picture's width."""
    model, photo = MagicMirror.from_pretrained(folder), np.zeros((100, 80, 3), np.float32)
    tall, wide = np.zeros((2, 100, 80), np.float32)
    tall[10:90, 35:45] = 1.0
    wide[45:55, 10:70] = 1.0
    assert predict(model, photo, tall).crop.size == pytest.approx(80 / 0.9)
    assert predict(model, photo, wide).crop.size == pytest.approx(60 / 0.5 / 0.9)  # its picture is half as wide as high


def test_an_untrained_model_says_prototype_and_front(folder):
    photo, mask = _shirt()
    found = predict(MagicMirror.from_pretrained(folder), photo.pixels, mask.values)
    np.testing.assert_allclose(found.vertices, make_template().vertices.numpy(), atol=0.02)
    assert abs(float(found.camera.azimuth[0])) < 2.0


def test_reconstruction_goes_on_from_the_model_s_answer_and_its_camera(folder):
    photo, mask = _shirt()
    settings = FitSettings(model=str(folder), texture_size=128, effort=0.5)
    result = Reconstruct(settings)(photo, mask)
    said = predict(MagicMirror.from_pretrained(folder), photo.pixels, mask.values)
    assert result.camera.elevation == pytest.approx(float(said.camera.elevation[0]))
    assert abs(result.camera.azimuth - float(said.camera.azimuth[0])) <= 90.0
    assert result.crop == said.crop
    assert len(result.vertices) == 2562
    assert result.metrics["mask_iou"] > 0.8  # the ellipsoid alone covers about 0.5 of a shirt


def _depth(vertices, camera) -> np.ndarray:
    return camera_space(torch.from_numpy(np.asarray(vertices, np.float64))[None], camera)[0, :, 2].numpy()


def test_the_fit_moves_a_model_s_answer_across_the_view_and_keeps_its_depth():
    """Seen from 50 degrees to the side and 10 above: the outline says nothing of how far away things are."""
    camera = Camera.single(azimuth=50.0, elevation=10.0)
    wide = np.zeros((128, 128), np.float32)
    wide[20:108, 30:98] = 1.0
    target, start = Target(wide, Crop(0.0, 0.0, 128.0)), make_template(642).vertices.double().numpy()
    fitted = fit_vertices(start, target, camera, FitSettings(start="model", effort=0.3), lambda _: None)
    precise = camera.to(torch.zeros(1, dtype=torch.float64))
    np.testing.assert_allclose(_depth(fitted, precise), _depth(refine(start), precise), atol=1e-6)
    assert np.abs(fitted - refine(start)).max() > 0.1


def test_fast_takes_the_answer_as_it_is_and_the_photo_as_its_texture(folder):
    photo, mask = _shirt()
    settings = FitSettings(start="model", model=str(folder), texture_size=2048, fast=True)
    result = Reconstruct(settings)(photo, mask)
    said = predict(MagicMirror.from_pretrained(folder), photo.pixels, mask.values)
    target = Target(mask.values, said.crop)
    placed, _ = place(said.vertices, said.camera, target.at(64), result.kind)
    np.testing.assert_allclose(result.vertices, refine(placed), atol=1e-6)
    assert result.texture.shape == (512, 512, 3)  # the window has 222 pixels, as high as the shirt and a tenth more
    assert result.confidence.max() > 200
    assert result.provenance.settings["fast"] is True


def test_fast_from_the_outline_is_the_outline_inflated():
    photo, mask = _shirt()
    inflated = Reconstruct(FitSettings(start="outline", effort=0.0, texture_size=128))(photo, mask)
    fast = Reconstruct(FitSettings(start="outline", fast=True, texture_size=128))(photo, mask)
    assert np.array_equal(fast.vertices, inflated.vertices)


def test_another_start_has_no_model():
    with pytest.raises(InputError, match=r"start is 'outline', but model is 'some/folder'"):
        FitSettings(start="outline", model="some/folder")


def test_a_missing_model_is_named(tmp_path):
    photo, mask = _shirt()
    with pytest.raises(InputError, match="nowhere"):
        Reconstruct(FitSettings(start="model", model=str(tmp_path / "nowhere")))(photo, mask)
