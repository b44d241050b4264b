"""How a trained model gets its name."""

import json
from pathlib import Path

import pytest
import torch
from helpers.tiny_mirror import tiny_config
from safetensors.torch import load, save

from mirror_core.encoders import MagicMirror
from mirror_core.errors import InputError
from mirror_core.weights import FOLDER_VARIABLE, find_model, read_catalogue
from training.ship import ShipModel, halved


def _command(tmp_path: Path) -> ShipModel:
    """A run with a tiny model as its best."""
    MagicMirror(tiny_config()).save_pretrained(tmp_path / "run" / "best")
    (tmp_path / "run" / "config.json").write_text(json.dumps({"recipe": {}, "made_with": {"revision": "abc123"}}))
    return ShipModel(
        model=tmp_path / "run" / "best",
        name="tiny",
        licence="CC0-1.0",
        learnt_from="13 ellipsoids",
        package=tmp_path / "package",
    )


def test_a_shipped_model_is_found_by_its_name_and_is_the_same(tmp_path, monkeypatch, capsys):
    command = _command(tmp_path)
    command.run()
    weights = tmp_path / "package" / "weights"
    known = read_catalogue((weights / "catalogue.json").read_text())
    assert (known["tiny"].licence, known["tiny"].commit) == ("CC0-1.0", "abc123")
    assert dict(known["tiny"].digests)["model.safetensors"] in capsys.readouterr().out
    monkeypatch.setenv(FOLDER_VARIABLE, str(weights / "models"))
    shipped = MagicMirror.from_pretrained(find_model("tiny", known))
    trained = MagicMirror.from_pretrained(command.model)
    torch.testing.assert_close(shipped.state_dict(), trained.state_dict(), atol=1e-4, rtol=1e-3)
    assert torch.equal(shipped.prototype, trained.prototype)
    assert set(known) == {"tiny", *read_catalogue()}


def test_a_model_without_its_run_is_not_shipped(tmp_path):
    command = _command(tmp_path)
    (tmp_path / "run" / "config.json").unlink()
    with pytest.raises(InputError, match="does not say which revision trained the model"):
        command.run()
    assert not (tmp_path / "package").exists()


def test_large_tensors_are_halved_and_small_ones_kept():
    tensors = {"large": torch.rand(100, 100), "small": torch.rand(99, 100), "numbers": torch.arange(20_000)}
    found = load(halved(save(tensors)))
    assert torch.equal(found["large"], tensors["large"].half())
    assert torch.equal(found["small"], tensors["small"])
    assert torch.equal(found["numbers"], tensors["numbers"])
