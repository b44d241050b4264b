"""Each method finds a drawn shirt; `auto` takes the most trustworthy one and says which."""

import dataclasses
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.photos import make_photo, overlap, shirt
from PIL import Image

from mirror_core.errors import DependencyError, InputError, MaskError
from mirror_core.images import Photo
from mirror_core.masking import Mask, find, find_mask, rembg
from mirror_core.masking.border import fit_background
from mirror_core.masking.working import refine, to_lab


@pytest.mark.parametrize("method", ["border", "grabcut", "auto"])
def test_a_shirt_on_a_plain_ground_is_found(method: str):
    photo, truth = shirt()
    mask = find_mask(photo, method)
    assert mask.values.dtype == np.float32
    assert mask.values.shape == photo.size
    assert overlap(mask.values > 0.5, truth) > 0.98
    assert mask.confidence > 0.9


def test_a_vignette_does_not_disturb_the_border_method():
    photo, truth = shirt(vignette=0.25)
    assert overlap(find_mask(photo, "border").values > 0.5, truth) > 0.98


def test_an_object_that_reaches_the_border_has_no_say_in_the_background():
    # the cloth covers a quarter of the border
    photo, truth = shirt()
    photo = make_photo(photo.pixels[60:])
    background = fit_background(to_lab(photo.pixels))
    assert background.share == pytest.approx(0.8, abs=0.12)
    assert overlap(find_mask(photo, "border").values > 0.5, truth[60:]) > 0.97


def test_a_window_onto_the_background_is_background():
    photo, _ = shirt()
    pixels = photo.pixels.copy()
    pixels[100:130, 90:110] = pixels[:30, :20]
    mask = find_mask(make_photo(pixels), "border")
    assert mask.values[105:125, 95:105].max() < 0.1


def test_a_cluttered_ground_lowers_the_borders_confidence():
    photo, truth = shirt()
    clutter = np.random.default_rng(0).random((12, 10, 3)).repeat(20, axis=0).repeat(20, axis=1)
    photo = make_photo(np.where(truth[..., None], photo.pixels, clutter))
    assert find.border_mask(photo).confidence < 0.7


def test_the_edge_of_a_large_photo_is_finer_than_the_small_copy_it_was_found_on():
    photo, truth = shirt(1200, 1000)
    mask = find_mask(photo, "grabcut")
    # the small copy has 224 pixels along the side, so its cells are more than 5 pixels wide
    wrong = (mask.values > 0.5) != truth
    contour = np.abs(np.diff(truth, axis=0)).sum() + np.abs(np.diff(truth, axis=1)).sum()
    assert wrong.sum() / contour < 0.7


def test_refining_follows_the_colours_and_without_contrast_keeps_the_mask():
    coarse = np.zeros((20, 20), bool)
    coarse[:, :10] = True
    pixels = np.ones((200, 200, 3), np.float32)
    pixels[:, :104] = 0.0  # the true edge, 4 pixels from the coarse one at 100
    assert abs((refine(coarse, pixels) > 0.5)[100].sum() - 104) <= 1
    assert abs((refine(coarse, np.full_like(pixels, 0.5)) > 0.5)[100].sum() - 100) <= 1


def test_the_same_photo_gives_the_same_mask():
    photo, _ = shirt()
    np.testing.assert_array_equal(find_mask(photo, "grabcut").values, find_mask(photo, "grabcut").values)


def test_beyond_the_rectangle_is_background():
    left_shirt, truth = shirt()
    both = make_photo(np.concatenate([left_shirt.pixels, left_shirt.pixels], axis=1))
    mask = find_mask(both, rectangle=(10, 20, 190, 220))
    assert mask.method == "grabcut"
    assert overlap(mask.values[:, :200] > 0.5, truth) > 0.97
    assert mask.values[:, 200:].max() < 0.5


def test_two_shirts_are_two_objects():
    one, _ = shirt()
    both = make_photo(np.concatenate([one.pixels, one.pixels], axis=1))
    with pytest.raises(MaskError, match="two objects of similar size"):
        find_mask(both, "border")


@pytest.mark.parametrize("rectangle", [(50, 50, 40, 90), (-1, 0, 50, 50), (0, 0, 201, 50), (5, 5, 5, 90)])
def test_a_rectangle_off_the_photo_is_refused(rectangle: tuple[int, int, int, int]):
    with pytest.raises(MaskError, match=r"does not lie on the photo of 200 x 240 pixels\. Give left < right"):
        find_mask(shirt()[0], "grabcut", rectangle=rectangle)


def test_a_plain_photo_has_no_object():
    with pytest.raises(MaskError, match=r"mask is (empty|full)"):
        find_mask(make_photo(np.full((64, 64, 3), 0.5)), "border")


def test_the_alpha_channel_is_the_mask():
    photo, truth = shirt()
    photo = dataclasses.replace(photo, alpha=truth.astype(np.float32))
    for method in ("alpha", "auto"):
        mask = find_mask(photo, method)
        assert (mask.method, mask.confidence) == ("alpha", 1.0)
        np.testing.assert_array_equal(mask.values, photo.alpha)


def test_an_alpha_channel_that_cuts_nothing_out_is_passed_over_by_auto():
    photo, _ = shirt()
    alpha = np.ones(photo.size, np.float32)
    alpha[0, 0] = 0.0
    assert find_mask(dataclasses.replace(photo, alpha=alpha)).method == "border"


def test_half_transparent_alpha_is_less_sure():
    photo, truth = shirt()
    alpha = truth.astype(np.float32)
    alpha[:60] = 0.5  # a quarter of the photo
    assert find.alpha_mask(dataclasses.replace(photo, alpha=alpha)).confidence == pytest.approx(0.75)


def test_no_alpha_is_said():
    with pytest.raises(MaskError, match=r"drawn\.png has no alpha channel.*Give a mask file"):
        find_mask(shirt()[0], "alpha")


@pytest.mark.parametrize("factor", [1, 2])
def test_a_mask_file_of_the_photos_shape(tmp_path: Path, factor: int):
    photo, truth = shirt()
    picture = Image.fromarray(truth.astype(np.uint8) * 255)
    picture.resize((200 // factor, 240 // factor), Image.Resampling.BOX).save(tmp_path / "mask.png")
    mask = find_mask(photo, file=tmp_path / "mask.png")
    assert (mask.method, mask.confidence) == ("file", 1.0)
    assert overlap(mask.values > 0.5, truth) > 0.98


def test_a_mask_files_alpha_counts_before_its_colours(tmp_path: Path):
    photo, truth = shirt()
    black = np.zeros((*truth.shape, 4), np.uint8)
    black[..., 3] = truth * 255
    Image.fromarray(black).save(tmp_path / "mask.png")
    np.testing.assert_array_equal(find_mask(photo, file=tmp_path / "mask.png").values, truth.astype(np.float32))


def test_a_mask_file_of_another_shape_names_both_sizes(tmp_path: Path):
    Image.new("L", (240, 200), 255).save(tmp_path / "mask.png")
    with pytest.raises(MaskError, match=r"mask\.png is 240 x 200 pixels, but the photo is 200 x 240.*Make the mask"):
        find_mask(shirt()[0], file=tmp_path / "mask.png")


def test_a_damaged_mask_file_is_called_a_mask(tmp_path: Path):
    (tmp_path / "mask.png").write_bytes(b"")
    with pytest.raises(MaskError, match=r"mask cannot be used: mask\.png is empty"):
        find_mask(shirt()[0], file=tmp_path / "mask.png")
    with pytest.raises(MaskError, match=r"mask cannot be used: There is no file"):
        find_mask(shirt()[0], file=tmp_path / "other.png")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"method": "magic"},
            "method must be one of auto, file, alpha, border, grabcut, network, rembg, but is 'magic'",
        ),
        ({"method": "file"}, "needs a mask file"),
        ({"method": "border", "rectangle": (0, 0, 9, 9)}, "rectangle is of no use to the masking method border"),
        ({"method": "border", "file": Path("x.png")}, "mask file is of no use to the masking method border"),
        ({"rectangle": (0, 0, 9, 9), "file": Path("x.png")}, "both given"),
    ],
)
def test_arguments_that_do_not_fit_together(options: dict[str, object], message: str):
    with pytest.raises(InputError, match=message):
        find_mask(shirt()[0], **options)


def test_rembg_that_is_not_there_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(rembg, "rembg_is_installed", lambda: False)
    with pytest.raises(DependencyError, match=r"not installed\. Install it with: pip install"):
        find_mask(shirt()[0], "rembg")


def test_rembg_is_used_when_it_is_there(monkeypatch: pytest.MonkeyPatch):
    photo, truth = shirt()

    def remove(picture: np.ndarray, *, only_mask: bool) -> np.ndarray:
        assert only_mask
        assert picture.dtype == np.uint8
        return truth.astype(np.uint8) * 255

    monkeypatch.setitem(sys.modules, "rembg", SimpleNamespace(remove=remove))
    monkeypatch.setattr(rembg, "rembg_is_installed", lambda: True)
    mask = find_mask(photo, "rembg")
    assert (mask.method, mask.confidence) == ("rembg", 1.0)
    np.testing.assert_array_equal(mask.values > 0.5, truth)


def test_a_failure_inside_rembg_is_explained(monkeypatch: pytest.MonkeyPatch):
    def remove(*_: object, **__: object) -> None:
        raise ConnectionError("no network")

    monkeypatch.setitem(sys.modules, "rembg", SimpleNamespace(remove=remove))
    monkeypatch.setattr(rembg, "rembg_is_installed", lambda: True)
    with pytest.raises(DependencyError, match=r"rembg failed: no network\. Check"):
        find_mask(shirt()[0], "rembg")


def _answer(monkeypatch: pytest.MonkeyPatch, name: str, values: np.ndarray, confidence: float) -> None:
    """Let a method find this mask."""
    mask = Mask(values.astype(np.float32), name, confidence)
    monkeypatch.setattr(find, f"{name}_mask", lambda _photo: mask)


@pytest.mark.parametrize(("installed", "method"), [(True, "rembg"), (False, "network")])
def test_auto_without_a_plain_border(monkeypatch: pytest.MonkeyPatch, installed: bool, method: str):
    photo, truth = shirt()
    for name, confidence in {"border": 0.5, "rembg": 0.9, "grabcut": 0.9, "network": 0.9}.items():
        _answer(monkeypatch, name, truth, confidence)
    monkeypatch.setattr(find, "rembg_is_installed", lambda: installed)
    assert find_mask(photo).method == method


@pytest.mark.parametrize(("confidence", "method"), [(0.8, "network"), (0.6, "grabcut")])
def test_auto_takes_grabcut_where_it_is_surer_than_the_network(
    monkeypatch: pytest.MonkeyPatch, confidence: float, method: str
):
    photo, truth = shirt()
    for name, sure in {"border": 0.5, "grabcut": 0.8, "network": confidence}.items():
        _answer(monkeypatch, name, truth, sure)
    monkeypatch.setattr(find, "rembg_is_installed", lambda: False)
    assert find_mask(photo).method == method


def test_auto_without_rembg_takes_a_plain_border_that_is_clearly_surer(monkeypatch: pytest.MonkeyPatch):
    photo, truth = shirt()
    for name, confidence in {"border": 0.82, "grabcut": 0.73, "network": 0.73}.items():
        _answer(monkeypatch, name, truth, confidence)
    monkeypatch.setattr(find, "rembg_is_installed", lambda: False)
    assert find_mask(photo).method == "border"


@pytest.mark.parametrize("size", [(16, 16), (16, 400), (400, 16), (17, 33)])
@pytest.mark.parametrize("method", ["border", "grabcut", "network", "auto"])
def test_small_and_narrow_photos_get_a_mask_or_a_sentence(size: tuple[int, int], method: str):
    photo: Photo = make_photo(np.random.default_rng(1).random((*size, 3)))
    try:
        assert find_mask(photo, method).values.shape == size
    except MaskError as error:
        assert error.remedy  # noqa: PT017
