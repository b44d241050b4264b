"""Whatever is handed to `mirror reconstruct`, it ends in a sentence with a remedy, and nothing is half-written.

The single checks are tested where they live (tests/images, tests/masking, tests/test_files.py); here is the whole way.
"""

import errno
import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from helpers.photos import shirt
from helpers.pipelines import FakePipeline, save_photo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mirror_core import files
from mirror_core.cli import main
from mirror_core.cli import reconstruct as command
from mirror_core.errors import MirrorError
from mirror_core.pipelines.photo_to_files import PhotoToFiles, Task


@pytest.fixture(autouse=True)
def fake_pipeline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "make_pipeline", lambda _settings: FakePipeline())


def reconstruct(folder: Path, *arguments: str) -> int:
    return main(["reconstruct", str(folder / "photo.png"), "-o", str(folder / "out"), *arguments])


def picture(values: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(values).save(buffer, "PNG")
    return buffer.getvalue()


def grey(height: int, width: int, value: int = 128) -> bytes:
    return picture(np.full((height, width), value, np.uint8))


def shirt_picture() -> bytes:
    return picture(np.round(shirt()[0].pixels * 255).astype(np.uint8))


PHOTOS: dict[str, tuple[bytes | None, str]] = {
    "missing": (None, "There is no file"),
    "empty": (b"", "photo.png is empty (0 bytes)."),
    "text": (b"hello", "photo.png is not an image in a format that can be read."),
    "truncated": (shirt_picture()[:5000], "photo.png is truncated or damaged"),
    "one pixel": (grey(1, 1), "photo.png is 1 x 1 pixels"),
    "huge": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (20_000).to_bytes(4) * 2 + b"\x08\0\0\0\0", "photo.png"),
    "one colour": (grey(64, 64), "mask is"),
    "two shirts": (
        picture(np.concatenate([np.round(shirt()[0].pixels * 255).astype(np.uint8)] * 2, axis=1)),
        "shows two objects of similar size",
    ),
}


@pytest.mark.parametrize("case", PHOTOS)
def test_photos(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str):
    data, sentence = PHOTOS[case]
    if data is not None:
        (tmp_path / "photo.png").write_bytes(data)
    assert reconstruct(tmp_path, "--mask-method", "border") == 1
    printed = capsys.readouterr().err
    assert sentence in printed
    assert "Internal error" not in printed
    assert "Traceback" not in printed
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("method", ["border", "grabcut", "auto"])
@pytest.mark.parametrize("make", [lambda: grey(64, 20_000), lambda: grey(20_000, 64)], ids=["wide", "tall"])
def test_a_photo_of_twenty_thousand_pixels_is_done_or_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], make: Callable[[], bytes], method: str
):
    (tmp_path / "photo.png").write_bytes(make())
    assert reconstruct(tmp_path, "--mask-method", method) in (0, 1)
    assert "Internal error" not in capsys.readouterr().err


MASKS: dict[str, tuple[bytes, str]] = {
    "empty": (grey(240, 200, 0), "The file mask is empty: only 0.00 % of the photo is above 0.5."),
    "full": (grey(240, 200, 255), "The file mask is full: it covers 100.00 % of the photo."),
    "two objects": (
        picture(np.kron([[1, 0, 1]], np.ones((240, 67))).astype(np.uint8)[:, :200] * 255),
        "The file mask shows two objects of similar size, 16080 and 15840 pixels.",
    ),
    "wrong size": (grey(200, 240), "The mask mask.png is 240 x 200 pixels, but the photo is 200 x 240"),
    "no image": (b"hello", "The mask cannot be used: mask.png is not an image"),
}


@pytest.mark.parametrize("case", MASKS)
def test_masks(tmp_path: Path, capsys: pytest.CaptureFixture[str], case: str):
    data, sentence = MASKS[case]
    (tmp_path / "photo.png").write_bytes(shirt_picture())
    (tmp_path / "mask.png").write_bytes(data)
    assert reconstruct(tmp_path, "--mask", str(tmp_path / "mask.png")) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("number", "remedy"),
    [
        (errno.ENOSPC, "Free some space on the disk"),
        (errno.EACCES, "Choose a folder that you may write to."),
        (errno.EROFS, "Choose a folder on a disk that is not read-only."),
    ],
)
@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_a_disk_that_refuses_at_any_point(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    number: int,
    remedy: str,
    share: float,
):
    save_photo(tmp_path / "photo.png")

    def refuse(path: Path, data: bytes) -> None:
        path.write_bytes(data[: int(share * len(data))])
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(files, "_write", refuse)
    assert reconstruct(tmp_path, "--format", "glb", "obj", "folder") == 1
    assert remedy in capsys.readouterr().err
    assert list((tmp_path / "out").iterdir()) == []


def test_the_output_is_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    save_photo(tmp_path / "photo.png")
    (tmp_path / "out").write_text("mine")
    assert reconstruct(tmp_path) == 1
    assert "cannot be written" in capsys.readouterr().err
    assert (tmp_path / "out").read_text() == "mine"


def test_the_photo_is_never_overwritten(tmp_path: Path):
    """The texture beside the .obj has a name of its own, so dress_texture.png is all that --overwrite can replace."""
    photo = save_photo(tmp_path / "dress.png")
    before = photo.read_bytes()
    assert main(["reconstruct", str(photo), "-o", str(tmp_path), "--format", "obj", "ply", "--overwrite"]) == 0
    assert photo.read_bytes() == before


@given(
    shape=st.tuples(st.integers(1, 60), st.integers(1, 60)),
    boxes=st.lists(st.tuples(*[st.integers(0, 60)] * 4), max_size=4),
    bits=st.sampled_from([1, 8]),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_mask_files(tmp_path: Path, shape: tuple[int, int], boxes: list[tuple[int, int, int, int]], bits: int):
    values = np.zeros(shape, np.uint8)
    for top, bottom, left, right in boxes:
        values[top:bottom, left:right] = 255
    image = Image.fromarray(values)
    (image.convert("1") if bits == 1 else image).save(tmp_path / "mask.png")
    photo = save_photo(tmp_path / "photo.png")
    task = Task(photo, tmp_path / "result", mask=tmp_path / "mask.png", overwrite=True)
    try:
        PhotoToFiles(FakePipeline())(task)
    except MirrorError as error:
        assert error.message.endswith(".")  # noqa: PT017
        assert error.remedy.endswith(".")  # noqa: PT017
