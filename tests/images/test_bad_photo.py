"""A photo that cannot be used is refused in one sentence with the value, and a remedy."""

import io
import struct
import zlib
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from mirror_core.errors import PhotoError
from mirror_core.images import read_photo


def encoded(suffix: str, **options: object) -> bytes:
    noise = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(noise).save(buffer, suffix, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))
    return start + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT"))


CASES = {
    "empty.jpg": (b"", r"empty\.jpg is empty \(0 bytes\)\. Copy"),
    "text.png": (b"once upon a time", r"text\.png is not an image in a format that can be read\. Save"),
    "cut.jpg": (encoded("JPEG")[:900], r"cut\.jpg is truncated or damaged .*\. Copy"),
    "cut.png": (encoded("PNG")[:900], r"cut\.png is truncated or damaged .*\. Copy"),
    "photo.nef": (b"II*\0", r"photo\.nef is a camera raw file.*Develop"),
    "wide.png": (png_header(20_000, 6_000), r"20000 x 6000 = 120 million pixels.* limit of 100 million\. Make"),
    "bomb.png": (png_header(60_000, 60_000), r"3600 million pixels.* limit of 100 million\. Make"),
}


@pytest.mark.parametrize("name", CASES)
def test_the_sentence_has_the_value_and_the_remedy(tmp_path: Path, name: str):
    data, message = CASES[name]
    (tmp_path / name).write_bytes(data)
    with pytest.raises(PhotoError, match=message) as caught:
        read_photo(tmp_path / name)
    assert caught.value.remedy


def test_a_missing_file_and_a_folder(tmp_path: Path):
    with pytest.raises(PhotoError, match=r"There is no file .*gone\.jpg\. Check"):
        read_photo(tmp_path / "gone.jpg")
    with pytest.raises(PhotoError, match=r"is a folder.* Name a photo"):
        read_photo(tmp_path)


def test_a_name_that_no_file_can_have():
    with pytest.raises(PhotoError, match="cannot be read"):
        read_photo("a\0b.jpg")


def test_one_pixel_is_too_small(tmp_path: Path):
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    with pytest.raises(PhotoError, match=r"dot\.png is 1 x 1 pixels, fewer than 16 .* Use a larger"):
        read_photo(tmp_path / "dot.png")


def test_floating_point_values_are_refused(tmp_path: Path):
    Image.fromarray(np.ones((20, 20), np.float32)).save(tmp_path / "depth.tiff")
    with pytest.raises(PhotoError, match=r"floating-point values\. Save"):
        read_photo(tmp_path / "depth.tiff")


def test_a_truncated_sixteen_bit_png_is_not_half_read(tmp_path: Path):
    noise = np.random.default_rng(0).integers(0, 65536, (40, 50, 3), np.uint16)
    data = cv2.imencode(".png", noise)[1].tobytes()
    (tmp_path / "deep.png").write_bytes(data[: len(data) // 2])
    with pytest.raises(PhotoError, match="truncated"):
        read_photo(tmp_path / "deep.png")


@pytest.mark.parametrize("suffix", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP"])
@given(data=st.data())
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_truncated_and_overwritten_files_are_read_or_refused(tmp_path: Path, suffix: str, data: st.DataObject):
    whole = encoded(suffix)
    cut = data.draw(st.integers(0, len(whole)))
    at = data.draw(st.integers(0, len(whole)))
    junk = data.draw(st.binary(max_size=20))
    _read_or_refuse(tmp_path / "photo", whole[:at] + junk + whole[at + len(junk) : cut])


@given(data=st.binary(max_size=400))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_random_bytes_are_refused(tmp_path: Path, data: bytes):
    _read_or_refuse(tmp_path / "photo", data)


def _read_or_refuse(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    try:
        photo = read_photo(path)
    except PhotoError as error:
        assert error.message.endswith(".")  # noqa: PT017
        assert error.remedy.endswith(".")  # noqa: PT017
    else:
        assert photo.pixels.shape == (*photo.size, 3)
        assert 0 <= photo.pixels.min() <= photo.pixels.max() <= 1
