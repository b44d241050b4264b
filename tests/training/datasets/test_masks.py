"""Photos for the segmenter: read once, seen anew each time, the mask always where the object is."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from mirror_core.errors import InputError
from training.datasets.mask_views import MaskViews, emptied
from training.datasets.masks import SIDE, MaskPhotos, MaskSet, open_mask_set, shrink_picture
from training.synthetic.shards import pack

STILL = MaskViews(zoom=(1.0, 1.0), turn=0.0, stretch=0.0, swap=0.0, colour=0.0, spoilt=0.0)
GREEN, RED = (30, 160, 40), (200, 20, 30)


def ball(height: int = 120, width: int = 80, ground: tuple[int, int, int] = GREEN) -> np.ndarray:
    """RGB and mask (h, w, 4) of a red ball, left of the middle, on some ground."""
    y, x = np.mgrid[0:height, 0:width]
    inside = (x - 0.4 * width) ** 2 + (y - 0.5 * height) ** 2 < (0.25 * width) ** 2
    colours = np.where(inside[..., None], RED, ground)
    return np.dstack([colours, 255 * inside]).astype(np.uint8)


def redness(picture: np.ndarray) -> np.ndarray:
    return picture[..., 0].astype(int) - picture[..., 1] > 60


def overlap(first: np.ndarray, second: np.ndarray) -> float:
    return float((first & second).sum() / (first | second).sum())


def one_set(picture: np.ndarray, name: str = "balls", synthetic: bool = False) -> MaskSet:
    square = np.zeros((1, SIDE, SIDE, 4), np.uint8)
    square[0, : picture.shape[0], : picture.shape[1]] = picture
    return MaskSet(name, square, np.array([picture.shape[:2]]), synthetic)


def test_without_changes_the_view_is_the_photo_or_its_mirror_image():
    picture = ball()
    views = [STILL(picture, None, (120, 80), np.random.default_rng(seed))[..., 3] for seed in range(8)]
    straight = [overlap(view > 127, picture[..., 3] > 127) for view in views]
    mirrored = [overlap(view[:, ::-1] > 127, picture[..., 3] > 127) for view in views]
    assert max(straight) > 0.9
    assert max(mirrored) > 0.9
    assert min(np.maximum(straight, mirrored)) > 0.7  # shifted by at most 3 % of the photo


@pytest.mark.parametrize("seed", range(6))
def test_the_mask_stays_on_the_object(seed: int):
    views = dataclasses.replace(MaskViews(), swap=0.0, colour=0.0, spoilt=0.0)
    seen = views(ball(), None, (96, 72), np.random.default_rng(seed))
    grown = cv2.dilate(seen[..., 3], np.ones((3, 3), np.uint8)) > 127
    found = redness(seen) & grown  # the colour beyond the photo may be any, a red one, too
    assert overlap(found, seen[..., 3] > 127) > 0.9


def test_the_same_numbers_give_the_same_view():
    first, second = (MaskViews()(ball(), ball(), (96, 64), np.random.default_rng(5)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_swapped_background_is_the_other_photos_without_its_object():
    blue = (20, 30, 220)
    views = dataclasses.replace(STILL, swap=1.0)
    seen = views(ball(), ball(ground=blue), (120, 80), np.random.default_rng(0))
    beyond = cv2.dilate(seen[..., 3], np.ones((7, 7), np.uint8)) == 0
    assert np.abs(seen[beyond][:, :3].astype(int) - blue).max() < 12
    assert overlap(redness(seen), seen[..., 3] > 127) > 0.9


def test_emptied_of_its_object_a_photo_shows_the_ground_there():
    assert np.abs(emptied(ball())[..., :3].astype(int) - GREEN).max() <= 2


def test_a_photo_that_is_all_object_becomes_grey():
    full = np.full((40, 30, 4), 255, np.uint8)
    assert np.abs(emptied(full).astype(int) - 128).max() <= 1


def test_whole_photos_keep_their_shape():
    lying, upright = one_set(ball(90, 120), "lying"), one_set(ball(120, 80), "upright")
    photos = MaskPhotos([lying, upright], long_side=96)
    assert [photos.group(index) for index in range(2)] == ["lying", "upright"]
    assert photos.whole(0)[0].shape == (1, 3, 64, 96)  # 72 is half-way between two multiples of 16: the even one
    photo, mask = photos.whole(1)
    assert (photo.shape, mask.shape) == ((1, 3, 96, 64), (1, 1, 96, 64))
    assert overlap((photo[0, 0] - photo[0, 1] > 0.3).numpy(), (mask[0, 0] > 0.5).numpy()) > 0.95


def test_two_processes_see_together_what_one_would_see():
    photos = MaskPhotos([one_set(ball()), one_set(ball(90, 120), synthetic=True)], places=8, long_side=48)
    index = torch.arange(6)
    both = photos.batch(index, torch.Generator().manual_seed(3))
    halves = [photos.batch(index, torch.Generator().manual_seed(3), rows) for rows in (slice(0, 3), slice(3, 6))]
    torch.testing.assert_close(torch.cat([half.photo for half in halves]), both.photo)
    torch.testing.assert_close(torch.cat([half.mask for half in halves]), both.mask)
    assert both.photo.shape[0] == 6


def test_shares_say_how_often_a_set_is_shown():
    grounds = one_set(ball(ground=(0, 0, 0))), one_set(ball(ground=(255, 255, 255)))
    photos = MaskPhotos(grounds, shares=(0.0, 1.0), places=8, views=STILL, long_side=48)
    batch = photos.batch(torch.arange(8), torch.Generator().manual_seed(0))
    around = batch.photo.amin(dim=1)[batch.mask[:, 0] < 0.01]
    assert float(around.median()) > 0.95


def test_a_folder_is_read_once(tmp_path: Path):
    folder = tmp_path / "set" / "train"
    folder.mkdir(parents=True)
    picture = ball(450, 300)
    cv2.imwrite(str(folder / "a.png"), np.ascontiguousarray(picture[..., 2::-1]))
    cv2.imwrite(str(folder / "a_mask.png"), picture[..., 3])
    one = open_mask_set(folder, tmp_path / "cache")
    assert (one.name, len(one), one.synthetic) == ("set-train", 1, False)
    assert one[0].shape == (SIDE, round(SIDE * 300 / 450), 4)
    assert overlap(redness(one[0]), one[0][..., 3] > 127) > 0.95
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*")}
    open_mask_set(folder, tmp_path / "cache")
    assert {path: path.stat().st_mtime_ns for path in (tmp_path / "cache").rglob("*")} == before


def test_shards_are_read_without_their_other_truth(tmp_path: Path):
    picture = ball(224, 150)
    photo, mask = (cv2.imencode(ending, values)[1].tobytes() for ending, values in
                   ((".jpg", np.ascontiguousarray(picture[..., 2::-1])), (".png", picture[..., 3])))  # fmt: skip
    sample = {"jpg": photo, "parts.png": b"unread", "json": b"unread", "mask.png": mask}
    (tmp_path / "shard-000000.tar").write_bytes(pack([("one", sample), ("two", sample)]))
    made = open_mask_set(tmp_path, tmp_path / "cache")
    assert (len(made), made.synthetic) == (2, True)
    np.testing.assert_array_equal(made[1][..., 3], picture[..., 3])
    assert overlap(redness(made[0]), picture[..., 3] > 127) > 0.95


def test_a_folder_without_photos_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="has no photo with a mask"):
        open_mask_set(tmp_path)


def test_shrinking_keeps_the_share_of_the_object():
    picture = ball(900, 600)
    small = shrink_picture(picture)
    assert small.shape == (SIDE, round(SIDE * 600 / 900), 4)
    assert small[..., 3].mean() == pytest.approx(picture[..., 3].mean(), rel=0.01)
