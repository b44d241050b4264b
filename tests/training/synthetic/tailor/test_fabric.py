"""Fabrics repeat without seams, follow the seed, and photos' cloth comes without what is around it."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.data import shared_data
from helpers.wearers import sewn, wearer

from mirror_core.errors import InputError
from training.synthetic.tailor.cloth import COLOURS, TILE, WEAVES, draw_colour, weave
from training.synthetic.tailor.fabric import SIZE, paint
from training.synthetic.tailor.outfit import draw_kind, dye, sew
from training.synthetic.tailor.style import KINDS
from training.synthetic.tailor.swatches import Swatches, cut_swatch, flatten, repeat


@pytest.mark.parametrize("name", WEAVES)
def test_tiles_repeat_without_a_seam(name: str) -> None:
    for seed in range(4):
        tile = WEAVES[name](np.random.default_rng(seed))
        assert tile.shape == (TILE, TILE, 3)
        for axis in (0, 1):
            seam = np.abs(np.take(tile, 0, axis) - np.take(tile, -1, axis)).mean()
            inside = np.abs(np.diff(tile, axis=axis)).mean(axis=(1 - axis, 2))
            assert seam <= inside.max() * 1.2 + 1


def test_most_clothes_are_dark_white_or_grey() -> None:
    rng = np.random.default_rng(0)
    colours = np.array([draw_colour(rng) for _ in range(2000)])
    muted = np.ptp(colours, axis=1) < 60
    assert 0.5 < muted.mean() < 0.8
    assert sum(share for _, share in COLOURS) == pytest.approx(1.05, abs=0.05)


@pytest.mark.parametrize("kind", KINDS)
def test_textures_are_opaque_and_follow_the_seed(kind: str) -> None:
    garment = sewn(kind)
    first, again, other = (
        paint(garment.plan, garment.sizes, garment.style, np.random.default_rng(seed)) for seed in (5, 5, 6)
    )
    assert first.shape == (SIZE, SIZE, 4)
    assert first.dtype == np.uint8
    assert (first[..., 3] == 255).all()
    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first, other)


def test_jeans_are_of_denim_and_jumpers_are_not() -> None:
    rng = np.random.default_rng(0)
    assert {weave("jeans", rng)[0] for _ in range(20)} == {"denim"}
    assert "denim" not in {weave("sweater", rng)[0] for _ in range(100)}


def photo(side: int = 200) -> tuple[np.ndarray, np.ndarray]:
    """A red garment on green, its mask in the middle."""
    picture, mask = np.full((side, side, 3), (0, 200, 0), np.uint8), np.zeros((side, side), np.uint8)
    picture[20:180, 40:160], mask[20:180, 40:160] = (180, 40, 40), 255
    return picture, mask


def test_a_swatch_is_of_the_garment_only() -> None:
    tile = cut_swatch(*photo())
    assert tile is not None
    np.testing.assert_allclose(tile.reshape(-1, 3), np.broadcast_to((180, 40, 40), (TILE * TILE, 3)), atol=3)


def test_a_garment_too_small_for_a_swatch_gives_none() -> None:
    picture, mask = photo()
    mask[:] = 0
    assert cut_swatch(picture, mask) is None
    mask[100:120, 100:120] = 255
    assert cut_swatch(picture, mask) is None


def test_light_is_taken_out_and_the_seam_too() -> None:
    ramp = np.broadcast_to(np.linspace(80, 160, 100)[None, :, None], (100, 100, 3)).astype(np.uint8)
    assert np.ptp(flatten(ramp)[:, 10:-10].astype(float)) < 45
    tile = repeat(flatten(ramp), 0.64).astype(float)
    assert np.abs(tile[:, 0] - tile[:, -1]).max() < 6


def test_swatches_come_from_a_folder(tmp_path: Path) -> None:
    picture, mask = photo()
    cv2.imwrite(str(tmp_path / "a.jpg"), picture[..., ::-1])
    cv2.imwrite(str(tmp_path / "a_mask.png"), mask)
    swatches = Swatches(tmp_path)
    assert swatches.names == ("a",)
    tile = swatches.draw(np.random.default_rng(0))
    assert tile is not None
    assert abs(int(tile[..., 0].mean()) - 180) < 6
    assert tile is swatches.draw(np.random.default_rng(1))  # read once


def test_a_folder_without_photos_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no photos with masks"):
        Swatches(tmp_path).draw(np.random.default_rng(0))


def test_real_photos_give_swatches() -> None:
    swatches, rng = Swatches(shared_data("garments", "train")), np.random.default_rng(0)
    tiles = [swatches.draw(rng) for _ in range(8)]
    assert sum(tile is not None for tile in tiles) >= 6


def test_a_garment_by_chance_follows_the_seed() -> None:
    kinds = [draw_kind(np.random.default_rng(seed)) for seed in range(300)]
    assert set(kinds) == set(KINDS)
    first, again = (sew("dress", wearer(), np.random.default_rng(2)) for _ in range(2))
    assert first.piece.vertices.tobytes() == again.piece.vertices.tobytes()
    assert first.piece.texture.tobytes() == again.piece.texture.tobytes()
    other = dye(first, np.random.default_rng(3))
    assert other.piece.vertices is first.piece.vertices
    assert not np.array_equal(other.piece.texture, first.piece.texture)
