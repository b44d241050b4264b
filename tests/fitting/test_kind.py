"""A person begins with a head; a garment does not."""

import numpy as np
import pytest
from helpers.data import shared_data

from mirror_core.fitting.kind import kind_of
from training.datasets import find_samples


def drawn(*boxes: tuple[int, int, int, int]) -> np.ndarray:
    mask = np.zeros((200, 200), np.float32)
    for top, bottom, left, right in boxes:
        mask[top:bottom, left:right] = 1.0
    return mask


def test_a_figure_with_a_head_is_a_person():
    assert kind_of(drawn((10, 32, 92, 108), (32, 190, 75, 125))) == "person"


def test_trousers_are_as_tall_but_have_no_head():
    assert kind_of(drawn((10, 60, 70, 130), (60, 190, 70, 95), (60, 190, 105, 130))) == "garment"


def test_a_hanger_above_a_shirt_is_no_head():
    assert kind_of(drawn((20, 40, 96, 104), (40, 150, 30, 170))) == "garment"


@pytest.mark.parametrize(
    ("folder", "kind", "share"), [("people/val", "person", 0.95), ("garments/val", "garment", 0.98)]
)
def test_real_outlines(folder: str, kind: str, share: float):
    found = [kind_of(sample.read()[1].values) == kind for sample in find_samples(shared_data(folder))]
    assert np.mean(found) >= share
