"""A result survives the way to disk and back, and a damaged folder says what is wrong with it."""

import dataclasses
import errno
import json
import os
from pathlib import Path

import numpy as np
import pytest
from helpers.results import make_result

from mirror_core.errors import InputError, OutputError
from mirror_core.pipelines.folder import load_folder, save_folder
from mirror_core.pipelines.result import Reconstruction


@pytest.mark.parametrize("vertex_count", [642, 2562])
def test_all_comes_back(tmp_path: Path, vertex_count: int):
    result = make_result(vertex_count)
    loaded = load_folder(save_folder(result, tmp_path / "result"))
    for field in dataclasses.fields(Reconstruction):
        if field.name != "template":
            np.testing.assert_equal(getattr(loaded, field.name), getattr(result, field.name))
    for field in dataclasses.fields(result.template):
        assert getattr(loaded.template, field.name).equal(getattr(result.template, field.name))


def test_the_folder_has_the_files_the_add_on_expects(tmp_path: Path):
    folder = save_folder(make_result(), tmp_path / "result")
    arrays = {"template_vertices", "vertices", "faces", "uv", "uv_faces", "uv_vertex"}
    pictures = {"texture", "confidence", "completed", "mask"}
    expected = {"result.json"} | {f"{name}.npy" for name in arrays} | {f"{name}.png" for name in pictures}
    assert {path.name for path in folder.iterdir()} == expected
    assert {name: str(np.load(folder / f"{name}.npy").dtype) for name in ("vertices", "faces", "uv", "uv_vertex")} == {
        "vertices": "float32",
        "faces": "int64",
        "uv": "float32",
        "uv_vertex": "int64",
    }
    numbers = json.loads((folder / "result.json").read_text())
    assert numbers["format"] == 1
    assert numbers["camera"] == {"azimuth": 10, "elevation": -5, "distance": 2.75, "offset": [0.125, -0.25]}
    assert numbers["crop"] == {"left": -3.5, "top": 2.25, "size": 36}
    assert numbers["photo"] == {"path": "dress.jpg", "width": 30, "height": 40, "sha256": "0" * 64}
    assert len(numbers["light"]) == 9
    assert numbers["provenance"]["settings"] == {"vertices": 642}


def test_in_a_folder_from_before_the_completion_nothing_is_completed(tmp_path: Path):
    save_folder(make_result(), tmp_path / "result")
    assert (load_folder(tmp_path / "result").completed == 64).all()
    (tmp_path / "result" / "completed.png").unlink()
    found = load_folder(tmp_path / "result")
    assert found.completed.shape == found.confidence.shape
    assert not found.completed.any()


def test_an_existing_folder_is_refused_unless_overwriting(tmp_path: Path):
    save_folder(make_result(), tmp_path / "result")
    with pytest.raises(OutputError, match="already exists"):
        save_folder(make_result(), tmp_path / "result")
    save_folder(make_result(kind="person"), tmp_path / "result", overwrite=True)
    assert load_folder(tmp_path / "result").kind == "person"


def test_overwriting_never_deletes_a_folder_of_other_files(tmp_path: Path):
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(OutputError, match="folder of other files"):
        save_folder(make_result(), tmp_path, overwrite=True)
    assert (tmp_path / "thesis.txt").exists()


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OutputError, match=r"No space left on device\. Free"):
        save_folder(make_result(), tmp_path / "result")
    assert list(tmp_path.iterdir()) == []


def damage(folder: Path, how: str) -> None:
    text = (folder / "result.json").read_text()
    if how == "no result.json":
        (folder / "result.json").unlink()
    elif how == "cut result.json":
        (folder / "result.json").write_text(text[:100])
    elif how == "format 2":
        (folder / "result.json").write_text(text.replace('"format": 1', '"format": 2'))
    elif how == "no camera":
        (folder / "result.json").write_text(text.replace('"camera"', '"kamera"'))
    elif how == "text for a number":
        (folder / "result.json").write_text(text.replace("36.0", '"wide"'))
    elif how == "cut array":
        (folder / "vertices.npy").write_bytes((folder / "vertices.npy").read_bytes()[:200])
    elif how == "NaN":
        np.save(folder / "vertices.npy", np.full((642, 3), np.nan, np.float32))
    elif how == "other faces":
        np.save(folder / "faces.npy", np.load(folder / "faces.npy")[:, ::-1])
    elif how == "cut picture":
        (folder / "texture.png").write_bytes((folder / "texture.png").read_bytes()[:60])


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        ("no result.json", r"is not a result folder"),
        ("cut result.json", r"result\.json is not a result file"),
        ("format 2", r"has format 2, but this version reads format 1"),
        ("no camera", r"lacks or garbles a value \(KeyError\('camera'\)\)"),
        ("text for a number", r"lacks or garbles a value"),
        ("cut array", r"vertices\.npy is missing or damaged"),
        ("NaN", r"vertices\.npy must be finite"),
        ("other faces", r"faces\.npy differs from this version's template"),
        ("cut picture", r"texture\.png is missing or damaged"),
    ],
)
def test_a_damaged_folder_is_refused(tmp_path: Path, how: str, sentence: str):
    folder = save_folder(make_result(), tmp_path / "result")
    damage(folder, how)
    with pytest.raises(InputError, match=sentence):
        load_folder(folder)


def test_a_missing_folder_is_refused(tmp_path: Path):
    with pytest.raises(InputError, match="is not a result folder"):
        load_folder(tmp_path / "nothing")
