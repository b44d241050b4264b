"""The recipe that learns from synthetic truth, from shards to a model."""

import dataclasses
from pathlib import Path
from typing import cast

import cv2
import numpy as np
import pytest
import torch
from helpers.tiny_mirror import SIZE, Ellipsoids, tiny_config, tiny_task
from helpers.truths import make_truth

from mirror_core.cli.options import UsageError
from mirror_core.encoders import MagicMirror
from training.datasets import CachedPhotos
from training.recipes.magic_mirror import LITE_TRUTH, RECIPES
from training.synthetic.sample import encode
from training.synthetic.shards import pack
from training.train import TrainMagicMirror

SQUARE = (64, 64)


def _write_shards(folder: Path) -> Path:
    folder.mkdir()
    jpeg = cv2.imencode(".jpg", np.full((256, 256, 3), 128, np.uint8))[1].tobytes()
    made = [(f"egg-{k}", encode(make_truth(f"egg-{k}", 30.0 * k), jpeg)) for k in range(2)]
    (folder / "shard-000000.tar").write_bytes(pack(made))
    return folder


class _Square(Ellipsoids):
    """Photos as large as the eggs' are made."""

    image_size = SQUARE


PHOTOS = cast("CachedPhotos", _Square(4))
"""Any source will do."""


def test_it_must_be_given_shards():
    with pytest.raises(UsageError, match="'lite-truth' learns from synthetic truth"):
        TrainMagicMirror(Path("people"), recipe="lite-truth").mixed(PHOTOS, LITE_TRUTH, MagicMirror(tiny_config()))


def test_without_shards_other_recipes_see_the_photos_alone():
    model = MagicMirror(tiny_config())
    assert TrainMagicMirror(Path("people")).mixed(PHOTOS, RECIPES["lite"], model) == (PHOTOS, None)


@pytest.mark.parametrize("recipe", ["lite-truth", "lite-joint"])
def test_the_prototype_starts_as_the_mean_shape_where_the_truth_teaches(tmp_path: Path, recipe: str):
    settings = RECIPES[recipe]
    photos = dataclasses.replace(settings.photos, cache=tmp_path / "cache")
    settings = dataclasses.replace(
        settings, model=dataclasses.replace(tiny_config(), image_size=SQUARE), photos=photos, synthetic_share=0.75
    )
    model = MagicMirror(settings.model)
    before = model.prototype.clone()
    command = TrainMagicMirror(Path("people"), synthetic=_write_shards(tmp_path / "shards"), recipe=recipe)
    mixed, held_out = command.mixed(PHOTOS, settings, model)
    assert len(mixed) == 16
    assert held_out is not None
    assert len(held_out) == 1  # of two, one is left to learn from
    assert torch.equal(model.prototype, before) == (recipe == "lite-joint")


def test_it_can_begin_from_a_trained_model(tmp_path: Path):
    """All but the light encoder, whose range is another, and what the trained model does not have."""
    trained = tiny_task(seed=5).model
    trained.save_pretrained(tmp_path / "model")
    recipe = dataclasses.replace(
        LITE_TRUTH,
        model=dataclasses.replace(
            tiny_config(),
            texture=dataclasses.replace(tiny_config().texture, back="flow"),
            light=dataclasses.replace(tiny_config().light, ambient=(1.5, 5.0)),
        ),
    )
    fresh = recipe.task().model.state_dict()
    begun = dataclasses.replace(recipe, begin=str(tmp_path / "model")).task().model.state_dict()
    for name, values in trained.state_dict().items():
        expected = fresh[name] if name.startswith("light.") else values
        assert torch.equal(begun[name], expected), name
    same = dataclasses.replace(recipe, model=trained.config, begin=str(tmp_path / "model")).task().model.state_dict()
    assert all(torch.equal(same[name], values) for name, values in trained.state_dict().items())
    assert torch.equal(begun["texture.back_flow.weight"], fresh["texture.back_flow.weight"])
    assert recipe.model.image_size == SIZE
