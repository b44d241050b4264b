"""The evaluation command: reads a folder, writes a table and a contact sheet."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.photos import shirt

from mirror_core.errors import InputError
from mirror_core.fitting.settings import FitSettings
from training.datasets import find_samples
from training.evaluation.reconstruct import EvaluateReconstruct, summary


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    photo, inside = shirt()
    data = tmp_path / "data"
    data.mkdir()
    for name, kind, value in (("a", "mask", 255), ("b", "parts", 3)):
        cv2.imwrite(str(data / f"{name}.png"), (photo.pixels[..., ::-1] * 255).astype(np.uint8))
        cv2.imwrite(str(data / f"{name}_{kind}.png"), inside.astype(np.uint8) * value)
    cv2.imwrite(str(data / "without_a_mask.png"), np.zeros((4, 4, 3), np.uint8))
    return data


def test_masks_and_part_maps_are_read(folder: Path):
    samples = find_samples(folder)
    assert [sample.photo.stem for sample in samples] == ["a", "b"]
    shares = [float(sample.read()[1].values.mean()) for sample in samples]
    assert shares[0] == shares[1] > 0.1


def test_a_folder_without_masks_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="has no photo with a mask"):
        find_samples(tmp_path)
    with pytest.raises(InputError, match="is not a folder"):
        find_samples(tmp_path / "nowhere")


def test_the_command_writes_a_table_and_a_sheet(folder: Path, tmp_path: Path):
    out = tmp_path / "out"
    settings = FitSettings(start="outline", vertices=642, texture_size=128, effort=0.1)
    EvaluateReconstruct(data=folder, out=out, name="drawn", pictures=2, settings=settings).run()
    report = json.loads((out / "drawn.json").read_text())
    assert report["summary"]["photos"] == 2
    assert {row["photo"] for row in report["photos"]} == {"a", "b"}
    assert report["settings"]["vertices"] == 642
    sheet = cv2.imread(str(out / "drawn.png"))
    assert sheet.shape[1] == 2 * sheet.shape[0] * 8
    assert sheet.std() > 10


def test_the_summary_of_two_photos():
    row = {
        "photo": "a",
        "seconds": 1.0,
        "cpu_seconds": 0.5,
        "mask_iou": 0.9,
        "ssim": 0.8,
        "inverted_faces": 0.0,
        "thickness_over_width": 0.5,
    }
    other = {**row, "seconds": 3.0, "mask_iou": 1.0, "thickness_over_width": 0.1}
    total = summary([row, other])
    assert total["mask_iou_median"] == pytest.approx(0.95)
    assert total["seconds_median"] == 2.0
    assert total["thickness_plausible_share"] == 0.5
