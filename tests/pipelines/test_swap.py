"""One result's shape in another's texture."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
from helpers.results import make_result

from mirror_core.cli import main
from mirror_core.errors import InputError
from mirror_core.pipelines.folder import load_folder, save_folder
from mirror_core.pipelines.result import Reconstruction
from mirror_core.pipelines.swap import swap_texture


def other() -> Reconstruction:
    """A slimmer result in plain green, seen from elsewhere."""
    result = make_result(photo="coat.jpg", kind="person")
    return dataclasses.replace(
        result,
        vertices=result.vertices * np.float32(0.5),
        texture=np.full((16, 16, 3), (0, 200, 0), np.uint8),
        confidence=np.full((16, 16), 7, np.uint8),
        completed=np.full((16, 16), 9, np.uint8),
        camera=dataclasses.replace(result.camera, azimuth=99.0),
    )


def test_only_the_texture_and_what_belongs_to_it_comes_from_the_second():
    shape, texture = make_result(), other()
    result = swap_texture(shape, texture)
    np.testing.assert_array_equal(result.texture, texture.texture)
    np.testing.assert_array_equal(result.confidence, texture.confidence)
    np.testing.assert_array_equal(result.completed, texture.completed)
    for name in ("vertices", "camera", "light", "crop", "mask", "kind", "metrics", "template"):
        assert getattr(result, name) is getattr(shape, name)
    assert result.provenance.photo == "dress.jpg"
    assert result.provenance.settings["texture_photo"] == "coat.jpg"
    assert "texture_photo" not in shape.provenance.settings


def test_other_vertex_counts_are_refused():
    with pytest.raises(InputError, match=r"The shape has 642 vertices, .* 2562\. .* --vertices 2562"):
        swap_texture(make_result(642), make_result(2562))


def test_the_command_writes_a_folder_or_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a, b = save_folder(make_result(), tmp_path / "a.mirror"), save_folder(other(), tmp_path / "b.mirror")
    assert main(["swap", str(a), str(b), "-o", str(tmp_path / "c.mirror")]) == 0
    written = load_folder(tmp_path / "c.mirror")
    assert (written.texture == (0, 200, 0)).all()
    np.testing.assert_array_equal(written.vertices, make_result().vertices)
    assert main(["swap", str(a), str(b), "-o", str(tmp_path / "c.obj"), "--json"]) == 0
    assert {path.suffix for path in tmp_path.glob("c*")} >= {".obj", ".mtl", ".png"}
    told = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert told["files"][-1] == str(tmp_path / "c.obj")


def test_the_command_refuses_what_it_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    a = save_folder(make_result(), tmp_path / "a.mirror")
    assert main(["swap", str(a), str(a), "-o", str(tmp_path / "c.png")]) == 2
    assert "has the suffix '.png', which is no format" in capsys.readouterr().err
    assert main(["swap", str(a), str(tmp_path / "b.mirror"), "-o", str(tmp_path / "c.glb")]) == 1
    assert "b.mirror is not a result folder" in capsys.readouterr().err
    (tmp_path / "c.glb").write_bytes(b"mine")
    assert main(["swap", str(a), str(a), "-o", str(tmp_path / "c.glb")]) == 1
    assert (tmp_path / "c.glb").read_bytes() == b"mine"
