"""The same seed, the same bytes: in one process or two, in one go or several."""

import shutil
from pathlib import Path

import pytest

from mirror_core.errors import InputError
from tests.helpers.data import shared_data
from training.__main__ import main
from training.synthesize import MakeShard, Recipe, SynthesizePeople
from training.synthetic.shards import read_truths
from training.synthetic.truth import Truth


def recipe(**changes: object) -> Recipe:
    values = {"count": 3, "shard": 2, "size": (32, 16), "assets": shared_data("makehuman"), **changes}
    return Recipe(**values)


def shards(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*.tar"))}


def first_shard(folder: Path, made: Recipe) -> list[Truth]:
    MakeShard("people", made, folder)(0)
    return list(read_truths(folder))


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three samples in two shards, by two processes."""
    folder = tmp_path_factory.mktemp("made")
    SynthesizePeople(folder, recipe(), jobs=2).run()
    return folder


def test_samples_are_numbered_through_the_shards(made: Path) -> None:
    assert list(shards(made)) == ["shard-000000.tar", "shard-000001.tar"]
    assert [truth.name for truth in read_truths(made)] == [f"people-{k:07d}" for k in range(3)]


def test_another_process_makes_the_same_bytes(made: Path, tmp_path: Path) -> None:
    make = MakeShard("people", recipe(), tmp_path)
    make(1)  # the second first: no shard depends on another
    make(0)
    assert shards(tmp_path) == shards(made)


def test_a_lost_shard_is_made_again_and_nothing_else(made: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(made, folder)
    kept, lost = sorted(folder.glob("*.tar"))
    stamp = kept.stat().st_mtime_ns
    lost.unlink()
    SynthesizePeople(folder, recipe(), jobs=1).run()
    assert shards(folder) == shards(made)
    assert kept.stat().st_mtime_ns == stamp


def test_another_seed_makes_other_people(made: Path, tmp_path: Path) -> None:
    other = first_shard(tmp_path, recipe(seed=1, count=1))[0]
    assert other.shape != next(iter(read_truths(made))).shape


def test_several_photos_of_one_person_share_shape_and_pose(tmp_path: Path) -> None:
    a, b, c = first_shard(tmp_path, recipe(count=3, shard=3, photos_each=2))
    assert a.shape == b.shape != c.shape
    assert a.pose == b.pose
    assert float(a.camera.azimuth) != float(b.camera.azimuth)


def test_a_folder_of_another_recipe_is_left_alone(made: Path) -> None:
    before = shards(made)
    with pytest.raises(InputError, match="seed is 0 there, but 8 here"):
        SynthesizePeople(made, recipe(seed=8), jobs=1).run()
    assert shards(made) == before


def test_people_without_assets_are_refused_before_anything_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["synthesize", "people", str(tmp_path / "out")]) == 1
    assert "People need skins, hair and clothes" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("wrong", "words"), [({"count": 0}, "count"), ({"size": (256, 8)}, "size"), ({"cameras": "above"}, "cameras")]
)
def test_impossible_recipes_are_refused(wrong: dict[str, object], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Recipe(**wrong)
