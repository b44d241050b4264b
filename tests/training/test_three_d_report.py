"""The benchmark's tables, and the command from shards to files."""

import json
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.truths import make_truth

from mirror_core.errors import InputError
from training.evaluation import three_d
from training.evaluation.three_d import Bench, Evaluate3D
from training.evaluation.three_d_methods import Prediction, find_method, label
from training.evaluation.three_d_report import group_table, main_table, summarise, viewpoint
from training.synthetic.truth import Truth

ROWS = [
    {"name": "a", "method": "fit", "category": "people", "kind": "person", "viewpoint": "front", "chamfer": 1.0},
    {"name": "b", "method": "fit", "category": "people", "kind": "person", "viewpoint": "front", "chamfer": 2.0},
    {"name": "c", "method": "fit", "category": "people", "kind": "person", "viewpoint": "back", "chamfer": 9.0},
    {"name": "c", "method": "other", "category": "people", "kind": "person", "viewpoint": "back", "failed": "no"},
]


@pytest.mark.parametrize(
    ("azimuth", "name"),
    [(0, "front"), (-30, "front"), (31, "three-quarter"), (-90, "side"), (121, "back"), (180, "back"), (350, "front")],
)
def test_viewpoints(azimuth: int, name: str):
    assert viewpoint(float(azimuth)) == name


def test_the_summary_has_mean_median_and_count_of_each_group():
    figures = summarise(ROWS)["fit"]
    assert figures["all"]["chamfer"] == {"mean": 4.0, "median": 2.0, "count": 3}
    assert figures["viewpoint front"]["chamfer"] == {"mean": 1.5, "median": 1.5, "count": 2}


def test_groups_that_are_not_there_have_no_table():
    assert group_table(summarise(ROWS), "chamfer", "kind ") == ""


def test_what_all_rows_share_is_no_group():
    assert list(summarise(ROWS)["fit"]) == ["all", "viewpoint front", "viewpoint back"]


def test_the_table_has_a_line_for_each_method_and_a_dash_where_nothing_was_measured():
    lines = main_table(summarise(ROWS)).splitlines()
    assert lines[2].startswith("| fit | 3 | 2.00 | – |")
    assert lines[3].startswith("| other | 0 | – |")
    assert len({line.count("|") for line in lines}) == 1


def test_viewpoints_stand_from_front_to_back():
    lines = group_table(summarise(ROWS), "chamfer", "viewpoint ").splitlines()
    assert lines[0] == "| chamfer % ↓ | front | back |"
    assert lines[2] == "| fit | 1.50 | 9.00 |"


@pytest.fixture
def three_truths(monkeypatch: pytest.MonkeyPatch) -> None:
    def truths(_: Path) -> Iterator[Truth]:
        return (make_truth(name, azimuth) for name, azimuth in (("a", 0.0), ("b", 90.0), ("c", 180.0)))

    monkeypatch.setattr(three_d, "read_truths", truths)


@pytest.mark.usefixtures("three_truths")
def test_the_command_writes_rows_a_summary_and_a_sheet(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    Evaluate3D(data=Path("eggs"), methods=("template", "inflation"), out=tmp_path, limit=2, pictures=1).run()
    report = json.loads((tmp_path / "benchmark_3d_eggs.json").read_text())
    assert [(row["name"], row["method"]) for row in report["rows"]] == [
        ("a", "template"),
        ("a", "inflation"),
        ("c", "template"),
        ("c", "inflation"),
    ]
    assert report["summary"]["inflation"]["viewpoint back"]["camera_azimuth"]["median"] == pytest.approx(180.0)
    sheet = np.asarray(cv2.imread(str(tmp_path / "benchmark_3d_eggs.png")))
    assert sheet.shape[1] > 7 * sheet.shape[0] / 2  # one row of the photo and twice the truth and two methods
    assert "| template | 2 |" in capsys.readouterr().out


@pytest.mark.usefixtures("three_truths")
def test_resumed_rows_are_kept_and_only_missing_ones_measured(tmp_path: Path):
    command = Evaluate3D(data=Path("eggs"), methods=("template",), out=tmp_path, limit=1, pictures=0)
    command.run()
    path = tmp_path / "benchmark_3d_eggs.json"
    report = json.loads(path.read_text())
    report["rows"][0]["chamfer"] = 123.0
    path.write_text(json.dumps(report))
    Evaluate3D(data=Path("eggs"), methods=("template",), out=tmp_path, limit=2, pictures=0, resume=True).run()
    rows = json.loads(path.read_text())["rows"]
    assert [row["chamfer"] == 123.0 for row in rows] == [True, False]


@pytest.mark.usefixtures("three_truths")
def test_rows_may_be_left_out(tmp_path: Path):
    Evaluate3D(data=Path("eggs"), methods=("ceiling",), out=tmp_path, pictures=0, each_photo=False).run()
    report = json.loads((tmp_path / "benchmark_3d_eggs.json").read_text())
    assert "rows" not in report
    assert report["summary"]["ceiling"]["all"]["chamfer"]["count"] == 3


@pytest.mark.usefixtures("three_truths")
def test_a_damaged_report_is_not_resumed(tmp_path: Path):
    (tmp_path / "benchmark_3d_eggs.json").write_text("{")
    with pytest.raises(InputError, match="holds no rows"):
        Evaluate3D(data=Path("eggs"), methods=("template",), out=tmp_path, resume=True).run()


def test_a_method_that_refuses_a_photo_is_written_down():
    def refuse(*_: object) -> Prediction:
        raise InputError("Not this one.")

    bench = Bench({"never": refuse})
    bench.add(make_truth(), shown=True)
    assert [row["failed"] for row in bench.rows] == ["Not this one."]
    assert bench.sheet()


@pytest.mark.parametrize(
    ("name", "written"), [("fit", "fit"), ("people+fit", "people+fit"), ("somewhere/runs/shirts+fit", "shirts+fit")]
)
def test_tables_name_a_model_without_the_folders_above_it(name: str, written: str):
    assert label(name) == written


def test_an_unknown_model_is_told_at_once():
    for name in ("no-such-model", "no-such-model+fit"):
        with pytest.raises(InputError):
            find_method(name)
