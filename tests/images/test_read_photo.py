"""Every common kind of file becomes upright sRGB pixels from 0 to 1."""

import hashlib
import io
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageCms

from mirror_core.images import read_photo

RGB = np.arange(24 * 20 * 3, dtype=np.uint32).reshape(24, 20, 3) * 40503 % 256
RGB = RGB.astype(np.uint8)


def saved(folder: Path, image: Image.Image, name: str, **options: object) -> Path:
    image.save(folder / name, **options)
    return folder / name


def test_eight_bit_values_are_divided_by_255(tmp_path: Path):
    path = saved(tmp_path, Image.fromarray(RGB), "photo.png")
    photo = read_photo(path)
    assert photo.pixels.dtype == np.float32
    assert photo.size == (24, 20)
    np.testing.assert_allclose(photo.pixels, RGB / 255.0, atol=1e-6)
    assert photo.alpha is None
    assert photo.source == str(path)
    assert photo.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("suffix", ["bmp", "tiff", "webp", "png", "ppm", "gif"])
def test_lossless_formats_agree(tmp_path: Path, suffix: str):
    flat = np.full((20, 30, 3), (200, 100, 50), np.uint8)
    options = {"lossless": True} if suffix == "webp" else {}
    path = saved(tmp_path, Image.fromarray(flat), f"photo.{suffix}", **options)
    np.testing.assert_allclose(read_photo(path).pixels, flat / 255.0, atol=1e-6)


@pytest.mark.parametrize("suffix", ["png", "tiff"])
def test_sixteen_bit_colour_keeps_its_sixteen_bits(tmp_path: Path, suffix: str):
    deep = (np.arange(24 * 20 * 3).reshape(24, 20, 3) * 45 + 7).astype(np.uint16)
    path = tmp_path / f"deep.{suffix}"
    cv2.imwrite(str(path), deep[..., ::-1])
    np.testing.assert_allclose(read_photo(path).pixels, deep / 65535.0, atol=1e-7)


def test_sixteen_bit_grey_and_alpha(tmp_path: Path):
    deep = (np.arange(24 * 20).reshape(24, 20) * 130).astype(np.uint16)
    cv2.imwrite(str(tmp_path / "grey.png"), deep)
    np.testing.assert_allclose(read_photo(tmp_path / "grey.png").pixels[..., 2], deep / 65535.0, atol=1e-7)

    bgra = np.stack([deep // 3, deep // 2, deep, 65535 - deep], axis=-1)
    cv2.imwrite(str(tmp_path / "alpha.png"), bgra)
    photo = read_photo(tmp_path / "alpha.png")
    np.testing.assert_allclose(photo.pixels[..., 0], deep / 65535.0, atol=1e-7)
    np.testing.assert_allclose(photo.alpha, (65535 - deep) / 65535.0, atol=1e-7)


def test_alpha_is_kept_and_leaves_the_colours_alone(tmp_path: Path):
    alpha = np.linspace(0, 255, 24 * 20).reshape(24, 20).astype(np.uint8)
    path = saved(tmp_path, Image.fromarray(np.dstack([RGB, alpha])), "photo.png")
    photo = read_photo(path)
    np.testing.assert_allclose(photo.alpha, alpha / 255.0, atol=1e-6)
    np.testing.assert_allclose(photo.pixels, RGB / 255.0, atol=1e-6)


def test_an_opaque_alpha_channel_is_no_alpha(tmp_path: Path):
    path = saved(tmp_path, Image.fromarray(RGB).convert("RGBA"), "photo.png")
    assert read_photo(path).alpha is None


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "CMYK"])
def test_other_modes_become_rgb(tmp_path: Path, mode: str):
    black_and_white = Image.fromarray(np.where(RGB[..., :1] > 127, 255, 0).repeat(3, axis=2).astype(np.uint8))
    suffix = "tiff" if mode == "CMYK" else "png"
    path = saved(tmp_path, black_and_white.convert(mode), f"photo.{suffix}")
    np.testing.assert_allclose(read_photo(path).pixels, np.asarray(black_and_white) / 255.0, atol=1e-6)


def test_a_transparent_palette_entry_becomes_alpha(tmp_path: Path):
    image = Image.new("P", (20, 20), 0)
    image.putpalette([255, 0, 0, 0, 255, 0])
    image.putpixel((3, 2), 1)
    photo = read_photo(saved(tmp_path, image, "photo.png", transparency=1))
    assert photo.alpha is not None
    assert photo.alpha[2, 3] == 0
    assert photo.alpha.sum() == 399


def test_cmyk_jpeg_has_its_colours_the_right_way_round(tmp_path: Path):
    path = saved(tmp_path, Image.new("CMYK", (32, 32), (0, 255, 255, 0)), "red.jpg", quality=100)
    np.testing.assert_allclose(read_photo(path).pixels[16, 16], [1, 0, 0], atol=0.02)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("bits", [8, 16])
def test_exif_orientation_is_applied(tmp_path: Path, orientation: int, bits: int):
    # What an upright viewer shows: a red corner top left, a green one top right.
    upright = np.zeros((24, 20, 3), np.uint8)
    upright[:8, :8] = (255, 0, 0)
    upright[:8, -8:] = (0, 255, 0)
    transpose = Image.Transpose
    undo = {
        2: transpose.FLIP_LEFT_RIGHT,
        3: transpose.ROTATE_180,
        4: transpose.FLIP_TOP_BOTTOM,
        5: transpose.TRANSPOSE,
        6: transpose.ROTATE_90,
        7: transpose.TRANSVERSE,
        8: transpose.ROTATE_270,
    }
    stored = Image.fromarray(upright)
    stored = stored.transpose(undo[orientation]) if orientation > 1 else stored
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = saved(tmp_path, stored, "photo.png", exif=exif)
    if bits == 16:
        path.write_bytes(deepened(path, exif))
    np.testing.assert_allclose(read_photo(path).pixels, upright / 255.0, atol=1e-6)


def deepened(path: Path, exif: Image.Exif) -> bytes:
    """The same PNG with 16 bits a channel, and the EXIF chunk copied over by hand."""
    import struct
    import zlib

    values = np.asarray(Image.open(path)).astype(np.uint16) * 257
    encoded = cv2.imencode(".png", values[..., ::-1])[1].tobytes()
    body = b"eXIf" + exif.tobytes().removeprefix(b"Exif\0\0")
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return encoded[:33] + chunk + encoded[33:]  # after the signature and IHDR


def test_of_an_animation_the_first_frame_is_read(tmp_path: Path):
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    for suffix in ("gif", "png", "webp", "tiff"):
        path = tmp_path / f"frames.{suffix}"
        lossless = {"lossless": True} if suffix == "webp" else {}
        frames[0].save(path, save_all=True, append_images=frames[1:], **lossless)
        np.testing.assert_allclose(read_photo(path).pixels[5, 5], [1, 0, 0], atol=1e-6)


def linear_profile() -> bytes:
    """An RGB profile with sRGB's primaries but a gamma of 1, made by editing the curves of Pillow's sRGB profile."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    for entry in range(int.from_bytes(profile[128:132])):
        start = 132 + 12 * entry
        if profile[start : start + 4] in (b"rTRC", b"gTRC", b"bTRC"):
            offset = int.from_bytes(profile[start + 4 : start + 8])
            # the curve type with no entries is the identity
            profile[offset : offset + 12] = b"curv" + bytes(8)
    return bytes(profile).replace("sRGB".encode("utf-16-be"), "line".encode("utf-16-be"))


@pytest.mark.parametrize("bits", [8, 16])
def test_an_embedded_profile_is_converted_to_srgb(tmp_path: Path, bits: int):
    # 0.214 in linear light is 0.5 in sRGB
    path = tmp_path / "linear.png"
    Image.new("RGB", (20, 20), (55, 55, 55)).save(path, icc_profile=linear_profile())
    if bits == 16:
        grey = np.full((20, 20, 3), 55 * 257, np.uint16)
        encoded = cv2.imencode(".png", grey)[1].tobytes()
        eight = path.read_bytes()
        at = eight.index(b"iCCP") - 4
        chunk = eight[at : at + 12 + int.from_bytes(eight[at : at + 4])]
        path.write_bytes(encoded[:33] + chunk + encoded[33:])
    np.testing.assert_allclose(read_photo(path).pixels, 0.502, atol=0.006)


def test_an_srgb_profile_changes_nothing(tmp_path: Path):
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    path = saved(tmp_path, Image.fromarray(RGB), "photo.png", icc_profile=profile)
    np.testing.assert_allclose(read_photo(path).pixels, RGB / 255.0, atol=1e-6)


@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_a_profile_that_says_nothing_about_the_pixels_is_passed_over(tmp_path: Path, mode: str):
    # damaged for RGB; for grey one that is meant for RGB
    profile = b"not a profile" if mode == "RGB" else linear_profile()
    image = Image.fromarray(RGB).convert(mode)
    path = saved(tmp_path, image, "photo.png", icc_profile=profile)
    np.testing.assert_allclose(read_photo(path).pixels, np.asarray(image.convert("RGB")) / 255.0, atol=1e-6)


def test_a_wide_but_small_photo_is_read(tmp_path: Path):
    path = saved(tmp_path, Image.new("L", (20_000, 20), 128), "wide.png")
    assert read_photo(path).size == (20, 20_000)


def test_reading_does_not_keep_the_file_open(tmp_path: Path):
    buffer = io.BytesIO()
    Image.fromarray(RGB).save(buffer, "PNG")
    path = tmp_path / "photo.png"
    path.write_bytes(buffer.getvalue())
    read_photo(path)
    path.unlink()
    assert not path.exists()
