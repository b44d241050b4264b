"""`python -m training` and `mirror train`: words, options, exit codes, and one run from photos to a model."""

import json
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
import torch
from helpers.tiny_mirror import Ellipsoids

from mirror_core.cli import main as mirror
from mirror_core.cli.options import UsageError
from mirror_core.encoders import MagicMirror
from training.__main__ import COMMANDS, main
from training.recipes.magic_mirror import RECIPES
from training.train import TrainMagicMirror, with_changes


def test_help_lists_every_command(capsys):
    assert main(["--help"]) == 0
    told = capsys.readouterr().out
    assert all(f"  {words} " in told for words in COMMANDS)


def test_mirror_hands_over(capsys):
    assert mirror(["train", "--help"]) == 0
    assert "usage: mirror COMMAND" in capsys.readouterr().out


def test_mirror_names_the_words_it_hands_over(capsys):
    with pytest.raises(SystemExit):
        mirror(["--help"])
    assert "mirror train, mirror evaluate" in capsys.readouterr().out


def test_mirror_itself_does_not_load_what_training_needs():
    code = "import sys, mirror_core.cli; assert not {'lightning', 'training', 'torch'} & set(sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_an_unknown_command_lists_the_known_ones(capsys):
    assert main(["train", "unicorn"]) == 2
    assert "There is no command 'train unicorn'. Choose one of: train magic-mirror" in capsys.readouterr().err


def test_an_unknown_recipe_lists_the_known_ones(capsys, tmp_path):
    assert main(["train", "magic-mirror", "--data", str(tmp_path), "--recipe", "unicorn"]) == 2
    assert "There is no recipe 'unicorn'. Choose one of market-paper," in capsys.readouterr().err


def test_missing_photos_are_an_error_of_one_sentence(capsys, tmp_path):
    assert main(["train", "magic-mirror", "--data", str(tmp_path / "none"), "--device", "cpu"]) == 1
    assert "none is not a folder." in capsys.readouterr().err


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_can_be_changed_by_name(name):
    assert with_changes(RECIPES[name], []) == RECIPES[name]
    changed = with_changes(RECIPES[name], ["loop.batch=8", "training.betas=0.5 0.75", "pretrained=False"])
    assert (changed.loop.batch, changed.training.betas, changed.pretrained) == (8, (0.5, 0.75), False)
    assert changed.training.objective == RECIPES[name].training.objective


def test_a_wrong_name_is_answered_with_a_likely_one(capsys):
    with pytest.raises(SystemExit, match="2"):
        with_changes(RECIPES["lite"], ["loop.batsh=8"])
    assert "--loop.batch" in capsys.readouterr().err


def test_a_change_without_a_value():
    with pytest.raises(UsageError, match=r"--set 'loop\.batch' is not NAME=VALUE"):
        with_changes(RECIPES["lite"], ["loop.batch"])


def test_seed_and_epochs_are_the_command_s():
    recipe = TrainMagicMirror(Path(), seed=7, epochs=3, from_scratch=True).full_recipe()
    assert (recipe.loop.seed, recipe.loop.epochs, recipe.pretrained) == (7, 3, False)


def test_from_photos_to_a_model_and_not_twice_into_the_same_folder(tmp_path, capsys):
    source = Ellipsoids(9)
    (tmp_path / "photos").mkdir()
    for number in range(len(source)):
        pixels = (source.photo[number].permute(1, 2, 0) * 255).byte().numpy()
        cv2.imwrite(str(tmp_path / "photos" / f"{number}.png"), pixels[..., ::-1])
        cv2.imwrite(str(tmp_path / "photos" / f"{number}_mask.png"), (source.mask[number, 0] * 255).byte().numpy())
    words = ["train", "magic-mirror", "--data", str(tmp_path / "photos"), "--out", str(tmp_path / "run")]
    words += ["--epochs", "2", "--device", "cpu"]
    words += ["--set", "loop.batch=4", f"photos.cache={tmp_path / 'cache'}", "loop.validate-every=1"]
    words += ["model.image-size=64 32", "model.shape.widths=8 8 8 8 8", "model.shape.mixing=8"]
    assert main(words) == 0
    told = capsys.readouterr()
    assert "Finished" in told.out
    assert "After 2 epochs: mask_iou" in told.err
    config = json.loads((tmp_path / "run" / "config.json").read_text())["recipe"]
    assert (config["name"], config["loop"]["epochs"], config["model"]["image_size"]) == ("lite", 2, [64, 32])
    model = MagicMirror.from_pretrained(tmp_path / "run" / "best")
    with torch.no_grad():
        assert model(source.photo, source.mask).vertices.shape == (9, 642, 3)
    assert main(words) == 1
    assert "already holds a run. Resume it with --resume" in capsys.readouterr().err
    assert main([*words, "--resume"]) == 0
