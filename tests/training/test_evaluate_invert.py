"""The command that measures inversions, and inversion as a method of the 3D benchmark; the generator knows nothing."""

import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.photos import shirt
from helpers.truths import make_truth

from mirror_core.errors import MirrorError
from mirror_core.inversion import InversionSettings, InversionStage
from mirror_core.pipelines.invert import Invert
from training.evaluation.generated import untrained_generator
from training.evaluation.invert import EvaluateInvert, inside_of, summary
from training.evaluation.three_d_methods import find_method


@pytest.fixture(scope="module")
def generator(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "untrained"
    untrained_generator().save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    photo, inside = shirt()
    folder = tmp_path_factory.mktemp("data")
    for name in ("a", "b"):
        cv2.imwrite(str(folder / f"{name}.png"), (photo.pixels[..., ::-1] * 255).astype(np.uint8))
        cv2.imwrite(str(folder / f"{name}_mask.png"), inside.astype(np.uint8) * 255)
    return folder


def short(generator: Path, finish: str = "fit") -> InversionSettings:
    return InversionSettings(
        model=str(generator),
        kind="garment",
        codes=2,
        search_pixels=32,
        stages=(InversionStage(2, 0.1, 0.01),),
        pixels=48,
        finish=finish,
        vertices=642,
        texture_size=64,
    )


def test_the_command_writes_figures_of_both_ranges_and_a_sheet(generator: Path, data: Path, tmp_path: Path):
    EvaluateInvert(data=data, out=tmp_path, name="drawn", pictures=1, settings=short(generator)).run()
    report = json.loads((tmp_path / "drawn.json").read_text())
    figures = report["summary"]
    assert figures["photos"] == 2
    assert figures["failed"] == 0
    assert figures["mask_iou_finished_median"] > figures["mask_iou_inside_median"] > 0.2
    assert {row["photo"] for row in report["photos"]} == {"a", "b"}
    assert set(report["distances"]["inside"]) >= {"frechet_garment_1", "frechet_garment_10", "frechet_garment_12"}
    assert report["distances"]["inside"]["pictures_10"] == 20
    sheet = cv2.imread(str(tmp_path / "drawn.png"))
    assert sheet.shape[1] == 16 * sheet.shape[0]
    assert sheet.std() > 10


def test_estimated_masks_are_shown_and_the_given_ones_compared_with(generator: Path, data: Path, tmp_path: Path):
    """The shirt's plain border gives it away: the found mask is nearly the given one."""
    settings = short(generator, "none")
    EvaluateInvert(
        data=data, out=tmp_path, name="found", limit=1, pictures=0, masks="estimated", settings=settings
    ).run()
    report = json.loads((tmp_path / "found.json").read_text())
    assert report["masks"] == "estimated"
    assert report["summary"]["mask_iou_finished_median"] > 0.5
    assert "distances" not in report
    assert not (tmp_path / "found.png").exists()


def test_the_answer_inside_the_range_is_the_one_without_the_last_step(generator: Path):
    photo, inside = shirt()
    from mirror_core.masking import Mask

    mask = Mask(inside.astype(np.float32), "given", 1.0)
    finished = Invert(short(generator))(photo, mask)
    plain = Invert(short(generator, "none"))(photo, mask)
    own = inside_of(finished)
    assert own.vertices == pytest.approx(plain.vertices, abs=1e-6)
    assert np.array_equal(own.texture, plain.texture)
    assert not np.allclose(own.vertices, finished.vertices, atol=1e-3)


def test_the_summary_tells_what_the_last_step_adds():
    row = {"photo": "a", "mask_iou_inside": 0.8, "mask_iou_finished": 0.9, "ssim_inside": 0.5, "ssim_finished": 0.6}
    total = summary([row, {**row, "mask_iou_inside": 0.6}, {"photo": "c", "failed": "no mask was found"}])
    assert total["photos"] == 3
    assert total["failed"] == 1
    assert total["mask_iou_inside_worst"] == 0.6
    assert total["mask_iou_gained_mean"] == pytest.approx(0.2)


def test_nothing_found_is_no_figure():
    assert summary([{"photo": "c", "failed": "no mask was found"}]) == {"photos": 1, "failed": 1}


@pytest.mark.parametrize(
    ("ending", "finish"), [("+invert", "none"), ("+invert+random", "none"), ("+invert+fit", "fit")]
)
def test_a_generator_is_a_method_of_the_3d_benchmark(generator: Path, ending: str, finish: str):
    method = find_method(f"{generator}{ending}")
    invert = method.args[0]  # pyright: ignore
    assert invert.settings.finish == finish
    assert invert.settings.begin == ("random" if ending.endswith("random") else "mirror")
    quick = replace(invert, settings=replace(short(generator, finish), texture_size=64))
    found = method.func(quick, make_truth(azimuth=20.0))  # pyright: ignore
    assert found.vertices.shape == (642, 3)
    assert found.texture.shape == (1, 3, 64, 64)
    assert torch.isfinite(found.texture).all()


def test_an_unknown_generator_is_told_before_the_work_begins():
    with pytest.raises(MirrorError, match="nobody"):
        find_method("nobody+invert")
