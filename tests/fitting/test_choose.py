"""What is left open is decided by the photo and by what is shipped."""

import dataclasses

import numpy as np
import pytest

from mirror_core.fitting import choose
from mirror_core.fitting.choose import MODELS, settle
from mirror_core.fitting.settings import FitSettings


def drawn(kind: str) -> np.ndarray:
    mask = np.zeros((200, 200), np.float32)
    if kind == "person":
        mask[10:32, 92:108] = 1.0
        mask[32:190, 75:125] = 1.0
    else:
        mask[40:150, 30:170] = 1.0
    return mask


@pytest.fixture
def shipped(monkeypatch):
    """Both models are in the catalogue."""
    monkeypatch.setattr(choose, "read_catalogue", lambda: dict.fromkeys(MODELS.values()))


@pytest.mark.parametrize("kind", ["person", "garment"])
def test_the_photo_chooses_the_model(kind: str, shipped: None):
    found = settle(FitSettings(), drawn(kind))
    assert (found.kind, found.start, found.model) == (kind, "model", MODELS[kind])


def test_the_user_s_kind_chooses_the_model(shipped: None):
    assert settle(FitSettings(kind="person"), drawn("garment")).model == MODELS["person"]


@pytest.mark.parametrize("start", ["auto", "model"])
def test_the_user_s_model_goes_first(start: str, shipped: None):
    found = settle(FitSettings(start=start, model="some/folder"), drawn("person"))
    assert (found.start, found.model) == ("model", "some/folder")


def test_the_outline_asks_no_model(shipped: None):
    found = settle(FitSettings(start="outline"), drawn("garment"))
    assert (found.kind, found.start, found.model) == ("garment", "outline", "")


def test_without_a_shipped_model_the_start_is_the_outline(monkeypatch):
    monkeypatch.setattr(choose, "read_catalogue", dict)
    found = settle(FitSettings(), drawn("person"))
    assert (found.start, found.model) == ("outline", "")


def test_who_asks_for_the_model_gets_no_other_start(monkeypatch):
    monkeypatch.setattr(choose, "read_catalogue", dict)
    assert settle(FitSettings(start="model"), drawn("person")).model == MODELS["person"]


def test_what_is_settled_stays_so(shipped: None):
    found = settle(FitSettings(seed=3, fast=True), drawn("person"))
    assert settle(found, drawn("garment")) == found
    opened = dataclasses.replace(found, kind="auto", start="auto", model="", back="auto")
    assert opened == FitSettings(seed=3, fast=True)


def test_the_unseen_side_is_completed_where_that_network_is_shipped(monkeypatch):
    monkeypatch.setattr(choose, "read_catalogue", dict)
    assert settle(FitSettings(), drawn("person")).back == "mirrored"
    monkeypatch.setattr(choose, "read_catalogue", lambda: {choose.COMPLETION: None})
    assert settle(FitSettings(), drawn("person")).back == "completed"
    assert settle(FitSettings(back="mirrored"), drawn("person")).back == "mirrored"
