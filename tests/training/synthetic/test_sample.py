"""What is written is what is read, and always the same bytes."""

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from training.synthetic.sample import decode, encode
from training.synthetic.shards import pack, read_truths
from training.synthetic.truth import Truth

RNG = np.random.default_rng(0)


def truth(name: str = "people-0000007") -> Truth:
    def pixels(*shape: int) -> np.ndarray:
        return RNG.integers(0, 256, shape, dtype=np.uint8)

    return Truth(
        name=name,
        category="people",
        kind="person",
        photo=pixels(8, 6, 3),
        mask=pixels(8, 6),
        parts=pixels(8, 6),
        camera=Camera.single(-170.0, 12.5, 2.75, (0.25, -0.5)),
        light=np.arange(9, dtype=np.float32),
        vertices=np.float32([[-0.5, -0.9, 0.1], [0.5, 0.9, 0.2], [0.0, 0.3, -0.25]]),
        faces=np.int32([[0, 1, 2]]),
        face_parts=np.uint8([41]),
        closed=True,
        metres=0.95,
        template=RNG.uniform(-0.9, 0.9, (2562, 3)).astype(np.float32),
        texture=pixels(160, 192, 3),
        visible=pixels(160, 192),
        key_points=np.float32([[0.5, 0.25, 0.125]] * 18),
        views={90: pixels(16, 16, 4), 180: pixels(16, 16, 4)},
        shape={"gender": 0.25},
        pose={"neck01": (0.0, 12.5, 0.0)},
        credits=({"item": "Coat", "author": "punkduck"},),
    )


def jpeg(picture: np.ndarray) -> bytes:
    return cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 100])[1].tobytes()


def test_everything_comes_back() -> None:
    before = truth()
    after = decode(encode(before, jpeg(before.photo)))
    for field in dataclasses.fields(Truth):
        old, new = getattr(before, field.name), getattr(after, field.name)
        if field.name in ("vertices", "template"):  # on a grid of 65536 steps
            np.testing.assert_allclose(new, old, atol=1.8 / 65535)
        elif field.name == "photo":  # JPEG
            assert old.shape == new.shape
        elif field.name == "camera":
            assert [float(value) for value in (new.azimuth, new.elevation, new.distance)] == [-170.0, 12.5, 2.75]
            assert new.offset.tolist() == [[0.25, -0.5]]
        elif field.name == "views":
            assert list(new) == [90, 180]
            assert all((new[angle] == old[angle]).all() for angle in old)
        else:
            np.testing.assert_array_equal(new, old)


def test_colours_keep_their_order() -> None:
    red = np.zeros((8, 6, 3), np.uint8)
    red[..., 0] = 255
    files = encode(truth(), jpeg(red[..., ::-1]))
    assert decode(files).photo[0, 0, 0] > 250


def test_the_same_truth_gives_the_same_bytes() -> None:
    one = truth()
    assert encode(one, b"photo") == encode(one, b"photo")


def test_a_shard_holds_samples_in_order(tmp_path: Path) -> None:
    samples = [(name, encode(truth(name), jpeg(truth().photo))) for name in ("a-1", "b-2", "c-3")]
    (tmp_path / "shard-000000.tar").write_bytes(pack(samples[:2]))
    (tmp_path / "shard-000001.tar").write_bytes(pack(samples[2:]))
    assert [found.name for found in read_truths(tmp_path)] == ["a-1", "b-2", "c-3"]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # it leaves its file open
def test_webdataset_reads_the_shards(tmp_path: Path) -> None:
    webdataset = pytest.importorskip("webdataset", reason="the package webdataset is not installed")
    shard = tmp_path / "shard-000000.tar"
    shard.write_bytes(pack([("a-1", encode(truth(), jpeg(truth().photo)))]))
    (sample,) = webdataset.WebDataset(str(shard), shardshuffle=False)
    assert sample["__key__"] == "a-1"
    assert {"jpg", "json", "mask.png", "surface.npz"} <= set(sample)


@pytest.mark.parametrize("missing", ["json", "surface.npz", "mask.png"])
def test_a_missing_file_is_told(missing: str) -> None:
    files = encode(truth(), jpeg(truth().photo))
    del files[missing]
    with pytest.raises(InputError, match="is damaged"):
        decode(files)


@pytest.mark.parametrize("damaged", ["json", "surface.npz", "texture.png"])
def test_a_damaged_file_is_told(damaged: str) -> None:
    files = encode(truth(), jpeg(truth().photo))
    files[damaged] = files[damaged][: len(files[damaged]) // 3]
    with pytest.raises(InputError, match="is damaged"):
        decode(files)


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="has no shards"):
        next(iter(read_truths(tmp_path)))
