"""From photo and mask to a textured mesh."""

import dataclasses
import time

import numpy as np
import pytest
from helpers.data import shared_data
from helpers.photos import shirt

from mirror_core.errors import CancelledError, MaskError
from mirror_core.fitting.settings import FitSettings, Weights
from mirror_core.masking import Mask
from mirror_core.pipelines.reconstruct import Reconstruct, render_result
from training.datasets import find_samples
from training.evaluation.reconstruct import measure

QUICK = FitSettings(start="outline", vertices=642, texture_size=256, effort=0.25)


def shirt_and_mask():
    photo, inside = shirt()
    return photo, Mask(inside.astype(np.float32), "file", 1.0)


@pytest.fixture(scope="module")
def result():
    return Reconstruct(QUICK)(*shirt_and_mask())


def test_the_front_looks_like_the_photo(result):
    photo, _ = shirt_and_mask()
    measured = measure(photo, result)
    assert measured["mask_iou"] > 0.96
    assert measured["ssim"] > 0.85
    assert measured["inverted_faces"] < 0.005


def test_what_was_found_out_about_the_photo_is_said(result):
    assert result.kind == "garment"
    asked = Reconstruct(dataclasses.replace(QUICK, kind="person", effort=0.0))(*shirt_and_mask())
    assert asked.kind == "person"


def test_it_has_thickness(result):
    assert 0.2 <= result.metrics["thickness_over_width"] <= 0.9


def test_the_crop_is_the_cameras_window_on_the_photo(result):
    """Rendered and pasted back through the crop, the silhouette lies on the photo's mask."""
    photo, mask = shirt_and_mask()
    pixels = 400
    silhouette = render_result(result, pixels).mask[0, 0].numpy() > 0.5
    row, column = np.mgrid[0 : photo.size[0], 0 : photo.size[1]] + 0.5
    ndc = result.crop.to_ndc(np.stack([column, row], axis=-1))
    seen_row, seen_column = ((1 - ndc[..., 1]) / 2 * pixels).astype(int), ((ndc[..., 0] + 1) / 2 * pixels).astype(int)
    pasted = silhouette[seen_row.clip(0, pixels - 1), seen_column.clip(0, pixels - 1)]
    truth = mask.values > 0.5
    assert (pasted & truth).sum() / (pasted | truth).sum() > 0.96


def test_undivided_light_is_plain_and_divided_light_still_renders_the_photo(result):
    assert np.count_nonzero(result.light[1:]) == 0
    photo, mask = shirt_and_mask()
    divided = Reconstruct(dataclasses.replace(QUICK, delight=True))(photo, mask)
    assert np.count_nonzero(divided.light[1:]) == 8
    assert measure(photo, divided)["ssim"] > 0.8


def test_the_provenance_says_how_to_make_it_again(result):
    settings = dict(result.provenance.settings)
    settings["weights"] = Weights(**settings["weights"])
    again = Reconstruct(FitSettings(**settings))(*shirt_and_mask())
    assert np.array_equal(again.vertices, result.vertices)
    assert np.array_equal(again.texture, result.texture)


def test_a_mask_of_another_size_is_refused_with_both_sizes():
    photo, _ = shirt_and_mask()
    with pytest.raises(MaskError, match=r"mask is 10 x 20 pixels, but the photo drawn\.png is 200 x 240"):
        Reconstruct(QUICK)(photo, Mask(np.ones((20, 10), np.float32), "file", 1.0))


def test_an_empty_mask_is_refused():
    photo, mask = shirt_and_mask()
    with pytest.raises(MaskError, match="empty"):
        Reconstruct(QUICK)(photo, Mask(np.zeros_like(mask.values), "file", 0.0))


def test_progress_only_grows_and_ends_at_the_total():
    calls: list[tuple[int, int, str]] = []
    Reconstruct(QUICK)(*shirt_and_mask(), progress=lambda *call: calls.append(call))
    done = [call[0] for call in calls]
    assert done == sorted(done)
    assert done[-1] == calls[-1][1]
    assert all(call[2] for call in calls)


def test_cancel_is_asked_often_and_stops_the_fit():
    """Between two questions no more than a small share of the whole run passes."""
    asked: list[float] = []

    def remember() -> bool:
        asked.append(time.perf_counter())
        return False

    Reconstruct(QUICK)(*shirt_and_mask(), cancelled=remember)
    assert max(np.diff(asked)) < 0.5 * (asked[-1] - asked[0])
    with pytest.raises(CancelledError):
        Reconstruct(QUICK)(*shirt_and_mask(), cancelled=lambda: True)


@pytest.mark.parametrize(
    ("folder", "start", "least", "inverted"),
    [
        ("garments/val", "outline", 0.97, 0.005),
        ("people/val", "outline", 0.94, 0.005),
        ("garments/val", "auto", 0.98, 0.06),
        ("people/val", "auto", 0.96, 0.03),
    ],
)
def test_real_photos(folder: str, start: str, least: float, inverted: float):
    """A model's answer may have folds, which the fit keeps: so far 2 % of a person's front, 4 % of a garment's."""
    samples = find_samples(shared_data(folder))[::37]
    overlaps = []
    for sample in samples:
        photo, mask = sample.read()
        made = Reconstruct(FitSettings(start=start, texture_size=512))(photo, mask)
        overlaps.append(made.metrics["mask_iou"])
        assert made.metrics["inverted_faces"] < inverted
        assert measure(photo, made)["ssim"] > 0.85
    assert np.median(overlaps) > least
