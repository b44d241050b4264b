"""The study of how finely mask losses feel shapes, on shapes whose distances are known."""

import json
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from mirror_core.mesh import make_template
from training.evaluation.generated import framed, in_picture, open_generator
from training.evaluation.mask_sensitivity import (
    LOSSES,
    EvaluateMaskSensitivity,
    Pair,
    chamfer,
    draw_pair,
    mask_points,
    measure_pair,
    slope,
    summarise,
)

TEMPLATE = make_template(642)
PIXELS = 64


def wider(codes: Tensor) -> Tensor:
    """Shapes whose first number moves all vertices outwards in x by its share."""
    base = TEMPLATE.vertices.double()
    return base + codes[:, :1, None] * base * torch.tensor([1.0, 0.0, 0.0], dtype=torch.float64)


def pair(azimuth: float = 0.0) -> Pair:
    return Pair(torch.zeros(2, dtype=torch.float64), torch.tensor([1.0, 0.0], dtype=torch.float64), azimuth)


def column(measured: np.ndarray, name: str) -> np.ndarray:
    return measured[:, 1 + LOSSES.index(name)]


def test_chamfer_of_points_moved_a_little_is_how_far_they_moved():
    points = torch.tensor([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    assert chamfer(points + torch.tensor([0.03, 0.04]), points) == pytest.approx(0.05)


def test_chamfer_is_the_mean_of_both_directions():
    one, two = torch.zeros(1, 2), torch.tensor([[0.0, 0.0], [0.0, 4.0]])
    assert chamfer(one, two) == pytest.approx((0.0 + 2.0) / 2.0)


def test_the_pixels_of_a_mask_lie_at_their_centres():
    mask = torch.zeros(4, 4)
    mask[0, 3] = 1.0
    assert mask_points(mask).tolist() == [[0.75, 0.75]]


def test_the_distance_in_space_is_how_far_vertices_move():
    steps = np.array([1e-6, 1e-4])
    measured = measure_pair(wider, TEMPLATE, pair(), steps, PIXELS)
    expected = float(TEMPLATE.vertices[:, 0].abs().mean())
    assert measured[:, 0] == pytest.approx(steps * expected, rel=1e-3)


def test_chamfer_follows_the_smallest_step_in_proportion():
    measured = measure_pair(wider, TEMPLATE, pair(), np.array([1e-6, 1e-5, 1e-4]), PIXELS)
    for name in ("chamfer", "chamfer_to_mask"):
        values = column(measured, name)
        assert values[1:] / values[:-1] == pytest.approx([10.0, 10.0], rel=0.02)


def test_hard_masks_do_not_feel_a_small_step_and_do_a_large_one():
    measured = measure_pair(wider, TEMPLATE, pair(), np.array([1e-6, 0.2]), PIXELS)
    for name in ("iou", "l1"):
        small, large = column(measured, name)
        assert small == 0.0
        assert large > 0.01


def test_a_change_towards_the_camera_alone_is_unseen_by_all_but_space():
    """From straight aside, what grows in x grows along the line of sight."""
    measured = measure_pair(wider, TEMPLATE, pair(azimuth=90.0), np.array([1e-4]), PIXELS)[0]
    assert measured[0] > 1e-5
    assert measured[1] < measured[0] / 5.0


def test_the_summary_of_a_proportional_and_of_a_rounding_loss():
    steps = np.array([1e-4, 1e-3, 1e-2, 1e-1])
    space = np.array([1e-5, 1e-4, 1e-3, 1e-2])
    rounding = np.array([0.0, 0.0, 2e-3, 2e-2])
    measured = np.tile(np.stack([space, *[2.0 * space] * 2, *[rounding] * 4], axis=1), (3, 1, 1))
    distances, losses = summarise(measured, steps)
    assert distances == pytest.approx(space)
    assert losses["chamfer"]["slope"] == pytest.approx(1.0)
    assert losses["chamfer"]["felt_from"] == pytest.approx(1e-5)
    assert losses["iou"]["felt"] == [0.0, 0.0, 1.0, 1.0]
    assert losses["iou"]["felt_from"] == pytest.approx(1e-3)
    assert losses["iou"]["scatter"] is None
    assert losses["chamfer"]["scatter"] == pytest.approx(0.0, abs=1e-9)


def test_a_loss_that_is_felt_once_has_no_slope():
    assert slope(np.array([1e-3, 1e-2]), np.array([0.0, 1.0])) is None
    assert slope(np.array([1e-3, 1e-2, 1e-1]), np.array([1e-6, 1e-4, 1e-2])) == pytest.approx(2.0)


def test_the_direction_has_length_one_and_the_seed_decides():
    first, again = (draw_pair(8, torch.Generator().manual_seed(3)) for _ in range(2))
    assert float(first.direction.norm()) == pytest.approx(1.0)
    assert torch.equal(first.code, again.code)
    assert 0.0 <= first.azimuth < 360.0


def test_a_framed_shape_fills_the_picture_and_stays_within():
    vertices = TEMPLATE.vertices.expand(3, -1, -1)
    points = in_picture(vertices, framed(vertices, torch.tensor([0.0, 45.0, 90.0]), torch.tensor([0.0, 20.0, 0.0])))
    assert points.abs().max() < 1.0
    assert points[0, :, 1].max() == pytest.approx(0.85, abs=0.05)


def test_untrained_shapes_and_textures_differ_from_code_to_code():
    generator = open_generator("untrained")
    with torch.no_grad():
        made = generator(torch.randn(8, generator.config.code, generator=torch.Generator().manual_seed(0)))
    assert 0.05 < float(made.deformation.std(dim=0).mean()) < 0.2
    assert float(made.texture.std(dim=0).mean()) > 0.05


def test_the_command_writes_figures_and_a_plot(tmp_path: Path):
    EvaluateMaskSensitivity(model="untrained", pairs=2, pixels=32, out=tmp_path, name="study").run()
    report = json.loads((tmp_path / "study.json").read_text())
    assert len(report["space"]) == len(report["steps"]) == 11
    assert set(report["losses"]) == set(LOSSES)
    assert report["losses"]["chamfer"]["slope"] == pytest.approx(1.0, abs=0.05)
    assert cv2.imread(str(tmp_path / "study.png")).std() > 10
