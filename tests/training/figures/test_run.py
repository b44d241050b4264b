"""Curves of a training run."""

import json

import numpy as np
import pytest

from mirror_core.errors import InputError
from training.figures.run import COLOURS, FigureRun, draw_curves, read_curves


def _write(path, lines):
    path.mkdir(exist_ok=True)
    (path / "metrics.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_validation_figures_are_read_with_their_steps(tmp_path):
    _write(
        tmp_path,
        [
            {"step": 10, "kind": "train", "image": 0.3},
            {"step": 20, "kind": "val", "mask_iou": 0.5, "ssim": 0.6, "score": 0.55},
            {"step": 40, "kind": "val", "mask_iou": 0.7, "ssim": 0.8, "averaged_ssim": 0.9, "score": 0.75},
        ],
    )
    curves = read_curves(tmp_path / "metrics.jsonl")
    assert curves == {"mask_iou": [(20, 0.5), (40, 0.7)], "ssim": [(20, 0.6), (40, 0.8)], "averaged_ssim": [(40, 0.9)]}


def test_a_better_value_is_drawn_higher(tmp_path):
    picture = np.asarray(draw_curves({"mask_iou": [(0, 0.5), (100, 0.9)]}))[60:]  # below the legend
    blue = np.argwhere((picture == [int(COLOURS["mask_iou"][i : i + 2], 16) for i in (1, 3, 5)]).all(axis=-1))
    left, right = blue[blue[:, 1].argmin()], blue[blue[:, 1].argmax()]
    assert right[0] < left[0] - 100


def test_the_command_writes_a_picture(tmp_path):
    _write(tmp_path / "run", [{"step": 5, "kind": "val", "ssim": 0.6}, {"step": 9, "kind": "val", "ssim": 0.7}])
    FigureRun(tmp_path / "run", tmp_path / "curve.png").run()
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")


def test_a_run_without_a_validation_is_said_to_be_young(tmp_path):
    with pytest.raises(InputError, match=r"metrics.jsonl does not exist"):
        read_curves(tmp_path / "metrics.jsonl")
    _write(tmp_path, [{"step": 1, "kind": "train", "image": 0.1}])
    with pytest.raises(InputError, match=r"has no validation yet"):
        read_curves(tmp_path / "metrics.jsonl")
