"""The original layouts of ATR, Market-HQ and CUB, each drawn small in a folder."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mirror_core.errors import InputError
from training.datasets import LAYOUTS, CachedPhotos, PhotoSettings, open_source
from training.datasets.area_suffix import split_name

GREY = 170
"""A mask's foreground: just above the threshold of 160."""


def draw(path: Path, shape: tuple[int, ...], value: int, inside: slice = slice(None)) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = np.zeros(shape, np.uint8)
    image[:, inside] = value
    cv2.imwrite(str(path), image)


@pytest.fixture
def settings(tmp_path: Path) -> PhotoSettings:
    return PhotoSettings(image_size=(32, 32), val_share=0.0, cache=tmp_path / "cache")


@pytest.fixture
def atr(tmp_path: Path) -> Path:
    """Four photos for training, of which one is too small, and two for testing; one mask is a label map."""
    data = tmp_path / "humanparsing"
    lists = {"train": ["a_1_0.25", "a_2_0.25", "b_10_0.04", "a_3_0.25"], "test": ["a_4_0.25", "b_5_0.93"]}
    for split, names in lists.items():
        for number, name in enumerate(names):
            plain = name.rpartition("_")[0]
            draw(data / "JPEGImages" / f"{plain}.jpg", (40, 20, 3), 50 + number)
            if plain == "a_2":
                draw(data / "SegmentationClassAug" / f"{plain}.png", (40, 20), 17, slice(5, 10))
            else:
                draw(data / "SegmentationClassAug" / f"{name}.png", (40, 20), GREY, slice(5, 10))
        (data / f"ATR_{split}.txt").write_text("".join(f"{name}.png\n" for name in names))
    return data


@pytest.fixture
def market(tmp_path: Path) -> Path:
    data = tmp_path / "hq"
    for folder, identity, number in (("train", 2, 1), ("train", 2, 2), ("train", 7, 1), ("val", 2, 3), ("query", 1, 1)):
        name = f"{identity:04}/{identity:04}_c1s1_00{number:04}_01"
        draw(data / "pytorch" / folder / f"{name}.jpg", (32, 16, 3), 99)
        where = "train_all" if folder in ("train", "val") else folder
        area = 0.04 if (identity, number) == (7, 1) else 0.5
        draw(data / "seg_hmr" / where / f"{name}_{area:.2f}.png", (32, 16), GREY, slice(0, 8))
    return data


@pytest.fixture
def cub(tmp_path: Path) -> Path:
    """Three birds; the box of each is the 20 x 10 pixels right of the middle, of which the mask covers half."""
    data = tmp_path / "CUB_200_2011"
    names = ["001.Albatross/A_1", "001.Albatross/A_2", "002.Wren/W_3"]
    for name in names:
        draw(data / "images" / f"{name}.jpg", (30, 60, 3), 99)
        mask = np.zeros((30, 60), np.uint8)
        mask[10:20, 40:50] = GREY
        mask[:, 0:5] = 100  # few of CUB's annotators: not foreground
        path = data / "segmentations" / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(path), mask)
    (data / "images.txt").write_text("".join(f"{i + 1} {name}.jpg\n" for i, name in enumerate(names)))
    (data / "train_test_split.txt").write_text("1 1\n2 0\n3 1\n")
    (data / "bounding_boxes.txt").write_text("".join(f"{i + 1} 30.0 10.0 20.0 10.0\n" for i in range(3)))
    return data


def test_atr_reads_its_lists(atr: Path, settings: PhotoSettings):
    train = open_source(atr, "atr", "train", settings)
    assert train.names == ["a_1", "a_2", "a_3"]  # in the list's order, without the one of 4 %
    assert open_source(atr, "atr", "test", settings).names == ["a_4", "b_5"]
    assert len(open_source(atr, "atr", "all", settings)) == 6
    assert train.areas.tolist() == [0.25] * 3
    masks = train.batch(torch.arange(3)).mask
    assert masks[:, 0, 16].mean(dim=1).tolist() == [0.25] * 3  # grey or labels, the same column of the photo


def test_atr_is_stretched_and_filtered_as_published(atr: Path, tmp_path: Path):
    photos = open_source(atr, "atr", "train", PhotoSettings(val_share=0.34, cache=tmp_path / "cache"))
    assert photos.image_size == (160, 96)
    assert LAYOUTS["atr"].area == (0.09, 0.49)
    assert LAYOUTS["atr"].clean == (0.18, 0.26)
    val = open_source(atr, "atr", "val", PhotoSettings(val_share=0.34, cache=tmp_path / "cache"))
    assert not set(val.names) & set(photos.names)
    assert len(val) == 1


def test_market_has_its_own_validation_photos(market: Path, settings: PhotoSettings):
    assert open_source(market, "market-hq", "train", settings).names == ["0002_c1s1_000001_01", "0002_c1s1_000002_01"]
    assert open_source(market, "market-hq", "val", settings).names == ["0002_c1s1_000003_01"]
    test = open_source(market, "market-hq", "test", settings)
    assert test.names == ["0001_c1s1_000001_01"]
    assert test.batch(torch.tensor([0])).mask.mean().item() == pytest.approx(0.5)
    assert (LAYOUTS["market-hq"].image_size, LAYOUTS["market-hq"].augmentation.crop) == ((128, 64), "same")


def test_cub_is_cropped_to_the_box_and_padded(cub: Path, settings: PhotoSettings):
    train = open_source(cub, "cub", "train", settings)
    assert train.names == ["A_1", "W_3"]
    assert open_source(cub, "cub", "test", settings).names == ["A_2"]
    batch = train.batch(torch.tensor([0]))
    assert batch.mask[0, 0].any(dim=1).nonzero().flatten().tolist() == list(range(8, 24))  # 20 x 10 on 20 x 20
    assert batch.mask[0, 0].any(dim=0).nonzero().flatten().tolist() == list(range(16, 32))
    assert (batch.photo[0, :, :7] == 0).all()
    assert train.areas.tolist() == [0.25, 0.25]


def break_lists(atr: Path) -> None:
    (atr / "ATR_train.txt").unlink()


def break_line(atr: Path) -> None:
    (atr / "ATR_train.txt").write_text("dataset10k_1\n")


def break_mask(atr: Path) -> None:
    (atr / "SegmentationClassAug" / "a_1_0.25.png").unlink()


def break_photo(atr: Path) -> None:
    (atr / "JPEGImages" / "a_3.jpg").unlink()


def break_folder(atr: Path) -> None:
    (atr / "JPEGImages").rename(atr / "photos")


def two_masks(atr: Path) -> None:
    draw(atr / "SegmentationClassAug" / "a_1_0.26.png", (40, 20), GREY)


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (break_lists, r"no file .*ATR_train.txt of masks"),
        (break_line, r"'dataset10k_1' .* no foreground share"),
        (break_mask, r"SegmentationClassAug has no mask of a_1"),
        (break_photo, r"no photo .*a_3 with any of the suffixes"),
        (break_folder, r"no folder .*JPEGImages .*in its place there is ATR_test.txt"),
        (two_masks, r"a_1_0.25.png and .*a_1_0.26.png are both masks"),
    ],
)
def test_atr_says_what_is_missing(atr: Path, settings: PhotoSettings, damage: Callable[[Path], None], message: str):
    damage(atr)
    with pytest.raises(InputError, match=message):
        open_source(atr, "atr", "train", settings)


def test_market_says_what_is_missing(market: Path, settings: PhotoSettings):
    (market / "seg_hmr/train_all/0002/0002_c1s1_000002_01_0.50.png").unlink()
    with pytest.raises(InputError, match=r"has no mask 0002/0002_c1s1_000002_01_0.36.png in .*seg_hmr"):
        open_source(market, "market-hq", "train", settings)
    with pytest.raises(InputError, match=r"no folder .*pytorch.train with a folder of photos for each identity"):
        open_source(market.parent, "market-hq", "train", settings)


def test_cub_says_what_is_missing(cub: Path, settings: PhotoSettings):
    (cub / "train_test_split.txt").write_text("1 1\n2 0\n")
    with pytest.raises(InputError, match="do not list the same photos"):
        open_source(cub, "cub", "train", settings)
    (cub / "bounding_boxes.txt").write_text("1 30.0\n")
    with pytest.raises(InputError, match=r"bounding_boxes.txt has the line '1 30.0'"):
        open_source(cub, "cub", "train", settings)
    (cub / "bounding_boxes.txt").write_text("")
    with pytest.raises(InputError, match=r"bounding_boxes.txt is empty"):
        open_source(cub, "cub", "train", settings)


@pytest.mark.parametrize(
    ("stem", "parts"),
    [
        ("dataset10k_1848_0.20", ("dataset10k_1848", 0.2)),
        ("4565_2_1.00", ("4565_2", 1.0)),
        ("0002_c1s1_000451_03", ("0002_c1s1_000451_03", None)),
        ("997_451", ("997_451", None)),
    ],
)
def test_names_of_masks(stem: str, parts: tuple[str, float | None]):
    assert split_name(stem) == parts


def test_a_share_above_one_is_no_share():
    with pytest.raises(InputError, match="share above 1"):
        split_name("a_1.25")


def test_photos_outside_the_limits_are_never_read(atr: Path, settings: PhotoSettings):
    (atr / "JPEGImages" / "b_10.jpg").write_bytes(b"spoilt")
    photos: CachedPhotos = open_source(atr, "atr", "train", settings)
    assert "b_10" not in photos.names
