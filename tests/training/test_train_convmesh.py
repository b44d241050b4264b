"""The command that trains a generator: recipes as published, what it refuses, and its prepared data."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.truths import make_truth
from helpers.uv_objects import SIZE, eggs, tiny_config

from mirror_core.attributes import Camera
from mirror_core.cli.options import UsageError
from mirror_core.errors import InputError
from mirror_core.trainers.photos import PhotoBatch
from training.datasets.uv_codes import CodeSettings
from training.datasets.uv_source import UvFiles, from_photos, open_maps
from training.recipes.convmesh import RECIPES
from training.synthetic.sample import encode
from training.synthetic.shards import pack
from training.train_convmesh import TrainConvMesh


def test_the_papers_numbers():
    """Supplement of MeshInversion, section 1; edges are counted in the loss, so the weight is the release's."""
    paper = RECIPES["paper"]
    training, weights = paper.training, paper.training.weights
    assert (weights.uv, weights.image, weights.flatness) == (1.0, 0.04, 1e-4)
    assert (training.generator_rate, training.critic_rate, training.betas) == (1e-4, 4e-4, (0.0, 0.9))
    assert (training.critic_steps, training.loss, training.average) == (2, "least_squares", 0.999)
    assert (paper.loop.epochs, paper.loop.batch, paper.loop.schedule.factor(0.9)) == (600, 128, 1.0)
    assert training.tied is None
    assert not paper.mean_map
    assert RECIPES["release"].training.loss == "hinge"


def test_lite_is_small():
    task = RECIPES["lite"].task()
    assert sum(p.numel() for p in task.generator.parameters()) < 1_000_000
    assert task.generator.config.texture == 128


def test_changes_reach_the_recipe():
    command = TrainConvMesh(set=("training.tied.share=0.25", "loop.batch=3"), epochs=7, seed=5)
    recipe = command.full_recipe()
    assert recipe.training.tied is not None
    assert recipe.training.tied.share == 0.25
    assert (recipe.loop.batch, recipe.loop.epochs, recipe.loop.seed) == (3, 7, 5)


def test_what_cannot_be_understood_is_refused():
    with pytest.raises(UsageError, match="lite-cold"):
        TrainConvMesh(recipe="none").full_recipe()
    with pytest.raises(UsageError, match="NAME=VALUE"):
        TrainConvMesh(set=("loop.batch",)).full_recipe()


def test_nothing_to_learn_from_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="nothing to learn from"):
        open_maps(UvFiles(cache=tmp_path), tiny_config(), None)


class EggPhotos:
    """The eggs' photos as a source of photos alone."""

    objects = eggs(8)
    names = tuple("abcdefgh")
    asked = 0

    @property
    def image_size(self) -> tuple[int, int]:
        return SIZE

    def __len__(self) -> int:
        return 8

    def batch(self, index: torch.Tensor, generator: object = None, rows: object = None) -> PhotoBatch:
        values = torch.from_numpy(self.objects.pictures[index.numpy()]).permute(0, 3, 1, 2).float() / 255
        return PhotoBatch(values[:, :3], values[:, 3:], index)


def rebuild(batch: PhotoBatch) -> tuple[torch.Tensor, Camera]:
    """The truth, as if a network had found it."""
    EggPhotos.asked += 1
    objects, rows = EggPhotos.objects, batch.index.numpy()
    numbers = torch.from_numpy(objects.cameras[rows])
    camera = Camera(numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3:])
    return torch.from_numpy(objects.vertices[rows]), camera


def test_pseudo_truth_has_the_photos_colours_where_the_photo_shows_them():
    made, true = from_photos(EggPhotos(), rebuild, 16), EggPhotos.objects
    assert np.array_equal(made.pictures, true.pictures)
    assert np.array_equal(made.cameras, true.cameras)
    seen = made.textures[..., 3] == 255
    assert 0.1 < seen.mean() < 0.55
    known = seen & (true.textures[..., 3] == 255)
    apart = np.abs(made.textures[..., :3].astype(int) - true.textures[..., :3].astype(int)).max(axis=3)
    assert np.median(apart[known]) <= 2


def test_maps_are_prepared_once(tmp_path: Path):
    files = UvFiles(photos=EggPhotos(), rebuild=("eggs", rebuild), image_size=SIZE, cache=tmp_path)
    first = open_maps(files, tiny_config(), None)
    asked = EggPhotos.asked
    again = open_maps(files, tiny_config(), None)
    assert EggPhotos.asked == asked
    assert torch.equal(first.maps, again.maps)
    assert np.array_equal(first.objects.textures, again.objects.textures)
    open_maps(UvFiles(files.shards, files.photos, ("others", rebuild), SIZE, 2, tmp_path), tiny_config(), None)
    assert EggPhotos.asked > asked


def test_photos_need_somebody_who_says_their_shapes(tmp_path: Path):
    with pytest.raises(InputError, match="no shapes"):
        open_maps(UvFiles(photos=EggPhotos(), cache=tmp_path), tiny_config(), CodeSettings(shape=2))


def _shards(folder: Path) -> Path:
    """Two synthetic photos of eggs."""
    folder.mkdir()
    jpeg = cv2.imencode(".jpg", np.full((256, 256, 3), 128, np.uint8))[1].tobytes()
    made = [(f"egg-{k}", encode(make_truth(f"egg-{k}", 30.0 * k), jpeg)) for k in range(2)]
    (folder / "shard-000000.tar").write_bytes(pack(made))
    return folder


def _by_truth(batch: PhotoBatch) -> tuple[torch.Tensor, Camera]:
    assert batch.truth is not None
    return batch.truth.vertices, batch.truth.camera


def test_without_the_truth_synthetic_objects_are_known_as_far_as_their_photos_show_them(tmp_path: Path):
    files = UvFiles((_shards(tmp_path / "shards"),), None, ("truth", _by_truth), (64, 64), 2, tmp_path)
    known = [open_maps(each, tiny_config(), None).objects for each in (files, replace(files, truth=False))]
    visible = [(objects.textures[..., 3] > 127).mean() for objects in known]
    assert visible[0] == 1.0
    assert 0.1 < visible[1] < 0.6
    with pytest.raises(InputError, match="no shapes"):
        open_maps(replace(files, truth=False, rebuild=None), tiny_config(), None)
