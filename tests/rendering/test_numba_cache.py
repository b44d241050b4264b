"""Compiled kernels: where they are kept, when they are made again, and on how many threads they run."""

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer
from mirror_core.rendering.numba_backend import jit
from mirror_core.rendering.numba_backend.threads import run_tasks, thread_count


@pytest.fixture
def fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """The cache's folder is looked for anew."""
    monkeypatch.delenv("NUMBA_CACHE_DIR", raising=False)
    jit.cache_folder.cache_clear()
    yield
    jit.cache_folder.cache_clear()


@pytest.mark.usefixtures("fresh")
def test_the_environment_says_where_kernels_are_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "here"))
    folder = jit.cache_folder()
    assert folder is not None
    assert folder.parent == tmp_path / "here"
    assert folder.is_dir()


@pytest.mark.usefixtures("fresh")
def test_otherwise_the_users_cache_does_and_never_the_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for platform, variable in (("linux", "XDG_CACHE_HOME"), ("win32", "LOCALAPPDATA")):
        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setenv(variable, str(tmp_path / variable))
        jit.cache_folder.cache_clear()
        folder = jit.cache_folder()
        assert folder is not None
        assert folder.parent == tmp_path / variable / "mirror-core"


@pytest.mark.usefixtures("fresh")
def test_a_folder_that_cannot_be_written_is_said_and_not_fatal(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(blocked))
    assert jit.cache_folder() is None
    assert "Set NUMBA_CACHE_DIR to a folder that can be written." in caplog.text
    assert not jit.is_compiled()
    doubled = torch.zeros(1)

    def fill(first: int, step: int, tasks: int, out: object) -> None:
        out[0] = 2.0  # type: ignore[index]

    run_tasks(jit.kernel(fill), 1, doubled.numpy())
    assert doubled.item() == 2.0


@pytest.mark.usefixtures("fresh")
def test_a_change_of_any_source_gives_another_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    copy = tmp_path / "numba_backend"
    shutil.copytree(Path(jit.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path / "cache"))
    before = jit.cache_folder()
    monkeypatch.setattr(jit, "__file__", str(copy / "jit.py"))
    jit.cache_folder.cache_clear()
    assert jit.cache_folder() == before
    with (copy / "surface.py").open("a") as source:
        source.write("# changed\n")
    jit.cache_folder.cache_clear()
    assert jit.cache_folder() != before


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this platform does not fork")
def test_a_forked_child_has_threads_of_its_own() -> None:
    """Only the kernels' threads: torch's own operations may hang in a forked child, which no code of ours can help."""
    code = (
        "import os, torch\n"
        "from mirror_core.rendering.numba_backend.threads import run_tasks\n"
        "torch.set_num_threads(2)\n"
        "done = []\n"
        "run_tasks(lambda first, step, tasks: done.append(first), 4)\n"
        "child = os.fork()\n"
        "if child == 0:\n"
        "    run_tasks(lambda first, step, tasks: done.append(first), 4)\n"
        "    os._exit(0 if sorted(done) == [0, 0, 1, 1] else 1)\n"
        "print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert answer.stdout.strip() == "0"


def test_two_python_threads_may_render_at_once() -> None:
    template = make_template(642)
    renderer = Renderer("numba", (64, 64))

    def draw(azimuth: float) -> torch.Tensor:
        return renderer(template.vertices[None], template, Camera.single(azimuth)).silhouette

    expected = [draw(angle) for angle in (0.0, 40.0)]
    wrong: list[float] = []

    def repeat(number: int) -> None:
        for _ in range(20):
            if not draw(40.0 * number).equal(expected[number]):
                wrong.append(number)

    threads = [threading.Thread(target=repeat, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_as_many_threads_as_torch_uses_and_never_more_than_tasks() -> None:
    before = torch.get_num_threads()
    try:
        for threads, tasks, expected in ((1, 9, 1), (3, 9, 3), (3, 2, 2), (3, 0, 1)):
            torch.set_num_threads(threads)
            assert thread_count(tasks) == expected
    finally:
        torch.set_num_threads(before)


def test_each_task_is_done_once() -> None:
    done: list[int] = []
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        run_tasks(lambda first, step, tasks: done.extend(range(first, tasks, step)), 10)
    finally:
        torch.set_num_threads(before)
    assert sorted(done) == list(range(10))


def test_an_error_in_a_thread_is_not_lost() -> None:
    def fail(first: int, step: int, tasks: int) -> None:
        if first:
            raise RuntimeError("task failed")

    before = torch.get_num_threads()
    try:
        torch.set_num_threads(2)
        with pytest.raises(RuntimeError, match="task failed"):
            run_tasks(fail, 4)
    finally:
        torch.set_num_threads(before)
