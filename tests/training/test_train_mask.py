"""The segmenter learns: what its loss says, how pictures grow, and one run from photos to a network."""

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import nn

from mirror_core.masking.network import MaskConfig, MaskNetwork
from mirror_core.trainers.mask import MaskTask, MaskTraining, WholePhotos, missing_overlap
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from training.__main__ import main
from training.datasets.masks import MaskPhotos, open_mask_set
from training.train import make_fabric

SMALL = MaskConfig(fine=2, widths=(4, 8), long_side=48)


def test_missing_overlap_by_hand():
    """Found: 2 of 4 pixels; right: 1 of these and another: 1 in both, 3 in either, each plus 1 against 0 / 0."""
    found = torch.tensor([1.0, 1.0, 0.0, 0.0]).reshape(1, 1, 2, 2)
    right = torch.tensor([0.0, 1.0, 1.0, 0.0]).reshape(1, 1, 2, 2)
    assert float(missing_overlap(found, right)) == pytest.approx(1 - 2 / 4)
    assert float(missing_overlap(right, right)) == 0.0
    assert float(missing_overlap(torch.zeros_like(found), torch.zeros_like(found))) == 0.0


@pytest.mark.parametrize(("step", "side"), [(0, 36), (59, 36), (60, 48), (99, 48)])
def test_pictures_grow_over_the_run(step: int, side: int):
    shown: list[tuple[int, ...]] = []
    network = MaskNetwork(SMALL)
    network.register_forward_pre_hook(lambda _, inputs: shown.append(tuple(inputs[0].shape)))
    batch = PhotoBatch(torch.rand(2, 3, 48, 48), torch.ones(2, 1, 48, 48), torch.arange(2))
    MaskTask(network).step(batch, Moment(0, step, 10, 10), make_fabric("cpu", "32-true"))
    assert shown == [(2, 3, side, side)]


def test_a_step_teaches():
    torch.manual_seed(0)
    task = MaskTask(MaskNetwork(SMALL), MaskTraining(learning_rate=1e-2, sizes=((0.0, 1.0),)))
    mask = (torch.rand(4, 1, 1, 1) * torch.ones(4, 1, 32, 32)).cumsum(3) > 8.0
    batch = PhotoBatch(torch.cat([mask.float()] * 3, dim=1), mask.float(), torch.arange(4))
    fabric = make_fabric("cpu", "32-true")
    losses = [task.step(batch, Moment(0, step, 1, 30), fabric)["overlap"] for step in range(30)]
    assert float(losses[-1]) < 0.6 * float(losses[0])


class _Red(nn.Module):
    """Finds what is clearly more red than green."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(()))

    def forward(self, picture: torch.Tensor) -> torch.Tensor:
        return self.weight * (picture[:, :1] - picture[:, 1:2] - 0.4)


def _photos(folder: Path, count: int, ground: int) -> Path:
    """So many red boxes on grey grounds, with their masks."""
    folder.mkdir(parents=True)
    random = np.random.default_rng(count)
    for number in range(count):
        top, left = random.integers(5, 30, 2)
        photo, mask = np.full((90, 60, 3), ground, np.uint8), np.zeros((90, 60), np.uint8)
        photo[top : top + 50, left : left + 25] = (20, 20, 220)  # OpenCV's blue, green, red
        mask[top : top + 50, left : left + 25] = 255
        cv2.imwrite(str(folder / f"{number}.png"), photo)
        cv2.imwrite(str(folder / f"{number}_mask.png"), mask)
    return folder


def test_validation_measures_each_set_on_its_own(tmp_path: Path):
    sets = [open_mask_set(_photos(tmp_path / name / "val", 2, 90), tmp_path / "cache") for name in ("a", "b")]
    photos = MaskPhotos(sets, long_side=96)
    assert isinstance(photos, PhotoSource)
    assert isinstance(photos, WholePhotos)
    figures = MaskTask(MaskNetwork(SMALL)).validate(_Red(), photos)
    assert set(figures) == {"iou_a-val", "iou_b-val", "score"}
    assert figures["iou_a-val"] > 0.97
    assert figures["score"] == pytest.approx((figures["iou_a-val"] + figures["iou_b-val"]) / 2)


def _command(data: Path, out: Path, *more: str) -> list[str]:
    small = ["--model.fine", "2", "--model.widths", "4", "8", "--model.long-side", "48"]
    return ["train", "mask", "--data", str(data), "--out", str(out), "--cache", str(data.parent / "cache"),
            "--device", "cpu", "--batch", "800", *small, *more]  # fmt: skip


def test_from_photos_to_a_network_and_on_from_there(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Two steps an epoch; then a second run that begins with the first one's network."""
    _photos(tmp_path / "data" / "train", 4, 120)
    _photos(tmp_path / "data" / "val", 3, 120)
    assert main(_command(tmp_path / "data", tmp_path / "run", "--epochs", "1")) == 0
    best = tmp_path / "run" / "best"
    assert f"The best network is in {best}." in " ".join(capsys.readouterr().out.split())
    assert MaskNetwork.from_pretrained(best).config == SMALL
    again = _command(tmp_path / "data", tmp_path / "again", "--epochs", "1", "--begin", str(best), "--minutes", "0")
    assert main(again) == 0
    assert "Stopped; go on with --resume" in capsys.readouterr().out


def test_shares_must_be_as_many_as_folders(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert main(_command(tmp_path / "data", tmp_path / "run", "--shares", "1", "2")) == 2
    assert "2 shares are given for 1 folders." in capsys.readouterr().err
