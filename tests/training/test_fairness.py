"""Groups of people are told apart rightly, and differences between them are found where they are and only there."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from helpers.data import shared_data
from helpers.truths import TEMPLATE, make_truth, perfect
from hypothesis import given as drawn
from hypothesis import strategies as st

from mirror_core.errors import InputError
from training.evaluation import fairness_rows
from training.evaluation.fairness import EvaluateFairness
from training.evaluation.fairness_groups import groups_of, median_lab, skin_angle, tone_of, typology_angle
from training.evaluation.fairness_report import compare_groups, compare_twins, is_clear, table
from training.evaluation.fairness_rows import Ledger, ask
from training.evaluation.fairness_twins import LAB, open_twins, retone
from training.evaluation.three_d_measures import prepare
from training.evaluation.three_d_methods import Prediction
from training.evaluation.three_d_report import Row
from training.synthetic.figure import Figure
from training.synthetic.parts import part_number
from training.synthetic.piece import Piece
from training.synthetic.truth import Truth

SHAPE = {"gender": 0.9, "age": 0.95, "weight": 0.3, "height": 0.5}
SKIN, CLOTH = (150, 100, 80), (20, 40, 200)


def colours(*values: tuple[int, int, int]) -> np.ndarray:
    return np.array(values, np.uint8)


def person(name: str = "eve", azimuth: float = 0.0, bare_above: float = 0.7) -> Truth:
    """The egg as a person whose upper end is skin, above a height of the texture, in cloth below."""
    truth = make_truth(name, azimuth)
    v = TEMPLATE.uv.numpy()[: len(TEMPLATE.vertices), 1]
    bare = v[TEMPLATE.faces.numpy()].min(axis=1) > bare_above
    parts = np.where(bare, part_number("skin"), part_number("dress")).astype(np.uint8)
    texture = np.empty_like(truth.texture)
    edge = round((1.0 - bare_above) * len(texture))
    texture[:edge], texture[edge:] = SKIN, CLOTH
    return replace(truth, category="people", kind="person", shape=SHAPE, face_parts=parts, texture=texture)


# Groups


def test_typology_angles_by_hand():
    """White is L* 100, b* 0; black L* 0, b* 0; sRGB's red L* 53.24, b* 67.20: atan(3.24 / 67.20)."""
    assert typology_angle(colours((255, 255, 255))) == pytest.approx(90.0, abs=0.1)
    assert typology_angle(colours((0, 0, 0))) == pytest.approx(-90.0, abs=0.1)
    assert typology_angle(colours((255, 0, 0))) == pytest.approx(2.76, abs=0.05)


@drawn(st.integers(20, 200), st.integers(1, 50))
def test_darker_skin_has_a_smaller_angle(red: int, darker: int):
    lighter = colours((red + 50, round(0.7 * red) + 50, round(0.5 * red) + 50))
    assert typology_angle(lighter - np.uint8(darker)) < typology_angle(lighter)


@pytest.mark.parametrize(
    ("angle", "tone"),
    [(-60, "dark"), (-30, "dark"), (-29, "brown"), (10, "brown"), (28, "tan"), (41, "intermediate"), (42, "light")],
)
def test_tones_have_the_published_limits(angle: int, tone: str):
    assert tone_of(float(angle)) == tone


def test_the_tones_of_twins_are_named_rightly():
    for tone, (lightness, _, yellow) in LAB.items():
        assert tone_of(float(np.degrees(np.arctan2(lightness - 50.0, yellow)))) == tone


def test_the_skin_s_own_colour_is_found_and_not_the_cloth_s():
    assert skin_angle(person()) == pytest.approx(typology_angle(colours(SKIN)))


def test_who_is_covered_has_no_tone():
    truth = person(bare_above=2.0)
    assert skin_angle(truth) is None
    assert "skin" not in groups_of(truth)


def test_groups_are_read_from_the_shape_code():
    assert groups_of(person()) == {
        "skin": tone_of(typology_angle(colours(SKIN))),
        "sex": "female",
        "age": "old",
        "weight": "light",
        "height": "medium",
    }


def test_garments_belong_to_no_group():
    with pytest.raises(InputError, match="'garments'"):
        groups_of(make_truth())


# Intervals


def rows_of(group: str, viewpoint: str, values: list[float]) -> list[Row]:
    return [
        {"name": f"{group}{viewpoint}{i}", "sex": group, "viewpoint": viewpoint, "chamfer": value}
        for i, value in enumerate(values)
    ]


def test_means_and_differences_by_hand():
    rows = rows_of("male", "front", [1.0, 3.0] * 5) + rows_of("female", "front", [3.0, 5.0] * 5)
    figures = compare_groups(rows, "sex", "chamfer")
    assert figures["all"]["mean"] == 3.0
    assert figures["all"]["count"] == 20
    assert figures["male"]["mean"] == 2.0
    assert figures["male"]["difference"] == pytest.approx(-2.0)
    assert figures["female"]["difference"] == pytest.approx(2.0)
    assert figures["male"]["difference_low"] < -2.0 < figures["male"]["difference_high"] < 0.0


def test_a_group_s_harder_viewpoints_are_not_its_fault():
    """Everybody has 1 from the front and 5 from behind; men are mostly seen from behind."""
    rows = rows_of("male", "front", [1.0] * 2) + rows_of("male", "back", [5.0] * 8)
    rows += rows_of("female", "front", [1.0] * 8) + rows_of("female", "back", [5.0] * 2)
    figures = compare_groups(rows, "sex", "chamfer")
    assert figures["male"]["mean"] == pytest.approx(4.2)
    assert figures["male"]["difference"] == pytest.approx(0.0, abs=1e-12)
    assert not is_clear(figures["male"])


def test_a_group_of_few_is_not_compared_and_photos_without_the_measure_do_not_count():
    rows = rows_of("male", "front", [1.0] * 3) + rows_of("female", "front", [2.0] * 20)
    rows.append({"name": "x", "sex": "male", "viewpoint": "front", "failed": "no"})
    figures = compare_groups(rows, "sex", "chamfer")
    assert figures["male"]["count"] == 3
    assert "difference" not in figures["male"]


def test_intervals_hold_the_true_mean_about_as_often_as_they_say():
    """Normal values around 7, 40 photos, 95 per cent: of 200 intervals the bootstrap's hold it in about 93 in 100."""
    rng = np.random.default_rng(0)
    held = 0
    for _ in range(200):
        all_ = compare_groups(rows_of("male", "front", rng.normal(7.0, 2.0, 40).tolist()), "sex", "chamfer")["all"]
        held += all_["low"] < 7.0 < all_["high"]
    assert 0.88 * 200 <= held <= 0.98 * 200


def test_twins_are_compared_pair_by_pair():
    """People differ by whole units, tones by 0.1: groups would never tell that, pairs do."""
    rows: list[Row] = [
        {"name": name, "skin": tone, "chamfer": value + (0.1 if tone == "dark" else 0.0)}
        for name, value in zip("abcdefgh", range(1, 9), strict=True)
        for tone in ("dark", "light")
    ]
    rows.append({"name": "alone", "skin": "dark", "chamfer": 100.0})
    figures = compare_twins(rows, "dark", "light", "chamfer")
    assert figures["count"] == 8
    assert figures["mean"] == pytest.approx(4.6)
    assert figures["difference"] == pytest.approx(0.1)
    assert figures["difference_low"] == pytest.approx(0.1)
    assert is_clear(figures)
    assert "difference" not in compare_twins(rows[:4], "dark", "light", "chamfer")


def test_the_table_has_means_and_differences_and_marks_what_is_clear():
    figures = {
        "chamfer": {
            "all": {"count": 3, "mean": 2.0},
            "tall": {"count": 2, "mean": 2.5, "difference": 0.5, "difference_low": 0.25, "difference_high": 0.75},
            "short": {"count": 1, "mean": 1.0, "difference": -1.0, "difference_low": -2.0, "difference_high": 0.5},
        }
    }
    assert table(figures, ("all", "short", "medium", "tall"), "height").splitlines() == [
        "| height | photos | chamfer % ↓ |",
        "| --- | --- | --- |",
        "| all | 3 | 2.00 |",
        "| short | 1 | 1.00; -1.00 (-2.00 to +0.50) |",
        "| tall | 2 | 2.50; **+0.50 (+0.25 to +0.75)** |",
    ]


# Twins


def piece(name: str, colour: tuple[int, int, int, int]) -> Piece:
    points = np.zeros((3, 3), np.float32)
    picture = np.tile(np.array(colour, np.uint8), (8, 8, 1))
    return Piece(
        name, 1, points, np.array([[0, 1, 2]], np.int32), points[:, :2], np.array([[0, 1, 2]], np.int32), picture
    )


@pytest.mark.parametrize("tone", LAB)
def test_only_the_skin_changes_its_colour(tone: str):
    figure = Figure("people", "person", (piece("skin", (210, 170, 150, 255)), piece("dress", (20, 40, 200, 255))), True)
    skin, dress = retone(figure, tone).pieces
    assert median_lab(skin.texture[..., :3].reshape(-1, 3)) == pytest.approx(LAB[tone], abs=1.0)
    assert (skin.texture[..., 3] == 255).all()
    assert (dress.texture == figure.pieces[1].texture).all()


def test_twins_differ_where_their_skin_is_seen_and_nowhere_else():
    """Lens, sensor and JPEG carry colours a few pixels further."""
    twins = dict(open_twins(shared_data("makehuman"), None, 7).draw(0))
    light, dark = twins["light"], twins["dark"]
    assert list(twins) == list(LAB)
    assert (light.mask == dark.mask).all()
    assert (light.vertices == dark.vertices).all()
    near = np.zeros_like(light.mask, bool)
    for row, column in np.argwhere(light.parts == part_number("skin")):
        near[max(row - 16, 0) : row + 17, max(column - 16, 0) : column + 17] = True
    apart = np.abs(light.photo.astype(int) - dark.photo).max(axis=2)
    assert apart[light.parts == part_number("skin")].mean() > 20
    assert apart[~near].max(initial=0) <= 3


# The command


@pytest.fixture
def three_people(monkeypatch: pytest.MonkeyPatch) -> None:
    def truths(_: Path) -> Iterator[Truth]:
        return (person(f"p{i}", 40.0 * i) for i in range(3))

    monkeypatch.setattr(fairness_rows, "read_truths", truths)


def test_a_refused_photo_is_a_row_without_measures():
    def refuse(_: Truth) -> Prediction:
        raise InputError("Not this one.")

    row = ask(refuse, prepare(person()))
    assert row["failed"] == "Not this one."
    assert "chamfer" not in row


def test_the_truth_s_own_answer_is_perfect_and_its_mask_is_easy_to_find():
    row = ask(perfect, prepare(person()))
    assert float(str(row["mask_iou"])) > 0.99
    assert float(str(row["found_iou"])) > 0.95


@pytest.mark.usefixtures("three_people")
def test_a_method_that_answers_nothing_is_told(tmp_path: Path):
    def refuse(_: Truth) -> Prediction:
        raise InputError("Not this one.")

    with pytest.raises(InputError, match="none of 3 photos"):
        Ledger(tmp_path / "rows.json").measure_set(refuse, Path("people"))


@pytest.mark.usefixtures("three_people")
def test_a_stopped_run_goes_on_with_what_it_has(tmp_path: Path):
    """Of the first photo there is a row already; of the others the method is asked."""
    asked: list[str] = []

    def answer(truth: Truth) -> Prediction:
        asked.append(truth.name)
        return perfect(truth)

    before = Ledger(tmp_path / "rows.json")
    before.keep({"name": "p0", "sex": "female", "viewpoint": "front", "chamfer": 123.0})
    before.keep({"name": "p1", "twin": True, "skin": "dark", "viewpoint": "front", "chamfer": 5.0})
    after = Ledger(tmp_path / "rows.json")
    after.read()
    rows = after.measure_set(answer, Path("people"), limit=2)
    assert asked == ["p1"]
    assert rows[0]["chamfer"] == 123.0
    assert len(json.loads((tmp_path / "rows.json").read_text())["rows"]) == 3


@pytest.mark.usefixtures("three_people")
def test_the_command_writes_groups_and_rows(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    EvaluateFairness("ceiling", data=Path("eggs"), limit=2, out=tmp_path).run()
    report = json.loads((tmp_path / "fairness_ceiling.json").read_text())
    assert [row["name"] for row in report["rows"]] == ["p0", "p1"]
    assert report["groups"]["sex"]["chamfer"]["female"]["count"] == 2
    assert "twins" not in report
    out = capsys.readouterr().out
    assert "| female | 2 |" in out
    assert "0 of 0 differences leave zero out" in out
