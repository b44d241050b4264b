"""`mirror reconstruct --model`, `--start` and `--fast`: what a reconstruction starts from, and how far it goes."""

import json
from pathlib import Path

from mirror_core.cli import main

EXAMPLES = Path(__file__).parents[2] / "examples"


def test_the_shipped_model_starts_a_reconstruction_of_an_example(tmp_path, capsys):
    photo, mask = EXAMPLES / "figure.jpg", EXAMPLES / "figure_mask.png"
    arguments = [str(photo), "--mask", str(mask), "--model", "people", "-o", str(tmp_path), "--format", "folder"]
    assert main(["reconstruct", *arguments, "--texture-size", "256", "--json"]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    (result,) = [line for line in lines if line["event"] == "result"]
    assert result["metrics"]["mask_iou"] > 0.9
    manifest = json.loads((tmp_path / "figure.mirror" / "result.json").read_text())
    assert manifest["provenance"]["settings"]["model"] == "people"
    assert manifest["camera"]["distance"] != 2.5  # not the fit's own camera, but the model's


def test_fast_and_the_start_reach_the_reconstruction(tmp_path):
    arguments = [str(EXAMPLES / "figure.jpg"), "--mask", str(EXAMPLES / "figure_mask.png"), "-o", str(tmp_path)]
    assert main(["reconstruct", *arguments, "--format", "folder", "--start", "outline", "--fast"]) == 0
    settings = json.loads((tmp_path / "figure.mirror" / "result.json").read_text())["provenance"]["settings"]
    assert (settings["start"], settings["model"], settings["fast"]) == ("outline", "", True)


def test_a_model_is_no_outline(tmp_path, capsys):
    arguments = [str(EXAMPLES / "figure.jpg"), "--model", "people", "--start", "outline", "-o", str(tmp_path)]
    assert main(["reconstruct", *arguments]) == 2
    assert "start is 'outline', but model is 'people'" in capsys.readouterr().err


def test_an_unknown_model_is_answered_with_the_known_ones(tmp_path, capsys):
    photo, mask = EXAMPLES / "figure.jpg", EXAMPLES / "figure_mask.png"
    assert main(["reconstruct", str(photo), "--mask", str(mask), "--model", "peple", "-o", str(tmp_path)]) == 1
    error = capsys.readouterr().err
    assert "There is no model 'peple'" in error
    assert "people" in error
    assert not list(tmp_path.iterdir())
