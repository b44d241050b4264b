"""Photos are done once, whatever happens in between."""

import json
import os
import signal
from pathlib import Path

import pytest

from mirror_core.errors import InputError, OutputError
from mirror_core.files import check_absent
from mirror_core.pipelines.once import Once, record_path
from mirror_core.pipelines.photo_to_files import Outcome, Task
from mirror_core.pipelines.processes import Failed


class Writer:
    """Writes TARGET.txt and remembers which photos it was given."""

    def __init__(self) -> None:
        self.given: list[str] = []

    def __call__(self, task: Task, *, progress=None, cancelled=None) -> Outcome:
        path = task.target.with_suffix(".txt")
        if not task.overwrite:
            check_absent([path])
        self.given.append(task.photo.name)
        path.write_text("result")
        return Outcome((path,), {"mask_iou": 0.9}, "file", 1.0)


def task(folder: Path, name: str = "a") -> Task:
    photo = folder / f"{name}.jpg"
    photo.write_bytes(name.encode())
    return Task(photo, folder / "out" / name)


def prepared(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path


def test_a_finished_photo_is_not_done_again(tmp_path: Path):
    folder, writer = prepared(tmp_path), Writer()
    first, second = (Once(writer, {"seed": 1})(task(folder)) for _ in range(2))
    assert writer.given == ["a.jpg"]
    assert first == second
    assert Once(writer, {"seed": 1}).is_done(task(folder))


def test_other_settings_or_another_photo_are_done_over_it(tmp_path: Path):
    folder, writer = prepared(tmp_path), Writer()
    Once(writer, {"seed": 1})(task(folder))
    Once(writer, {"seed": 2})(task(folder))
    (folder / "a.jpg").write_bytes(b"changed")
    assert not Once(writer, {"seed": 2}).is_done(Task(folder / "a.jpg", folder / "out" / "a"))
    Once(writer, {"seed": 2})(Task(folder / "a.jpg", folder / "out" / "a"))
    assert len(writer.given) == 3


def test_a_photo_whose_result_is_gone_is_done_again(tmp_path: Path):
    folder, writer = prepared(tmp_path), Writer()
    Once(writer, {})(task(folder))
    (folder / "out" / "a.txt").unlink()
    Once(writer, {})(task(folder))
    assert len(writer.given) == 2


def test_what_was_started_and_not_finished_is_replaced(tmp_path: Path):
    """The machine died between the result and the record."""
    folder, writer = prepared(tmp_path), Writer()
    Once(writer, {})(task(folder))
    path = record_path(folder / "out" / "a")
    path.write_text(json.dumps({"key": json.loads(path.read_text())["key"], "status": "started"}))
    Once(writer, {})(task(folder))
    assert len(writer.given) == 2


def test_files_of_others_are_not_replaced(tmp_path: Path):
    folder = prepared(tmp_path)
    (folder / "out" / "a.txt").write_text("precious")
    with pytest.raises(OutputError, match="already exists"):
        Once(Writer(), {})(task(folder))
    assert (folder / "out" / "a.txt").read_text() == "precious"


@pytest.mark.filterwarnings("ignore")
def test_two_workers_of_which_one_is_killed_lose_nothing_and_do_nothing_twice(tmp_path: Path):
    pytest.importorskip("ray", reason="the extra `scale` is not installed")
    from mirror_core.pipelines.spread import spread_tasks

    folder = prepared(tmp_path)

    class Deadly:
        """Leaves a line for each photo it begins; the first attempt at c.jpg kills its own process."""

        def __call__(self, task: Task, *, progress=None, cancelled=None) -> Outcome:
            log = task.target.with_suffix(".log")
            began = log.read_text().count("began") if log.exists() else 0
            with log.open("a") as file:
                file.write("began\n")
            if task.photo.stem == "c" and not began:
                os.kill(os.getpid(), signal.SIGKILL)
            if task.photo.stem == "b":
                raise InputError("b is no photo.")
            with log.open("a") as file:
                file.write("finished\n")
            return Outcome((log,), {}, "file", 1.0)

    tasks = [task(folder, name) for name in "abcd"]
    Once(Deadly(), {})(tasks[0])  # done before: by an earlier run, or another machine
    try:
        answers = dict(spread_tasks(Once(Deadly(), {}), tasks, workers=2))
    except InputError as error:
        if not error.message.startswith("There is no Ray cluster"):
            raise
        pytest.skip(f"no Ray cluster here: {error}")  # on a busy machine it misses Ray's own limit of 30 s
    assert sorted(answers) == [0, 1, 2, 3]
    assert isinstance(answers[1], Failed)
    assert answers[1].message == "b is no photo."
    logs = {name: (folder / "out" / f"{name}.log").read_text().split() for name in "abcd"}
    assert logs["a"] == ["began", "finished"]
    assert logs["c"] == ["began", "began", "finished"]
    assert logs["d"] == ["began", "finished"]
    assert all(Once(Deadly(), {}).is_done(tasks[k]) for k in (0, 2, 3))
