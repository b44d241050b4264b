"""From photo and mask to a textured mesh by a search."""

import dataclasses

import numpy as np
import pytest
import torch
from helpers.data import shared_data
from helpers.photos import shirt
from helpers.toy_decoder import ToyDecoder

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.errors import CancelledError, InputError, MaskError
from mirror_core.generators import ConvMeshGenerator, make_generator_config
from mirror_core.inversion import InversionSettings, InversionStage, decoder, shortened
from mirror_core.inversion.finish import enlarged, rim_match
from mirror_core.losses import ChamferTexture
from mirror_core.masking import Mask
from mirror_core.pipelines.folder import load_folder, save_folder
from mirror_core.pipelines.invert import Invert, Shot
from mirror_core.pipelines.sample import Sample, SampleSettings
from training.datasets import find_samples

QUICK = InversionSettings(
    kind="garment",
    codes=4,
    search_pixels=32,
    pixels=32,
    stages=(InversionStage(6, 0.1, 0.01),),
    chamfer=ChamferTexture(points=150),
    features="none",
    finish="none",
    vertices=642,
    texture_size=64,
    preview_every=2,
)


def shot(camera=None) -> Shot:
    photo, inside = shirt(120, 100)
    return Shot(photo, Mask(inside.astype(np.float32), "file", 1.0), camera or Camera.single())


def run(settings: InversionSettings = QUICK, **arguments):
    return Invert(settings, ToyDecoder()).many([shot()], **arguments)[0]


@pytest.fixture(scope="module")
def result():
    return run()


def test_a_result_is_like_any_other(result, tmp_path):
    assert result.vertices.shape == (642, 3)
    assert result.texture.shape == (64, 64, 3)
    assert not result.confidence.any()  # the generator made everything up
    assert result.metrics["mask_iou"] == result.metrics["mask_iou_inside"]
    again = load_folder(save_folder(result, tmp_path / "a.mirror"))
    assert np.array_equal(again.vertices, result.vertices)
    assert again.provenance.settings["method"] == "invert"
    assert len(again.provenance.settings["code"]) == 5


def test_the_last_step_fits_the_outline_and_takes_the_photo_as_texture(result):
    fitted = run(dataclasses.replace(QUICK, finish="fit"))
    assert fitted.metrics["mask_iou_inside"] == pytest.approx(result.metrics["mask_iou"])
    assert fitted.metrics["mask_iou"] > result.metrics["mask_iou"] + 0.05
    assert fitted.confidence.any()


def test_preview_shows_meshes_of_the_results_template():
    seen = []
    run(dataclasses.replace(QUICK, vertices=2562), preview=lambda *what: seen.append(what))
    assert [what[0] for what in seen] == [0, 2, 4]
    assert all(what[1].shape == (2562, 3) and what[2].dtype == np.uint8 for what in seen)


def test_progress_only_grows_and_ends_at_the_total():
    calls: list[tuple[int, int, str]] = []
    run(progress=lambda *call: calls.append(call))
    done = [call[0] for call in calls]
    assert done == sorted(done)
    assert done[-1] == calls[-1][1]


def test_cancelled_is_an_error_or_the_best_so_far():
    asked: list[int] = []

    def soon() -> bool:
        asked.append(0)
        return len(asked) > 5

    with pytest.raises(CancelledError):
        run(cancelled=soon)
    asked.clear()
    kept = run(dataclasses.replace(QUICK, keep_best=True, finish="fit"), cancelled=soon)
    assert kept.provenance.settings["stopped"] is True
    assert kept.provenance.settings["steps"] < 6


@pytest.mark.parametrize("keep_best", [True, False])
def test_cancelled_in_the_last_step_the_search_is_not_lost(result, keep_best: bool):
    told: list[str] = []
    settings = dataclasses.replace(QUICK, keep_best=keep_best, finish="fit")

    def fitting() -> bool:
        return any(what.startswith("Fitting") for what in told)

    def go():
        return run(settings, cancelled=fitting, progress=lambda done, total, what: told.append(what))

    if not keep_best:
        with pytest.raises(CancelledError):
            go()
        return
    kept = go()
    assert np.array_equal(kept.vertices, result.vertices)
    assert kept.provenance.settings["stopped"] is True
    assert kept.provenance.settings["steps"] == 6


def test_a_weak_perspective_camera_may_be_given():
    """CMR's cameras of CUB; the result's camera is the perspective one most like it."""
    made = Invert(QUICK, ToyDecoder()).many([shot(WeakPerspective.near(Camera.single()))])[0]
    assert made.camera.distance == pytest.approx(2.5, rel=0.5)


def test_a_mask_of_another_size_is_refused():
    photo, _ = shirt()
    with pytest.raises(MaskError, match="mask is 10 x 20 pixels"):
        Invert(QUICK, ToyDecoder())(photo, Mask(np.ones((20, 10), np.float32), "file", 1.0))


def test_without_a_model_it_is_said_where_to_get_one(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decoder, "read_catalogue", dict)
    photo, inside = shirt()
    with pytest.raises(InputError, match="No generator is shipped"):
        Invert(QUICK)(photo, Mask(inside.astype(np.float32), "file", 1.0))


def test_an_enlarged_texture_wraps_around():
    """A stripe at the left edge is seen at the right one, too."""
    texture = torch.zeros(3, 8, 16)
    texture[:, :, 0] = 1.0
    large = enlarged(texture, 64)
    assert large[32, 63, 0] > 0.3
    assert abs(large[32, 32, 0]) < 0.01


def test_what_is_known_is_kept_and_the_rest_is_its_continuation():
    known = np.zeros((64, 64), np.float32)
    known[:, 16:48] = 1.0
    difference = np.full((64, 64, 3), 0.2, np.float32)
    difference[:, :16], difference[:, 48:] = 9.0, 9.0  # what is not known has no say
    assert np.allclose(rim_match(difference, known), 0.2, atol=0.02)


def test_samples_are_the_seeds_and_differ_by_number(tmp_path):
    network = ConvMeshGenerator(make_generator_config("lite"))
    for parameter in network.mesh_map.parameters():
        torch.nn.init.normal_(parameter, std=0.003)
    network.save_pretrained(tmp_path / "model")
    invent = Sample(SampleSettings(model=str(tmp_path / "model"), seed=3, truncation=0.7, texture_size=64))
    first, again, second = invent(0), invent(0), invent(1)
    assert np.array_equal(first.vertices, again.vertices)
    assert not np.allclose(first.vertices, second.vertices)
    assert max(abs(value) for value in first.provenance.settings["code"]) <= 0.7
    assert first.mask.any()
    with pytest.raises(InputError, match="truncation"):
        SampleSettings(truncation=0.0)


@pytest.mark.parametrize(
    ("kind", "folder", "least"), [("person", "people/val", 0.7), ("garment", "garments/val", 0.75)]
)
def test_real_photos(kind: str, folder: str, least: float):
    photo, mask = find_samples(shared_data(folder))[17].read()
    settings = shortened(InversionSettings(kind=kind, codes=16, vertices=642, texture_size=256), 0.3)
    made = Invert(settings)(photo, mask)
    assert made.metrics["mask_iou_inside"] > least
    assert made.metrics["mask_iou"] > 0.93
