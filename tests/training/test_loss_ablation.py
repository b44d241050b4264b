"""The comparison of losses: its targets, its measures, its weights and its verdicts."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from mirror_core.features import GarmentNetwork
from mirror_core.inversion import Decoded, InversionSettings
from mirror_core.mesh import make_template
from training.evaluation.fid import FrechetViews
from training.evaluation.loss_ablation import EvaluateLossAblation, balance
from training.evaluation.loss_table import CLAIMS, EXTRA, ROWS, loss_table, verdicts
from training.evaluation.loss_targets import AZIMUTH_ERROR, ELEVATION_ERROR, draw_targets, judge

PIXELS = 32


class Widths:
    """Codes of two numbers: how wide and how bright."""

    template = make_template(642)
    code_size = 2

    def __call__(self, code: Tensor) -> Decoded:
        wide = torch.stack([1.0 + 0.2 * torch.tanh(code[:, 0]), *[torch.ones(len(code))] * 2], dim=1)
        bright = torch.sigmoid(code[:, 1])[:, None, None, None].expand(-1, 3, 16, 16)
        return Decoded(self.template.vertices * wide[:, None], bright)


def measured(own: float, other: float, spread: float = 0.0) -> dict[str, dict[str, list[float]]]:
    """Rows of four targets: the paper's own, then all others."""
    noise = spread * np.array([-1.0, 1.0, -1.0, 1.0])
    values = {row.name: own if row is ROWS[-1] else other for row in ROWS}
    return {
        name: {
            "iou": (value + noise * (name != ROWS[-1].name)).tolist(),
            "ssim_views": [0.5] * 4,
            "vertices": [2.0] * 4,
            "azimuth": [1.0] * 4,
            "fid_1": [30.0],
        }
        for name, value in values.items()
    }


def test_there_are_the_eight_rows_of_table_4_and_the_last_is_the_papers_own():
    assert len({(row.mask, row.texture, row.fixed) for row in ROWS}) == 8
    assert max(row.paper[0] for row in ROWS) == ROWS[-1].paper[0] == 0.752
    assert set(CLAIMS.values()) == {row.name for row in (*ROWS[:-1], *EXTRA)}


def test_our_own_row_has_no_mask_loss():
    """With balanced weights, too."""
    command = EvaluateLossAblation(pixels=PIXELS)
    settings = replace(command.settings(EXTRA[0]), features="none")
    assert settings.weights.mask == 0.0
    reference = replace(command.settings(ROWS[-1]), features="none")
    assert balance(settings, reference, Widths(), draw_targets(Widths(), 2, PIXELS, seed=0)).weights.mask == 0.0


def test_first_cameras_are_as_wrong_as_cmrs():
    targets = draw_targets(Widths(), 400, 4, seed=0)
    azimuth = (targets.first.azimuth - targets.camera.azimuth).abs().mean()
    elevation = (targets.first.elevation - targets.camera.elevation).abs().mean()
    assert float(azimuth) == pytest.approx(AZIMUTH_ERROR, rel=0.1)
    assert float(elevation) == pytest.approx(ELEVATION_ERROR, rel=0.1)


def test_the_seed_decides_the_targets():
    first, again, other = (draw_targets(Widths(), 2, PIXELS, seed) for seed in (1, 1, 2))
    assert torch.equal(first.picture, again.picture)
    assert not torch.equal(first.picture, other.picture)


def test_what_no_code_explains_is_added_on_top():
    plain, beyond = (draw_targets(Widths(), 2, PIXELS, 0, share) for share in (0.0, 0.2))
    change = beyond.truth.texture - plain.truth.texture
    assert 0.1 < float(change.std()) < 0.25
    assert 0.0 < float((beyond.truth.vertices - plain.truth.vertices).abs().max()) < 0.05
    assert torch.equal(plain.camera.azimuth, beyond.camera.azimuth)


def test_the_truth_before_its_own_camera_is_judged_perfect():
    targets, distances = (
        draw_targets(Widths(), 2, PIXELS, seed=0),
        FrechetViews(GarmentNetwork.from_pretrained(), PIXELS),
    )
    found = judge(targets, targets.truth, targets.camera, distances)
    assert found["iou"] == pytest.approx([1.0, 1.0])
    assert found["ssim_views"] == pytest.approx([1.0, 1.0], abs=1e-5)
    assert found["vertices"] == found["azimuth"] == found["elevation"] == [0.0, 0.0]
    assert distances.distances()["frechet_garment_1"] == pytest.approx(0.0, abs=1e-3)


def test_camera_errors_are_measured_around_the_circle():
    targets = draw_targets(Widths(), 1, PIXELS, seed=0)
    around = replace(targets.camera, azimuth=targets.camera.azimuth + 350.0)
    found = judge(targets, targets.truth, around, FrechetViews(GarmentNetwork.from_pretrained(), PIXELS))
    assert found["azimuth"] == pytest.approx([10.0], abs=1e-3)


def test_balanced_losses_pull_as_hard_as_what_they_replace():
    """Ten times the weight and a tenth of it are balanced to the same."""
    targets, base = draw_targets(Widths(), 2, PIXELS, seed=0), InversionSettings(pixels=PIXELS, features="none")
    strong, weak = (
        balance(
            replace(base, mask_loss="l1", weights=replace(base.weights, mask=10.0 * factor)), base, Widths(), targets
        )
        for factor in (10.0, 0.1)
    )
    assert strong.weights.mask == pytest.approx(weak.weights.mask, rel=1e-3)
    assert balance(base, base, Widths(), targets).weights.mask == pytest.approx(base.weights.mask, rel=0.05)


def test_a_clear_difference_holds_or_is_reversed_and_a_noisy_one_is_undecided():
    claim = next(iter(CLAIMS))
    outcomes = [
        {one.claim: one.outcome["iou"] for one in verdicts(rows)}[claim]
        for rows in (measured(0.9, 0.8), measured(0.8, 0.9), measured(0.9, 0.89, spread=0.5))
    ]
    assert outcomes == ["holds", "reversed", "undecided"]


def test_lower_is_better_for_distances():
    rows = measured(0.9, 0.8)
    rows[ROWS[-1].name]["vertices"] = [1.0] * 4
    first = verdicts(rows)[0]
    assert first.outcome["vertices"] == "holds"
    assert first.differences["vertices"] == pytest.approx(1.0)


def test_claims_without_their_rows_are_not_judged():
    rows = measured(0.9, 0.8)
    assert verdicts({name: row for name, row in rows.items() if name != ROWS[-1].name}) == []
    assert len(verdicts({name: rows[name] for name in ("chamfer, l1", ROWS[-1].name)})) == 1


def test_the_table_has_a_line_for_each_row_and_the_papers_figures():
    text = loss_table(measured(0.9, 0.8))
    assert len(text.splitlines()) == 2 + len(ROWS)
    assert "| chamfer, chamfer | 0.900 | 0.500 | 2.00 | 1.0 | 30 | 0.752 | 56.8 |" in text


def test_the_command_measures_the_rows_it_is_asked_for(tmp_path: Path):
    rows = ("chamfer, l1", "chamfer, chamfer")
    command = EvaluateLossAblation(
        model="untrained", targets=2, pixels=PIXELS, effort=0.02, codes=2, rows=rows, out=tmp_path, name="few"
    )
    command.run()
    report = json.loads((tmp_path / "few.json").read_text())
    assert set(report["rows"]) == set(report["weights"]) == set(rows)
    assert [one["claim"] for one in report["verdicts"]] == ["L_pCT + L_fCT over L1"]
    assert all(len(row["iou"]) == 2 for row in report["rows"].values())
