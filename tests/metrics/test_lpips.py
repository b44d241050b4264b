"""LPIPS only where its weights are; nothing is downloaded."""

import pytest
import torch
from torchmetrics.image import lpip

from mirror_core.metrics import lpips_if_available
from mirror_core.metrics.lpips import WEIGHTS


class _Measure:
    """Stands in for torchmetrics' network, whose weights (528 MB) are not here: mean squared difference."""

    def __init__(self, net_type: str, normalize: bool) -> None:
        assert (net_type, normalize) == ("vgg", True)  # normalize: pictures are 0..1
        self.sum, self.count = 0.0, 0

    def update(self, a: torch.Tensor, b: torch.Tensor) -> None:
        self.sum, self.count = self.sum + float((a - b).square().mean()) * len(a), self.count + len(a)

    def compute(self) -> torch.Tensor:
        return torch.tensor(self.sum / self.count)


def test_without_weights_there_is_no_figure(monkeypatch, tmp_path):
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(lpip, "LearnedPerceptualImagePatchSimilarity", lambda **_: pytest.fail("looked for weights"))
    assert lpips_if_available(torch.rand(2, 3, 32, 32), torch.rand(2, 3, 32, 32)) is None


def test_with_weights_every_picture_counts_once(monkeypatch, tmp_path):
    (tmp_path / "checkpoints").mkdir()
    (tmp_path / "checkpoints" / WEIGHTS).touch()
    monkeypatch.setattr(torch.hub, "get_dir", lambda: str(tmp_path))
    monkeypatch.setattr(lpip, "LearnedPerceptualImagePatchSimilarity", _Measure)
    a = torch.zeros(30, 3, 8, 8)
    b = a.clone()
    b[29] = 1.0  # alone in the second part of 25 and 5
    assert lpips_if_available(a, a) == 0.0
    assert lpips_if_available(a, b) == pytest.approx(1 / 30)
