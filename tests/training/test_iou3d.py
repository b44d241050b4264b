"""3D IoU by PASCAL3D+'s files, on solids whose overlap is known."""

import json
from pathlib import Path

import numpy as np
import pytest
from helpers.meshes import box
from helpers.results import make_result

from mirror_core.errors import InputError
from mirror_core.pipelines.folder import save_folder
from training.evaluation.iou3d import EvaluateIoU3D, aligned_iou, read_cad, read_cad_number, read_off


def cuboid(x: float = 1.0, y: float = 1.0, z: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    vertices, faces = (values.numpy() for values in box())
    return vertices.astype(np.float64) * (x, y, z), faces


def off_text(vertices: np.ndarray, polygons: list[list[int]]) -> str:
    lines = [" ".join(f"{v:.6f}" for v in row) for row in vertices]
    lines += [" ".join(map(str, [len(corners), *corners])) for corners in polygons]
    return "\n".join(["OFF", "# made by hand", f"{len(vertices)} {len(polygons)} 0", *lines, ""])


@pytest.fixture
def pascal(tmp_path: Path) -> Path:
    """One photo of one car, whose model is the standard template in PASCAL3D+'s axes."""
    from scipy.io import savemat

    data, truth = tmp_path / "PASCAL3D+", make_result()
    (data / "CAD" / "car").mkdir(parents=True)
    (data / "Annotations" / "car_imagenet").mkdir(parents=True)
    x, y, z = truth.vertices.T
    text = off_text(np.stack([x, -z, y], axis=1), truth.template.faces.tolist())
    (data / "CAD" / "car" / "02.off").write_text(text)
    objects = np.empty(2, object)
    objects[0] = {"class": "bus", "cad_index": 1}
    objects[1] = {"class": "car", "cad_index": 2}
    savemat(data / "Annotations" / "car_imagenet" / "n01.mat", {"record": {"filename": "n01.JPEG", "objects": objects}})
    return data


def test_a_scaled_and_shifted_solid_overlaps_itself():
    vertices, faces = cuboid(1.0, 0.6, 1.7)
    assert aligned_iou((vertices * 3.0 + (5.0, 0.0, -2.0), faces), (vertices, faces)) > 0.95


def test_other_proportions_do_not_overlap_fully():
    assert 0.3 < aligned_iou(cuboid(1.0, 1.0, 2.5), cuboid()) < 0.75


def test_a_turned_solid_is_not_turned_back():
    vertices, faces = cuboid(1.0, 1.0, 3.0)
    assert aligned_iou((vertices[:, [2, 1, 0]], faces), (vertices, faces)) < 0.6


def test_off_files_are_read_and_polygons_cut_into_triangles(tmp_path: Path):
    square = np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0], [0, 1, 0]])
    (tmp_path / "a.off").write_text(off_text(square, [[0, 1, 2, 3]]))
    vertices, faces = read_off(tmp_path / "a.off")
    assert vertices.tolist() == square.tolist()
    assert faces.tolist() == [[0, 1, 2], [0, 2, 3]]


@pytest.mark.parametrize("text", ["", "PLY", "OFF 2 1 0 0 0 0", "OFF\n1 1 0\n0 0 0\n3 0 0"])
def test_what_is_no_off_file_is_refused(tmp_path: Path, text: str):
    (tmp_path / "a.off").write_text(text)
    with pytest.raises(InputError, match="is not an OFF file"):
        read_off(tmp_path / "a.off")


def test_a_missing_model_is_named(tmp_path: Path):
    with pytest.raises(InputError, match=r"There is no CAD model .*07\.off"):
        read_cad(tmp_path, "car", 7)


def test_the_model_stands_upright_and_faces_the_front(pascal: Path):
    vertices, _ = read_cad(pascal, "car", 2)
    assert vertices == pytest.approx(make_result().vertices, abs=1e-6)


def test_the_first_object_of_the_category_says_the_model(pascal: Path):
    annotation = pascal / "Annotations" / "car_imagenet" / "n01.mat"
    assert read_cad_number(annotation, "car") == 2
    with pytest.raises(InputError, match="has no sofa with a CAD model"):
        read_cad_number(annotation, "sofa")


def test_what_is_no_annotation_is_refused(tmp_path: Path):
    (tmp_path / "a.mat").write_bytes(b"nothing of the kind")
    with pytest.raises(InputError, match="is not an annotation"):
        read_cad_number(tmp_path / "a.mat", "car")
    with pytest.raises(InputError, match="There is no annotation"):
        read_cad_number(tmp_path / "b.mat", "car")


def test_the_command_finds_a_perfect_result_perfect(pascal: Path, tmp_path: Path):
    save_folder(make_result(), tmp_path / "results" / "n01")
    EvaluateIoU3D(results=tmp_path / "results", data=pascal, out=tmp_path).run()
    report = json.loads((tmp_path / "iou3d.json").read_text())
    assert report["photos"] == 1
    assert report["each"][0]["cad"] == 2
    assert report["iou_mean"] > 0.95


def test_results_must_be_there(pascal: Path, tmp_path: Path):
    with pytest.raises(InputError, match="is not a folder"):
        EvaluateIoU3D(results=tmp_path / "nowhere", data=pascal).run()
