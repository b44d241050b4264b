"""One photo becomes all the files asked for, or none."""

import errno
import os
from pathlib import Path

import pytest
from helpers.pipelines import FakePipeline, save_photo
from PIL import Image

from mirror_core import files
from mirror_core.errors import InputError, MaskError, OutputError
from mirror_core.pipelines.folder import load_folder
from mirror_core.pipelines.photo_to_files import PhotoToFiles, Task

ALL = ("glb", "obj", "ply", "usdz", "folder")


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_every_format_at_once(tmp_path: Path):
    photo = save_photo(tmp_path / "dress.v2.png")
    outcome = PhotoToFiles(FakePipeline(), ALL)(Task(photo, tmp_path / "out" / "dress.v2"))
    expected = {"glb", "obj", "mtl", "ply", "usdz", "mirror"}
    written = {f"dress.v2.{suffix}" for suffix in expected} | {"dress.v2_texture.png", "dress.v2_ply_texture.png"}
    assert names(tmp_path / "out") == written == {path.name for path in outcome.files}
    assert (outcome.mask_method, outcome.mask_confidence) == ("alpha", 1.0)
    assert outcome.metrics["mask_iou"] == 0.5
    assert load_folder(tmp_path / "out" / "dress.v2.mirror").provenance.photo == str(photo)


def test_a_mask_file_is_used_for_its_photo(tmp_path: Path):
    photo = save_photo(tmp_path / "dress.png")
    Image.linear_gradient("L").resize((30, 40)).save(tmp_path / "mask.png")
    outcome = PhotoToFiles(FakePipeline(), mask_method="grabcut")(
        Task(photo, tmp_path / "dress", mask=tmp_path / "mask.png")
    )
    assert outcome.mask_method == "file"


def test_it_tells_what_it_does(tmp_path: Path):
    told: list[str] = []
    photo = save_photo(tmp_path / "dress.png")
    PhotoToFiles(FakePipeline())(Task(photo, tmp_path / "dress"), progress=lambda *step: told.append(step[2]))
    assert told == ["Reading the photo", "Finding the mask", "Done", "Writing"]


def test_existing_results_are_refused_before_any_work(tmp_path: Path):
    (tmp_path / "dress.glb").write_bytes(b"mine")
    with pytest.raises(OutputError, match=r"dress\.glb already exists"):
        PhotoToFiles(FakePipeline())(Task(tmp_path / "no photo at all", tmp_path / "dress"))
    photo = save_photo(tmp_path / "dress.png")
    PhotoToFiles(FakePipeline())(Task(photo, tmp_path / "dress", overwrite=True))
    assert (tmp_path / "dress.glb").read_bytes()[:4] == b"glTF"


def test_a_failure_at_the_last_file_leaves_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    photo = save_photo(tmp_path / "dress.png")
    write = files._write

    def full(path: Path, data: bytes) -> None:
        if ".usdz." in path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, data)

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(OutputError, match="No space left"):
        PhotoToFiles(FakePipeline(), ALL)(Task(photo, tmp_path / "out" / "dress"))
    assert names(tmp_path / "out") == set()


def test_a_photo_that_fails_writes_nothing(tmp_path: Path):
    photo = save_photo(tmp_path / "refuse.png")
    with pytest.raises(MaskError, match="7 pixels too small"):
        PhotoToFiles(FakePipeline(), ALL)(Task(photo, tmp_path / "out" / "dress"))
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"formats": ()}, "No format to write was given"),
        ({"formats": ("fbx",)}, "format must be one of glb, obj, ply, usdz, folder, but is 'fbx'"),
        ({"height_m": -1.0}, "height_m must be positive, but is -1"),
    ],
)
def test_bad_settings(options: dict[str, object], message: str):
    with pytest.raises(InputError, match=message):
        PhotoToFiles(FakePipeline(), **options)
