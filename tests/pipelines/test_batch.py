"""A folder is done in parallel; whatever happens to one photo, the others are done, and a second run goes on."""

import contextlib
import dataclasses
import errno
import json
import os
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from typing import Any

import pytest
from helpers.pipelines import FakePipeline, save_photo

from mirror_core.errors import InputError, OutputError
from mirror_core.pipelines import batch as batch_module
from mirror_core.pipelines import manifest as manifest_module
from mirror_core.pipelines import processes
from mirror_core.pipelines.batch import Batch, name_targets, run_batch
from mirror_core.pipelines.manifest import Manifest, Record
from mirror_core.pipelines.photo_to_files import PhotoToFiles


@pytest.fixture
def in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Starting processes takes seconds; what is not about them is tested without."""

    def run_here(
        work: Callable[[Any], Any], tasks: Sequence[Any], _jobs: int, started: Callable[[int], None]
    ) -> Generator[tuple[int, Any]]:
        for number, task in enumerate(tasks):
            started(number)
            yield number, processes.attempt(work, task)

    monkeypatch.setattr(batch_module, "run_tasks", run_here)


def batch_of(folder: Path, **options: object) -> Batch:
    defaults = {"work": PhotoToFiles(FakePipeline()), "settings": {"vertices": 642}}
    return Batch(folder / "photos", folder / "out", **{**defaults, **options})


def run(batch: Batch) -> dict[str, Record]:
    return {record.photo: record for _, record in run_batch(batch)}


def statuses(records: dict[str, Record]) -> dict[str, str]:
    return {name: record.status for name, record in records.items()}


def test_every_photo_is_done_and_recorded(tmp_path: Path):
    for number in range(3):
        save_photo(tmp_path / "photos" / f"{number}.png", number)
    (tmp_path / "photos" / "notes.txt").write_text("not a photo")
    records = run(batch_of(tmp_path, jobs=2))
    assert statuses(records) == {"0.png": "done", "1.png": "done", "2.png": "done"}
    record = records["0.png"]
    assert record.files == ("0.glb",)
    assert record.mask == {"method": "alpha", "confidence": 1.0}
    assert record.metrics == {"mask_iou": 0.5, "threads": 1.0}  # one thread each for several processes
    lines = [json.loads(line) for line in (tmp_path / "out" / "manifest.jsonl").read_text().splitlines()]
    assert sorted((line["photo"], line["status"]) for line in lines) == sorted(
        (f"{number}.png", status) for number in range(3) for status in ("started", "done")
    )
    assert all(line["time"].endswith("+00:00") for line in lines)


def test_failures_are_reported_and_do_not_stop_the_rest(tmp_path: Path):
    for name in ("bug", "crash", "good", "refuse"):
        save_photo(tmp_path / "photos" / f"{name}.png")
    (tmp_path / "photos" / "torn.jpg").write_bytes(b"\xff\xd8\xff")
    records = run(batch_of(tmp_path))
    assert statuses(records) == {
        "bug.png": "failed",
        "crash.png": "failed",
        "good.png": "done",
        "refuse.png": "failed",
        "torn.jpg": "failed",
    }
    errors = {name: record.error for name, record in records.items() if record.error}
    assert errors["refuse.png"] == {
        "class": "MaskError",
        "message": "The mask of this one is 7 pixels too small.",
        "remedy": "Draw a larger one.",
    }
    assert "ended unexpectedly (exit code 9)" in errors["crash.png"]["message"]
    assert errors["bug.png"]["message"] == "Internal error: somebody forgot a zero."
    assert "ZeroDivisionError" in errors["bug.png"]["details"]
    assert errors["torn.jpg"]["class"] == "PhotoError"
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["good.glb", "manifest.jsonl"]


@pytest.mark.usefixtures("in_this_process")
def test_a_second_run_does_only_what_is_missing(tmp_path: Path):
    for name in ("a", "b", "c", "refuse"):
        save_photo(tmp_path / "photos" / f"{name}.png")
    run(batch_of(tmp_path))
    (tmp_path / "out" / "b.glb").unlink()
    save_photo(tmp_path / "photos" / "d.png")
    assert statuses(run(batch_of(tmp_path))) == {
        "a.png": "skipped",
        "b.png": "done",
        "c.png": "skipped",
        "d.png": "done",
        "refuse.png": "failed",
    }


@pytest.mark.usefixtures("in_this_process")
def test_results_of_other_settings_or_of_another_photo_are_not_replaced_unasked(tmp_path: Path):
    save_photo(tmp_path / "photos" / "a.png", seed=1)
    run(batch_of(tmp_path))
    other = batch_of(tmp_path, settings={"vertices": 2562})
    (record,) = run(other).values()
    assert record.status == "failed"
    assert "already exists" in record.error["message"]
    assert statuses(run(dataclasses.replace(other, overwrite=True))) == {"a.png": "done"}
    save_photo(tmp_path / "photos" / "a.png", seed=2)
    assert statuses(run(other)) == {"a.png": "failed"}


@pytest.mark.usefixtures("in_this_process")
def test_files_of_a_run_that_was_cut_off_are_replaced(tmp_path: Path):
    save_photo(tmp_path / "photos" / "a.png")
    started = Record("a.png", "started", "2026-01-01T00:00:00+00:00", files=("a.glb",))
    Manifest(tmp_path / "out").append(started)
    (tmp_path / "out" / "a.glb").write_bytes(b"half")
    assert statuses(run(batch_of(tmp_path))) == {"a.png": "done"}
    assert (tmp_path / "out" / "a.glb").read_bytes()[:4] == b"glTF"


@pytest.mark.usefixtures("in_this_process")
def test_a_users_own_file_survives(tmp_path: Path):
    save_photo(tmp_path / "photos" / "a.png")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "a.glb").write_bytes(b"mine")
    for _ in range(2):
        assert statuses(run(batch_of(tmp_path))) == {"a.png": "failed"}
    assert (tmp_path / "out" / "a.glb").read_bytes() == b"mine"


@pytest.mark.usefixtures("in_this_process")
def test_a_line_that_was_cut_off_does_not_spoil_the_manifest(tmp_path: Path):
    for name in ("a", "b"):
        save_photo(tmp_path / "photos" / f"{name}.png")
    run(batch_of(tmp_path))
    path = tmp_path / "out" / "manifest.jsonl"
    path.write_bytes(path.read_bytes()[:-20])  # in the middle of the last "done"
    assert statuses(run(batch_of(tmp_path))) == {"a.png": "skipped", "b.png": "done"}
    assert statuses(run(batch_of(tmp_path))) == {"a.png": "skipped", "b.png": "skipped"}


def test_stopping_early_ends_the_processes_and_the_rest_can_be_done_later(tmp_path: Path):
    save_photo(tmp_path / "photos" / "a.png")
    save_photo(tmp_path / "photos" / "slow.png")
    batch = batch_of(tmp_path)
    with contextlib.closing(run_batch(batch)) as records:
        total, record = next(records)
    assert (total, record.photo, record.status) == (2, "a.png", "done")
    (tmp_path / "photos" / "slow.png").rename(tmp_path / "photos" / "fast.png")
    assert statuses(run(batch)) == {"a.png": "skipped", "fast.png": "done"}


def test_photos_that_differ_in_their_suffix_keep_it(tmp_path: Path):
    photos = [tmp_path / name for name in ("a.jpg", "a.PNG", "b.jpg")]
    assert [str(target) for target in name_targets(photos, tmp_path).values()] == ["a_jpg", "a_png", "b"]


@pytest.mark.usefixtures("in_this_process")
def test_output_into_the_folder_of_photos_is_not_taken_for_photos(tmp_path: Path):
    save_photo(tmp_path / "photos" / "a.png")
    work = PhotoToFiles(FakePipeline(), ("obj", "ply", "folder"))
    batch = Batch(tmp_path / "photos", tmp_path / "photos", work, {}, recursive=True)
    assert statuses(run(batch)) == {"a.png": "done"}
    assert statuses(run(batch)) == {"a.png": "skipped"}


@pytest.mark.usefixtures("in_this_process")
def test_folders_below_and_masks_beside(tmp_path: Path):
    for name in ("a.png", "below/a.png"):
        save_photo(tmp_path / "photos" / name)
        mask = save_photo(tmp_path / "photos" / name.replace(".png", "_mask.png"))
        assert mask.exists()
    assert set(run(batch_of(tmp_path, masks=tmp_path / "photos"))) == {"a.png"}
    records = run(batch_of(tmp_path, masks=tmp_path / "photos", recursive=True))
    assert statuses(records)["below/a.png"] == "done"
    assert records["below/a.png"].files == ("below/a.glb",)
    assert records["below/a.png"].mask["method"] == "file"


@pytest.mark.parametrize("missing", ["photos", "masks"])
def test_a_missing_folder_is_named(tmp_path: Path, missing: str):
    if missing == "masks":
        save_photo(tmp_path / "photos" / "a.png")
    with pytest.raises(InputError, match=f"There is no folder .*{missing}"):
        run(batch_of(tmp_path, masks=tmp_path / "masks"))


def test_a_folder_without_photos_says_what_counts_as_one(tmp_path: Path):
    (tmp_path / "photos").mkdir()
    with pytest.raises(InputError, match=r"There are no photos in .*photos\. Photos are files with .*\.jpg"):
        run(batch_of(tmp_path))


@pytest.mark.usefixtures("in_this_process")
def test_a_manifest_that_cannot_be_written_stops_the_batch_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    save_photo(tmp_path / "photos" / "a.png")

    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(manifest_module.os, "fsync", full)
    with pytest.raises(OutputError, match=r"manifest .* cannot be written: No space left on device\. Make space"):
        run(batch_of(tmp_path))
