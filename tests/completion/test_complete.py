"""At full resolution: an open gate keeps the photo, a closed one paints, and the gate follows the photo's edges."""

import numpy as np
import pytest
import torch

from mirror_core.completion import BackConfig, BackNetwork, complete_back
from mirror_core.completion.complete import guided


def steady(gate: float, error: float) -> BackNetwork:
    """A network that answers the same everywhere: gate and error before their last functions."""
    network = BackNetwork(BackConfig((32, 24), (4, 6, 8), palette=2)).eval()
    with torch.no_grad():
        network.answer.weight.zero_()
        network.answer.bias.zero_()
        network.answer.bias[4 * (2 + 3) : 4 * (2 + 4)] = gate
        network.answer.bias[4 * (2 + 4) :] = error
        network.pick.weight.zero_()
    return network


def scene() -> tuple[np.ndarray, np.ndarray]:
    """A red square with green stripes of a pixel, before blue."""
    front = np.zeros((200, 200, 3), np.float32)
    front[..., 2] = 1.0
    inside = np.zeros((200, 200), bool)
    inside[40:160, 60:140] = True
    front[inside] = (0.9, 0.1, 0.1)
    front[40:160:8, 60:140] = (0.1, 0.9, 0.1)
    return front, inside


def test_an_open_gate_keeps_the_photo_s_detail():
    front, inside = scene()
    assert np.abs(complete_back(front, inside, steady(20.0, 0.0)).colours - front)[inside].max() < 1e-3


def test_a_closed_gate_paints_with_the_photo_s_mean_colour():
    front, inside = scene()
    back = complete_back(front, inside, steady(-20.0, 0.0)).colours
    mean = front[inside].mean(axis=0)
    assert np.abs(back[inside] - mean).max() < 0.05  # the window mixes a little of the surroundings into its rim


def test_the_confidence_falls_with_the_expected_error():
    front, inside = scene()
    sure, unsure = (complete_back(front, inside, steady(0.0, e)).confidence[inside].mean() for e in (-5.0, 3.0))
    assert sure > 0.9  # an error of 0.01
    assert unsure < 0.01  # of 0.7


def test_a_coarse_gate_is_laid_onto_the_photo_s_edge():
    """A ramp of eight pixels becomes a step where the photo has one."""
    guide = np.zeros((400, 400), np.float32)
    guide[:, 200:] = 1.0
    ramp = np.clip((np.arange(400, dtype=np.float32) - 196) / 8, 0, 1)[None].repeat(400, 0)
    laid = guided(ramp, guide)
    assert ramp[200, 200] - ramp[200, 199] == pytest.approx(0.125)
    assert laid[200, 200] - laid[200, 199] > 0.3


@pytest.mark.parametrize("value", [0.0, 0.3, 1.0])
def test_a_gate_that_is_the_same_everywhere_stays(value: float):
    guide = np.random.default_rng(0).random((60, 60)).astype(np.float32)
    assert np.abs(guided(np.full((60, 60), value, np.float32), guide) - value).max() < 1e-4
