"""Figures 7, 8, 9 and 11: what is where on the sheets, and that each manipulation changes what it names."""

import dataclasses
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from helpers.tiny_mirror import Ellipsoids, tiny_config
from PIL import Image

from mirror_core.attributes import Attributes
from mirror_core.encoders import MagicMirror
from mirror_core.errors import InputError
from mirror_core.trainers.photos import PhotoBatch
from training.figures.draw import camera_histograms, camera_moves, exchange, novel_views, wrapped
from training.figures.magic_mirror import FigureMagicMirror
from training.figures.sheet import GAP, LINE, Block, Histogram, shares, sheet
from training.figures.views import explain, on_white, photo_pictures, seen_from

HEIGHT = 64
TILE = (HEIGHT, 32)


@pytest.fixture
def model() -> MagicMirror:
    return MagicMirror(tiny_config()).eval()


@pytest.fixture
def explained(model: MagicMirror) -> tuple[PhotoBatch, Attributes]:
    """Three photos; each object gets a texture of its own plain colour, plain light, and its own width."""
    batch, found = explain(model, Ellipsoids(3), [0, 1, 2])
    texture = torch.eye(3)[:, :, None, None].expand(3, 3, 8, 8).clone()  # red, green, blue
    light = torch.zeros(3, 9)
    light[:, 0] = 1.0 / 0.28209
    stretch = torch.tensor([[0.6, 1.0, 1.0], [1.0, 1.0, 1.0], [1.2, 1.0, 1.0]])[:, None]
    return batch, dataclasses.replace(found, texture=texture, light=light, vertices=found.vertices * stretch)


def tiles(png: bytes, rows: int, columns: int, top: int = 0) -> list[list[np.ndarray]]:
    page = np.array(Image.open(io.BytesIO(png)))

    def tile(row: int, column: int) -> np.ndarray:
        y, x = top + LINE + row * (TILE[0] + GAP), GAP + column * (TILE[1] + GAP)
        return page[y : y + TILE[0], x : x + TILE[1]]

    return [[tile(row, column) for column in range(columns)] for row in range(rows)]


def coloured(picture: np.ndarray) -> np.ndarray:
    return (picture < 250).any(axis=2)


def colour(picture: np.ndarray) -> tuple[int, ...]:
    """Of the middle."""
    return tuple(int(value) for value in picture[HEIGHT // 2, TILE[1] // 2])


def test_strips_begin_with_the_photo_and_the_found_view(model: MagicMirror, explained: tuple[PhotoBatch, Attributes]):
    batch, found = explained
    grid = tiles(novel_views(model, batch, found, 4, HEIGHT), 3, 5)
    views = on_white(model, found, HEIGHT)
    for row, photo, view in zip(grid, photo_pictures(batch, HEIGHT), views, strict=True):
        np.testing.assert_array_equal(row[0], photo)
        np.testing.assert_array_equal(row[1], view)
    # the template is twice as wide as deep: from the side it is narrow, from behind as wide as from the front
    widths = [coloured(picture).any(axis=0).sum() for picture in grid[1][1:]]
    assert widths[1] < 0.7 * widths[0]
    assert abs(int(widths[2]) - int(widths[0])) <= 2


def test_each_camera_movement_does_what_its_name_says(model: MagicMirror, explained: tuple[PhotoBatch, Attributes]):
    batch, found = explained
    block = LINE + 3 * (HEIGHT + GAP) + GAP + GAP

    def masks(number: int) -> list[np.ndarray]:
        row = tiles(camera_moves(model, batch, found, HEIGHT), 3, 8, number * block)[0]
        return [coloured(picture) for picture in row[1:]]

    sizes = [mask.sum() for mask in masks(0)]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] < 0.5 * sizes[0]
    columns = [np.argwhere(mask).mean(axis=0)[1] for mask in masks(2)]
    assert columns[0] > columns[3] > columns[-1]  # a camera that looks further right sees things further left
    rows = [np.argwhere(mask).mean(axis=0)[0] for mask in masks(3)]
    assert rows[0] < rows[3] < rows[-1]


def test_the_exchange_has_shapes_in_rows_and_textures_in_columns(
    model: MagicMirror, explained: tuple[PhotoBatch, Attributes]
):
    batch, found = explained
    grid = tiles(exchange(model, batch, found, HEIGHT), 4, 4)
    photos = photo_pictures(batch, HEIGHT)
    for number, photo in enumerate(photos):
        np.testing.assert_array_equal(grid[0][number + 1], photo)
        np.testing.assert_array_equal(grid[number + 1][0], photo)
    for column, wanted in enumerate([(255, 0, 0), (0, 255, 0), (0, 0, 255)], start=1):
        for row in range(1, 4):
            assert colour(grid[row][column]) == pytest.approx(wanted, abs=3)
    for row in range(1, 4):
        np.testing.assert_array_equal(coloured(grid[row][1]), coloured(grid[row][2]))
    assert coloured(grid[1][1]).sum() < coloured(grid[3][1]).sum()


def test_histograms_are_drawn_for_six_attributes(model: MagicMirror, explained: tuple[PhotoBatch, Attributes]):
    page = np.array(Image.open(io.BytesIO(camera_histograms(model, explained[1]))))
    half, third = page.shape[0] // 2, page.shape[1] // 3
    for row in range(2):
        for column in range(3):
            chart = page[row * half : (row + 1) * half, column * third : (column + 1) * third]
            assert (chart == (92, 122, 168)).all(axis=2).sum() > 500


def test_bars_are_shares_and_outliers_are_in_the_outer_ones():
    values = np.array([-9.0, 0.1, 0.1, 0.9])
    np.testing.assert_allclose(shares(Histogram("", values, 0.0, 1.0), 4), [75.0, 0.0, 0.0, 25.0])


def test_angles_are_wrapped():
    assert wrapped(torch.tensor([190.0, -190.0, 45.0, 360.0])).tolist() == [-170.0, 170.0, 45.0, 0.0]


def test_the_smooth_edge_is_half_of_each_side(model: MagicMirror, explained: tuple[PhotoBatch, Attributes]):
    black = dataclasses.replace(explained[1], texture=torch.zeros(3, 3, 4, 4))
    grey = on_white(model, black, HEIGHT)[0]
    assert {0, 255} < set(np.unique(grey).tolist()) <= {0, 64, 128, 191, 255}


def test_another_camera_changes_nothing_else(explained: tuple[PhotoBatch, Attributes]):
    found = explained[1]
    moved = seen_from(found, distance=torch.tensor(3.0))
    assert moved.camera.distance.tolist() == [3.0] * 3
    assert moved.camera.azimuth is found.camera.azimuth
    assert moved.vertices is found.vertices


def test_a_sheet_is_as_wide_as_its_widest_block():
    picture = np.zeros((10, 8, 3), np.uint8)
    page = Image.open(io.BytesIO(sheet([Block(["a"], [[picture]]), Block(["b", "c"], [[picture, picture]])])))
    assert page.size == (2 * (8 + GAP) + GAP, 2 * (LINE + 10 + GAP + GAP) + GAP)


def test_the_command_writes_all_figures(model: MagicMirror, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    model.save_pretrained(tmp_path / "model")
    data, ellipsoids = tmp_path / "data", Ellipsoids(3)
    data.mkdir()
    for number in range(3):
        rgb = (ellipsoids.photo[number].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
        cv2.imwrite(str(data / f"{number}.png"), rgb[..., ::-1])
        cv2.imwrite(str(data / f"{number}_mask.png"), (ellipsoids.mask[number, 0].numpy() * 255).astype(np.uint8))
    command = FigureMagicMirror(
        tmp_path / "model", data, tmp_path / "out", split="all", height=32, cache=tmp_path / "c"
    )
    command.run()
    names = {"novel_views.png", "camera_moves.png", "exchange.png", "camera_histograms.png"}
    assert {path.name for path in (tmp_path / "out").iterdir()} == names
    printed = capsys.readouterr().out.split()
    assert {Path(line).name for line in printed} == names
    with pytest.raises(InputError, match="photos must lie between"):
        dataclasses.replace(command, photos=0).run()
