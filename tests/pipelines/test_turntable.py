"""The model turns once around, whole in every picture, on white."""

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from helpers.results import make_result
from PIL import Image

from mirror_core.errors import CancelledError, InputError, OutputError
from mirror_core.pipelines.turntable import draw_view, turntable


def white(picture: np.ndarray) -> np.ndarray:
    return (picture == 255).all(axis=-1)


def upper_half(picture: np.ndarray) -> np.ndarray:
    """Mean colour of what is drawn in the upper half, away from the top."""
    part = picture[16:26].reshape(-1, 3)
    return part[~white(part)].mean(axis=0)


def test_the_front_shows_the_middle_of_the_texture_and_the_sides_its_halves():
    result = make_result()  # red is the upper left quarter, u < 1/2, which is the model's -x side; green u > 1/2
    red, green, _ = upper_half(draw_view(result, 270.0, 64))
    assert red > 100
    assert green < 30
    red, green, _ = upper_half(draw_view(result, 90.0, 64))
    assert green > 100
    assert red < 30


@pytest.mark.parametrize("stretch", [(1, 1, 1), (3, 1, 1), (1, 3, 1), (1, 1, 5)])
@pytest.mark.parametrize("azimuth", [0.0, 45.0, 90.0, 180.0])
def test_the_whole_model_is_in_view_and_fills_it(stretch: tuple[int, int, int], azimuth: float):
    result = make_result()
    result = dataclasses.replace(result, vertices=result.vertices * np.float32(stretch) + np.float32([0.3, -0.2, 0.1]))
    picture = draw_view(result, azimuth, 48)
    frame = np.concatenate([white(picture)[0], white(picture)[-1], white(picture)[:, 0], white(picture)[:, -1]])
    assert frame.all()
    assert not white(picture)[24].all()


def test_a_sheet_has_every_frame_in_its_place(tmp_path: Path):
    path = turntable(make_result(), tmp_path / "turn.png", frames=6, size=32)
    sheet = np.asarray(Image.open(path))
    assert sheet.shape == (64, 96, 3)
    np.testing.assert_array_equal(sheet[32:, 32:64], draw_view(make_result(), 240.0, 32))


def test_an_animation_takes_four_seconds_and_repeats(tmp_path: Path):
    path = turntable(make_result(), tmp_path / "turn.gif", frames=8, size=32)
    with Image.open(path) as animation:
        assert animation.n_frames == 8
        assert animation.info["duration"] == 500
        assert animation.info["loop"] == 0
        assert animation.size == (32, 32)


def test_progress_is_told_and_cancelling_writes_nothing(tmp_path: Path):
    told: list[tuple[int, int, str]] = []
    turntable(make_result(), tmp_path / "turn.png", frames=2, size=16, progress=lambda *step: told.append(step))
    assert [step[:2] for step in told] == [(0, 2), (1, 2), (2, 2)]
    with pytest.raises(CancelledError):
        turntable(make_result(), tmp_path / "other.png", cancelled=lambda: True)
    assert not (tmp_path / "other.png").exists()


def test_an_existing_picture_is_refused_before_drawing(tmp_path: Path):
    (tmp_path / "turn.png").write_bytes(b"mine")
    with pytest.raises(OutputError, match="already exists"):
        turntable(make_result(), tmp_path / "turn.png", progress=lambda *_: pytest.fail("it began to draw"))
    turntable(make_result(), tmp_path / "turn.png", frames=1, size=16, overwrite=True)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"path": "turn.mp4"}, r"suffix '\.mp4'\. Choose \.png"),
        ({"frames": 0}, "frames must lie between 1 and 360, but is 0"),
        ({"size": 5000}, "size must lie between 16 and 2048, but is 5000"),
    ],
)
def test_bad_arguments(tmp_path: Path, options: dict[str, object], message: str):
    arguments = {"path": "turn.png", **options}
    with pytest.raises(InputError, match=message):
        turntable(make_result(), tmp_path / str(arguments.pop("path")), **arguments)
