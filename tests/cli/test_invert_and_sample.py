"""`mirror invert` and `mirror sample`."""

import json
from pathlib import Path

import pytest
import torch
from helpers.photos import shirt
from PIL import Image

from mirror_core.cli import main
from mirror_core.cli.invert import InvertCommand
from mirror_core.generators import ConvMeshGenerator, make_generator_config
from mirror_core.inversion import PAPER


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An untrained generator: it knows the template in grey."""
    folder = tmp_path_factory.mktemp("model") / "grey"
    torch.manual_seed(0)
    ConvMeshGenerator(make_generator_config("lite")).save_pretrained(folder)
    return folder


def test_samples_go_into_a_folder_one_by_one(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    words = ["sample", "--model", str(model), "--count", "2", "--seed", "7", "--texture-size", "64"]
    assert main([*words, "--format", "glb", "folder", "-o", str(tmp_path / "out"), "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["number"] for line in lines] == [0, 1]
    assert (tmp_path / "out" / "grey-7-001.glb").is_file()
    assert (tmp_path / "out" / "grey-7-000.mirror" / "result.json").is_file()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--count", "2", "-o", "a.glb"], "Name a folder"),
        (["-o", "a.stl"], "no format to write"),
        (["--count", "0"], "--count must be at least 1"),
        (["--truncation", "-1"], "truncation must be larger"),
    ],
)
def test_what_does_not_fit_together_is_refused(words: list[str], message: str, capsys: pytest.CaptureFixture[str]):
    assert main(["sample", *words]) == 2
    assert message in " ".join(capsys.readouterr().err.split())


def test_a_photo_is_inverted_once(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    photo, inside = shirt(120, 100)
    Image.fromarray((photo.pixels * 255).astype("uint8")).save(tmp_path / "shirt.png")
    Image.fromarray(inside.astype("uint8") * 255).save(tmp_path / "mask.png")
    words = ["invert", str(tmp_path / "shirt.png"), "--mask", str(tmp_path / "mask.png"), "--model", str(model)]
    words += ["-o", str(tmp_path / "out"), "--codes", "1", "--effort", "0.02", "--finish", "none", "--json"]
    words += ["--vertices", "642", "--texture-size", "64", "--kind", "garment"]
    assert main(words) == 0
    changed = (tmp_path / "out" / "shirt.glb").stat().st_mtime_ns
    assert json.loads((tmp_path / "out" / "shirt.record.json").read_text())["status"] == "done"
    assert main(words) == 0
    assert (tmp_path / "out" / "shirt.glb").stat().st_mtime_ns == changed
    results = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"result"' in line]
    assert len(results) == 2
    assert results[0]["metrics"] == results[1]["metrics"]


def test_paper_is_as_published_but_for_what_is_asked():
    command = InvertCommand(photos=(Path("a.jpg"),), paper=True, codes=20)
    settings = command.settings()
    assert (settings.codes, settings.finish, settings.tuned) == (20, "none", False)
    assert settings.stages == PAPER.stages
    assert InvertCommand(photos=(Path("a.jpg"),), effort=0.5).settings().steps() == 100
