"""Photos mapped into memory: splits, the cache, batches."""

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
import torch
from helpers.data import shared_data

from mirror_core.errors import InputError
from training.datasets import Augmentation, CachedPhotos, PhotoSettings, Sample, cache, open_source
from training.datasets.cache import MANIFEST, PICTURES


def write_photo(folder: Path, name: str, shade: int, inside: tuple[int, int] = (8, 24)) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    mask = np.zeros((48, 32), np.uint8)
    mask[8:40, inside[0] : inside[1]] = 255
    cv2.imwrite(str(folder / f"{name}.png"), np.full((48, 32, 3), shade, np.uint8))
    cv2.imwrite(str(folder / f"{name}_mask.png"), mask)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    for number in range(20):
        write_photo(tmp_path / "data", f"p{number:02}", 10 * number)
    return tmp_path / "data"


@pytest.fixture
def settings(tmp_path: Path) -> PhotoSettings:
    return PhotoSettings(image_size=(32, 24), cache=tmp_path / "cache")


def test_a_folder_is_split_by_seed(data: Path, settings: PhotoSettings):
    train, val = (open_source(data, split=split, settings=settings) for split in ("train", "val"))
    assert (len(train), len(val)) == (18, 2)
    assert sorted(train.names + val.names) == [f"p{i:02}" for i in range(20)]
    assert open_source(data, split="all", settings=settings).names == [f"p{i:02}" for i in range(20)]
    other = open_source(data, split="val", settings=dataclasses.replace(settings, seed=1))
    assert other.names != val.names


def test_folders_named_train_and_val_are_the_splits(tmp_path: Path, settings: PhotoSettings):
    write_photo(tmp_path / "data/train", "a", 1)
    write_photo(tmp_path / "data/val", "b", 2)
    assert open_source(tmp_path / "data", split="train", settings=settings).names == ["a"]
    assert open_source(tmp_path / "data", split="val", settings=settings).names == ["b"]
    assert open_source(tmp_path / "data", split="all", settings=settings).names == ["a", "b"]
    with pytest.raises(InputError, match="no folder 'test'"):
        open_source(tmp_path / "data", split="test", settings=settings)


def test_without_a_share_for_validation_there_is_none(data: Path, settings: PhotoSettings):
    all_of_it = dataclasses.replace(settings, val_share=0.0)
    assert len(open_source(data, split="train", settings=all_of_it)) == 20
    with pytest.raises(InputError, match="no photos for 'val'"):
        open_source(data, split="val", settings=all_of_it)


def test_a_rebuilt_cache_is_the_same_to_the_byte(data: Path, settings: PhotoSettings):
    def contents() -> dict[str, bytes]:
        open_source(data, split="all", settings=settings)
        (place,) = settings.cache.iterdir()
        return {name: (place / name).read_bytes() for name in (PICTURES, MANIFEST)}

    first = contents()
    shutil.rmtree(settings.cache)
    assert contents() == first


def test_a_photo_that_changed_is_prepared_anew(data: Path, settings: PhotoSettings):
    before = open_source(data, split="all", settings=settings).batch(torch.tensor([0])).photo
    write_photo(data, "p00", 255)
    os.utime(data / "p00.png", ns=(1, 1))
    after = open_source(data, split="all", settings=settings).batch(torch.tensor([0])).photo
    assert before.max() < 0.1
    assert after.min() > 0.99


def test_a_cache_that_could_not_be_finished_is_not_there(data: Path, settings: PhotoSettings):
    (data / "p19.png").write_bytes(b"not a photo")
    with pytest.raises(InputError, match="p19"):
        open_source(data, split="all", settings=settings)
    assert list(settings.cache.iterdir()) == []


def test_two_processes_that_begin_at_once_end_with_one_cache(data: Path, settings: PhotoSettings):
    code = (
        "import sys; from pathlib import Path; from training.datasets import PhotoSettings, open_source\n"
        "settings = PhotoSettings(image_size=(32, 24), cache=Path(sys.argv[2]))\n"
        "print(len(open_source(Path(sys.argv[1]), split='all', settings=settings)))"
    )
    arguments = [sys.executable, "-c", code, str(data), str(settings.cache)]
    processes = [subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) for _ in range(3)]
    assert [process.communicate()[0].strip() for process in processes] == ["20"] * 3
    assert len(list(settings.cache.iterdir())) == 1


def test_the_first_finished_cache_stays(data: Path, settings: PhotoSettings, monkeypatch: pytest.MonkeyPatch):
    build = cache._build

    def build_after_another(samples: list[Sample], about: dict[str, Any], folder: Path) -> None:
        monkeypatch.setattr(cache, "_build", build)
        open_source(data, split="all", settings=settings)
        made.append(next(settings.cache.glob("[!.]*")).stat().st_ino)
        build(samples, about, folder)

    made: list[int] = []
    monkeypatch.setattr(cache, "_build", build_after_another)
    assert len(open_source(data, split="all", settings=settings)) == 20
    assert [path.stat().st_ino for path in settings.cache.iterdir()] == made


def test_a_mask_of_another_size_is_refused(data: Path, settings: PhotoSettings):
    cv2.imwrite(str(data / "p03_mask.png"), np.full((48, 40), 255, np.uint8))
    with pytest.raises(InputError, match=r"p03_mask.png is 40 x 48 pixels, its photo 32 x 48"):
        open_source(data, split="all", settings=settings)


def test_an_empty_mask_is_refused_by_name(data: Path, settings: PhotoSettings):
    cv2.imwrite(str(data / "p03_mask.png"), np.zeros((48, 32), np.uint8))
    with pytest.raises(InputError, match=r"p03.png cannot be prepared: The mask is empty"):
        open_source(data, split="all", settings=settings)


def test_areas_are_shares_of_the_prepared_picture(data: Path, settings: PhotoSettings):
    write_photo(data, "thin", 5, inside=(12, 20))
    photos = open_source(data, split="all", settings=dataclasses.replace(settings, fit="stretch"))
    assert photos.areas[0] == pytest.approx(32 / 48 * 16 / 32, abs=0.02)
    assert photos.areas[-1] == pytest.approx(32 / 48 * 8 / 32, abs=0.02)
    assert photos.within((0.0, 0.2)).names == ["thin"]
    assert len(photos.within((0.2, 1.0))) == 20
    with pytest.raises(InputError, match="None of 21 photos"):
        photos.within((0.9, 1.0))


def test_subsets_are_numbered_anew(data: Path, settings: PhotoSettings):
    part = open_source(data, split="all", settings=settings).subset(np.array([4, 7])).subset(np.array([1]))
    assert part.names == ["p07"]
    assert part.batch(torch.tensor([0])).photo.mean().item() == pytest.approx(70 / 255)


def test_a_batch_as_it_is(data: Path, settings: PhotoSettings):
    batch = open_source(data, split="all", settings=settings).batch(torch.tensor([5, 2]))
    assert batch.photo.shape == (2, 3, 32, 24)
    assert batch.photo.mean(dim=(1, 2, 3)).tolist() == pytest.approx([50 / 255, 20 / 255])
    assert batch.mask.unique().tolist() == [0.0, 1.0]
    assert batch.index.tolist() == [5, 2]


def test_two_processes_with_half_the_rows_see_what_one_sees(data: Path, settings: PhotoSettings):
    photos = open_source(data, split="all", settings=settings)
    index = torch.tensor([3, 1, 4, 15, 9])

    def batch(rows: slice | None):
        return photos.batch(index, torch.Generator().manual_seed(7), rows)

    whole, first, second = batch(None), batch(slice(0, 3)), batch(slice(3, 5))
    torch.testing.assert_close(torch.cat([first.photo, second.photo]), whole.photo, atol=0, rtol=0)
    torch.testing.assert_close(torch.cat([first.mask, second.mask]), whole.mask, atol=0, rtol=0)
    assert first.index.tolist() + second.index.tolist() == index.tolist()
    assert not torch.equal(whole.mask, photos.batch(index).mask)


def test_settings_that_cannot_be_are_refused(data: Path, settings: PhotoSettings):
    with pytest.raises(InputError, match="layout must be one of"):
        open_source(data, layout="imagenet", settings=settings)
    with pytest.raises(InputError, match="split must be one of"):
        open_source(data, split="training", settings=settings)
    with pytest.raises(InputError, match="image_size must lie between"):
        open_source(data, settings=dataclasses.replace(settings, image_size=(8, 8)))


def test_people_are_prepared_as_the_trainer_expects(tmp_path: Path):
    data = shared_data("people")
    photos = open_source(data, split="val", settings=PhotoSettings(cache=tmp_path, augmentation=Augmentation(flip=0.0)))
    assert isinstance(photos, CachedPhotos)
    assert (len(photos), photos.image_size) == (100, (160, 96))
    assert 0.1 < photos.areas.min() < photos.areas.max() < 0.5
