"""Jobs of a generator, here an untrained one: a search, its previews, what each cancel leaves behind; and a sample."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from mirror_core.errors import CancelledError, InputError
from mirror_core.generators import ConvMeshGenerator, make_generator_config
from mirror_core.pipelines.folder import load_folder
from mirror_core.worker.jobs import JOBS
from mirror_core.worker.protocol import Job, Preview, Progress, preview_folder
from mirror_core.worker.server import Reporter

FEW = {"codes": 2, "search_pixels": 32, "pixels": 48, "vertices": 642, "texture_size": 64, "features": "none"}
"""As little work as a search can be."""


@pytest.fixture(scope="module")
def model(tmp_path_factory) -> str:
    folder = tmp_path_factory.mktemp("model") / "generator"
    torch.manual_seed(0)
    ConvMeshGenerator(make_generator_config("lite")).save_pretrained(folder)
    return str(folder)


@pytest.fixture
def job(tmp_path, model):
    """A photo of a red square on white."""
    picture = np.full((96, 80, 3), 255, np.uint8)
    picture[20:70, 15:60] = (200, 30, 40)
    Image.fromarray(picture).save(tmp_path / "photo.png")

    def make(**settings) -> Job:
        values = {**FEW, "model": model, "kind": "garment", "finish": "none", **settings}
        return Job("1", "invert", str(tmp_path / "photo.png"), str(tmp_path / "result"), {"method": "border"}, values)

    return make


class Client:
    """Collects messages, and cancels when told to by a message."""

    def __init__(self, *, keep: bool, times: int = 1) -> None:
        self.messages = []
        self.reporter = Reporter("1", self.hear)
        self.cancels = [keep] + [False] * (times - 1)

    def hear(self, message) -> None:
        if isinstance(message, Preview):
            assert Path(message.picture).is_file()
            assert Path(message.mesh).is_file()
            for keep in self.cancels:
                self.reporter.stop(keep=keep)
        self.messages.append(message)


def test_a_cancelled_search_that_is_to_be_kept_becomes_a_result_folder(job):
    client, asked = Client(keep=True), job(keep_best=True)
    metrics = JOBS["invert"](asked, client.reporter)
    result = load_folder(asked.folder)
    assert result.vertices.shape == (642, 3)
    assert result.texture.shape == (64, 64, 3)
    assert result.metrics == pytest.approx(metrics)
    assert result.provenance.settings["stopped"] is True
    assert [type(message) for message in client.messages].count(Preview) == 1
    assert any(isinstance(message, Progress) and message.total > 0 for message in client.messages)
    assert not Path(preview_folder(asked.folder)).exists()


@pytest.mark.parametrize(("keep", "times", "keep_best"), [(False, 1, True), (True, 2, True), (True, 1, False)])
def test_otherwise_a_cancelled_search_leaves_nothing(job, keep, times, keep_best):
    client, asked = Client(keep=keep, times=times), job(keep_best=keep_best)
    with pytest.raises(CancelledError):
        JOBS["invert"](asked, client.reporter)
    assert not Path(asked.folder).exists()
    assert not Path(preview_folder(asked.folder)).exists()


def test_before_there_is_anything_to_keep_a_cancel_is_a_cancel(job):
    client, asked = Client(keep=True), job(keep_best=True)
    client.reporter.stop(keep=True)
    with pytest.raises(CancelledError):
        JOBS["invert"](asked, client.reporter)
    assert not Path(asked.folder).exists()


def test_a_setting_that_an_inversion_does_not_have_is_refused_by_name(job):
    with pytest.raises(InputError, match="'delight'"):
        JOBS["invert"](job(delight=True), Client(keep=False).reporter)


def test_a_sample_is_a_result_folder_without_a_photo(tmp_path, model):
    values = {"model": model, "seed": 3, "truncation": 0.5, "kind": "person", "vertices": 642, "texture_size": 64}
    asked = Job("1", "sample", "", str(tmp_path / "sample"), {}, values)
    assert JOBS["sample"](asked, Client(keep=False).reporter) == {}
    result = load_folder(asked.folder)
    assert (result.kind, len(result.vertices), result.provenance.seed) == ("person", 642, 3)
    assert result.provenance.settings["truncation"] == 0.5
    # Another seed, another code; the same, the same. (Untrained, all codes have one shape.)
    for seed, alike in ((3, True), (4, False)):
        again = Job("2", "sample", "", str(tmp_path / str(seed)), {}, {**values, "seed": seed})
        JOBS["sample"](again, Client(keep=False).reporter)
        assert (load_folder(again.folder).provenance.settings["code"] == result.provenance.settings["code"]) == alike


def test_a_cancelled_sample_leaves_nothing(tmp_path, model):
    client = Client(keep=True)
    client.reporter.stop(keep=True)
    with pytest.raises(CancelledError):
        JOBS["sample"](Job("1", "sample", "", str(tmp_path / "sample"), {}, {"model": model}), client.reporter)
    assert not (tmp_path / "sample").exists()
