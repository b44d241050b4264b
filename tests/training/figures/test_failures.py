"""The worst photos are found, drawn and named."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.truths import make_truth

from mirror_core.errors import InputError
from training.evaluation.fairness_rows import read_rows
from training.evaluation.three_d_report import Row
from training.figures import failures
from training.figures.failures import HEADINGS, FigureFailures, worst
from training.figures.sheet import GAP, LINE
from training.synthetic.truth import Truth

ROWS: list[Row] = [
    {"name": "a", "chamfer": 1.0, "mask_iou": 0.9},
    {"name": "b", "chamfer": 3.0, "mask_iou": 0.8},
    {"name": "c", "chamfer": 2.0, "mask_iou": 0.95},
    {"name": "d", "failed": "no"},
]


def test_the_worst_are_the_farthest_or_the_least_like():
    assert [row["name"] for row in worst(ROWS, "chamfer", 2)] == ["b", "c"]
    assert [row["name"] for row in worst(ROWS, "mask_iou", 9)] == ["b", "a", "c"]


def test_a_measure_that_nobody_took():
    with pytest.raises(InputError, match="'ssim_180'"):
        worst(ROWS, "ssim_180", 1)


@pytest.mark.parametrize("text", ["{", "{}", "[]"])
def test_a_report_without_rows(tmp_path: Path, text: str):
    path = tmp_path / "report.json"
    path.write_text(text)
    with pytest.raises(InputError, match="holds no rows"):
        read_rows(path)


def test_the_command_draws_a_block_for_each_measure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    def truths(_: Path) -> Iterator[Truth]:
        return (make_truth(name, azimuth) for name, azimuth in (("a", 0.0), ("b", 120.0)))

    monkeypatch.setattr(failures, "read_truths", truths)
    report = tmp_path / "report.json"
    other = [{"name": "a", "method": "fit", "chamfer": 99.0, "mask_iou": 0.0}]
    report.write_text(json.dumps({"rows": [*ROWS, *other]}))
    FigureFailures(
        "ceiling", data=Path("x"), report=report, measures=("chamfer", "mask_iou"), count=1, out=tmp_path
    ).run()
    assert "worst chamfer %  b 3.000" in capsys.readouterr().out
    sheet = np.asarray(cv2.imread(str(tmp_path / "failures_ceiling.png")))
    block = LINE + failures.TILE + 2 * GAP
    assert sheet.shape[:2] == (2 * block + GAP, (len(HEADINGS) + 1) * (failures.TILE + GAP) + GAP)
