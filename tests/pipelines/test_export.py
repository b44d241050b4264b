"""Written files, opened again, hold the same arrays in the same order."""

import dataclasses
import errno
import io
import json
import os
import subprocess
import zipfile
from pathlib import Path

import numpy as np
import pytest
import trimesh
from helpers.results import make_result
from PIL import Image

from mirror_core import files
from mirror_core.errors import InputError, OutputError
from mirror_core.pipelines.export import export
from mirror_core.pipelines.model import make_model
from mirror_core.pipelines.result import Reconstruction

ROOT = Path(__file__).parents[2]
BLENDERS = sorted(ROOT.glob(".venv-bpy-*/bin/python"))


def texture_of(result: Reconstruction, picture: Image.Image) -> None:
    np.testing.assert_array_equal(np.asarray(picture.convert("RGB")), result.texture)


def test_metres_y_up_on_the_ground():
    result = make_result()
    for kind, height in (("garment", 0.7), ("person", 1.7)):
        vertices = make_model(dataclasses.replace(result, kind=kind), "x").vertices
        assert vertices[:, 1].min() == 0
        assert vertices[:, 1].max() == pytest.approx(height)
    vertices = make_model(result, "x", height_m=0.9).vertices
    # the template is 1.8 units high, so 0.9 m halves everything
    np.testing.assert_allclose(vertices, result.vertices / 2 + [0, 0.45, 0], atol=1e-6)


def test_glb_comes_back(tmp_path: Path):
    result = make_result()
    (path,) = export(result, tmp_path / "dress.glb")
    scene = trimesh.load_scene(path, process=False, maintain_order=True)
    (mesh,) = scene.geometry.values()
    model = make_model(result, "dress")
    count = len(model.vertices)
    np.testing.assert_array_equal(mesh.vertices[:count].astype(np.float32), model.vertices)
    np.testing.assert_array_equal(mesh.vertices.astype(np.float32), model.vertices[model.uv_vertex])
    np.testing.assert_array_equal(mesh.faces, model.uv_faces)
    np.testing.assert_allclose(mesh.visual.uv, model.uv, atol=1e-6)
    np.testing.assert_allclose(mesh.vertex_normals, model.normals[model.uv_vertex], atol=1e-6)
    material = mesh.visual.material
    assert (material.roughnessFactor, material.metallicFactor) == (1.0, 0.0)
    texture_of(result, material.baseColorTexture)


def test_glb_is_a_valid_container_with_everything_inside(tmp_path: Path):
    (path,) = export(make_result(), tmp_path / "dress.glb")
    data = path.read_bytes()
    assert data[:4] == b"glTF"
    assert int.from_bytes(data[8:12], "little") == len(data)
    tree = json.loads(data[20 : 20 + int.from_bytes(data[12:16], "little")])
    assert all("uri" not in image for image in tree["images"])
    assert set(tree["meshes"][0]["primitives"][0]["attributes"]) == {"POSITION", "NORMAL", "TEXCOORD_0"}


def test_ply_comes_back(tmp_path: Path):
    result = make_result()
    written = export(result, tmp_path / "dress.ply")
    assert [path.name for path in written] == ["dress_ply_texture.png", "dress.ply"]
    mesh = trimesh.load_mesh(written[-1], process=False, maintain_order=True)
    model = make_model(result, "dress")
    np.testing.assert_array_equal(mesh.vertices.astype(np.float32), model.vertices[model.uv_vertex])
    np.testing.assert_array_equal(mesh.faces, model.uv_faces)
    np.testing.assert_allclose(mesh.visual.uv, model.uv, atol=1e-7)
    texture_of(result, Image.open(written[0]))


def read_obj(path: Path) -> dict[str, np.ndarray]:
    rows: dict[str, list[list[str]]] = {}
    for line in path.read_text().splitlines():
        key, *values = line.split()
        rows.setdefault(key, []).append(values)
    arrays = {key: np.array(rows[key], dtype=np.float32) for key in ("v", "vt", "vn")}
    corners = np.array([[corner.split("/") for corner in face] for face in rows["f"]], dtype=np.int64) - 1
    return {**arrays, "faces": corners[..., 0], "uv_faces": corners[..., 1], "normal_faces": corners[..., 2]}


def test_obj_has_one_v_per_vertex_and_one_vt_per_uv_point(tmp_path: Path):
    result = make_result()
    written = export(result, tmp_path / "my dress.obj")
    assert [path.name for path in written] == ["my_dress_texture.png", "my_dress.mtl", "my dress.obj"]
    model, stored = make_model(result, "dress"), read_obj(written[-1])
    np.testing.assert_array_equal(stored["v"], model.vertices)
    np.testing.assert_array_equal(stored["vt"], model.uv)
    np.testing.assert_array_equal(stored["vn"], model.normals)
    np.testing.assert_array_equal(stored["faces"], model.faces)
    np.testing.assert_array_equal(stored["normal_faces"], model.faces)
    np.testing.assert_array_equal(stored["uv_faces"], model.uv_faces)
    assert "map_Kd my_dress_texture.png" in written[1].read_text()


def test_obj_opens_in_trimesh_with_its_texture(tmp_path: Path):
    result = make_result()
    path = export(result, tmp_path / "dress.obj")[-1]
    mesh = trimesh.load_mesh(path, process=False, maintain_order=True)
    np.testing.assert_array_equal(
        mesh.vertices[mesh.faces].astype(np.float32), make_model(result, "x").vertices[result.template.faces.numpy()]
    )
    texture_of(result, mesh.visual.material.image)


def test_usdz_is_stored_uncompressed_and_aligned_to_64_bytes(tmp_path: Path):
    result = make_result()
    (path,) = export(result, tmp_path / "dress.usdz")
    data = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert [entry.filename for entry in archive.infolist()] == ["model.usda", "texture.png"]
        for entry in archive.infolist():
            assert entry.compress_type == zipfile.ZIP_STORED
            name, extra = (int.from_bytes(data[entry.header_offset + at :][:2], "little") for at in (26, 28))
            assert (entry.header_offset + 30 + name + extra) % 64 == 0
        texture_of(result, Image.open(io.BytesIO(archive.read("texture.png"))))


def test_the_same_result_gives_the_same_bytes(tmp_path: Path):
    for suffix in ("glb", "obj", "ply", "usdz"):
        first, second = (export(make_result(), tmp_path / name / f"x.{suffix}") for name in "ab")
        assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


IN_BLENDER = """
import bpy, json, sys
import numpy as np
bpy.ops.wm.read_factory_settings(use_empty=True)
path = sys.argv[1]
operator = {"glb": bpy.ops.import_scene.gltf, "obj": bpy.ops.wm.obj_import, "ply": bpy.ops.wm.ply_import,
            "usdz": bpy.ops.wm.usd_import}[path.rsplit(".", 1)[1]]
operator(filepath=path)
(thing,) = [thing for thing in bpy.data.objects if thing.type == "MESH"]
mesh = thing.data
world = [list(thing.matrix_world @ vertex.co) for vertex in mesh.vertices]
uv = [list(point.uv) for point in mesh.uv_layers[0].data] if mesh.uv_layers else []
corners = [loop.vertex_index for loop in mesh.loops]
images = [list(image.size) for image in bpy.data.images if image.size[0]]
json.dump({"world": world, "uv": uv, "corners": corners, "images": images}, open(sys.argv[2], "w"))
"""


@pytest.mark.skipif(not BLENDERS, reason="no bpy environment")
@pytest.mark.parametrize("suffix", ["glb", "obj", "ply", "usdz"])
@pytest.mark.parametrize("blender", BLENDERS, ids=lambda path: path.parts[-3])
def test_blender_opens_it_in_order(tmp_path: Path, blender: Path, suffix: str):
    result = make_result()
    path = export(result, tmp_path / f"dress.{suffix}")[-1]
    command = [str(blender), "-c", IN_BLENDER, str(path), str(tmp_path / "seen.json")]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr[-2000:]
    seen = json.loads((tmp_path / "seen.json").read_text())
    model = make_model(result, "dress")
    y_up = np.array(seen["world"])
    if suffix != "ply":  # PLY has no axes: Blender takes the numbers as they are
        y_up = np.stack([y_up[:, 0], y_up[:, 2], -y_up[:, 1]], axis=-1)
    count = len(model.vertices)
    np.testing.assert_allclose(y_up[:count], model.vertices, atol=1e-5)
    split = suffix in ("glb", "ply")
    corners = np.array(seen["corners"]).reshape(-1, 3)
    np.testing.assert_array_equal(corners, model.uv_faces if split else model.faces)
    np.testing.assert_allclose(np.array(seen["uv"]), model.uv[model.uv_faces.reshape(-1)], atol=1e-5)
    if suffix != "ply":
        assert list(result.texture.shape[:2]) in seen["images"]


@pytest.mark.parametrize("name", ["dress.fbx", "dress", "dress.gltf"])
def test_an_unknown_suffix_names_the_known_ones(tmp_path: Path, name: str):
    with pytest.raises(InputError, match=r"no format to write\. Choose one of \.glb, \.obj, \.ply, \.usdz"):
        export(make_result(), tmp_path / name)


@pytest.mark.parametrize("height", [0.0, -1.0, float("nan"), float("inf")])
def test_a_height_must_be_positive(tmp_path: Path, height: float):
    with pytest.raises(InputError, match="height_m must be positive"):
        export(make_result(), tmp_path / "dress.glb", height_m=height)


def test_a_flat_or_broken_mesh_is_refused(tmp_path: Path):
    result = make_result()
    flat = dataclasses.replace(result, vertices=result.vertices * np.float32([1, 0, 1]))
    with pytest.raises(InputError, match="no height"):
        export(flat, tmp_path / "dress.glb")
    broken = dataclasses.replace(result, vertices=result.vertices * np.float32(np.nan))
    with pytest.raises(InputError, match="must be finite"):
        export(broken, tmp_path / "dress.glb")


def test_an_existing_file_is_refused_and_nothing_is_written(tmp_path: Path):
    (tmp_path / "dress.mtl").write_text("mine")
    with pytest.raises(OutputError, match=r"dress\.mtl already exists"):
        export(make_result(), tmp_path / "dress.obj")
    assert [path.name for path in tmp_path.iterdir()] == ["dress.mtl"]
    export(make_result(), tmp_path / "dress.obj", overwrite=True)
    assert (tmp_path / "dress.mtl").read_text() != "mine"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write = files._write

    def full(path: Path, data: bytes) -> None:
        write(path, data[:10])
        if ".obj." in path.name:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, "_write", full)
    with pytest.raises(OutputError, match="No space left"):
        export(make_result(), tmp_path / "dress.obj")
    assert list(tmp_path.iterdir()) == []
