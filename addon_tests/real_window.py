"""A Blender with a window, for what the bpy module cannot show: drawing, events, undo.

MIRROR_BLENDER names its program; without it, `blender` on the PATH is taken. Where there is no display, an Xvfb on the
PATH gives one.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = (1280, 800)
Watch = Callable[[dict[str, str]], object]


def program() -> str | None:
    """Blender's, if there is one."""
    return os.environ.get("MIRROR_BLENDER") or shutil.which("blender")


def missing() -> str:
    """What there is not, as a reason to skip; empty if a window can be opened."""
    if program() is None:
        return "no Blender program: MIRROR_BLENDER names none, and there is no `blender` on the PATH"
    if os.name == "posix" and "DISPLAY" not in os.environ and shutil.which("Xvfb") is None:
        return "no display: DISPLAY is not set, and there is no `Xvfb` on the PATH"
    return ""


@contextmanager
def display() -> Iterator[dict[str, str]]:
    """The environment of a program with a window."""
    if os.name != "posix" or "DISPLAY" in os.environ:
        yield dict(os.environ)
        return
    width, height = SIZE
    command = ["Xvfb", "-displayfd", "1", "-screen", "0", f"{width}x{height}x24", "+extension", "GLX"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        try:
            assert server.stdout is not None
            yield {**os.environ, "DISPLAY": f":{server.stdout.readline().strip()}"}
        finally:
            server.terminate()


@dataclass(frozen=True)
class Window:
    """A Blender to open a window of.

    Args:
        archive: the add-on's zip.
        interpreter: the worker's.
        folder: for all that is written, Blender's settings included.
    """

    archive: Path
    interpreter: str
    folder: Path

    @property
    def log(self) -> Path:
        """What the last Blender printed."""
        return self.folder / "blender.log"

    def run(self, scenario: str, watch: Watch = lambda _: None, timeout: float = 600, **given: object) -> object:
        """Play a scenario `module.name` of addon_tests/inside in a fresh Blender.

        Args:
            scenario: a generator function.
            watch: called about five times a second while it plays, with the window's environment.
            timeout: seconds.
            given: what the scenario finds in its `env`.
        """
        request, answer = self.folder / "request.json", self.folder / "answer.json"
        module, _, name = scenario.rpartition(".")
        content = {"zip": str(self.archive), "interpreter": self.interpreter, "module": module, "names": [name]}
        request.write_text(json.dumps({**content, "given": {"tmp": str(self.folder), **given}}))
        answer.unlink(missing_ok=True)
        command = [str(program()), "--factory-startup", "--enable-event-simulate", "--window-geometry", "0", "0"]
        command += [*map(str, SIZE), "--python", str(HERE / "inside" / "windowed.py"), "--", str(request), str(answer)]
        with display() as environment, self.log.open("w") as output:
            environment["BLENDER_USER_RESOURCES"] = str(self.folder / "profile")
            process = subprocess.Popen(command, env=environment, stdout=output, stderr=output, cwd=self.folder)
            _wait(process, lambda: watch(environment), timeout)
        assert answer.exists(), f"Blender ended with code {process.returncode}:\n{self.log.read_text()[-3000:]}"
        content = json.loads(answer.read_text())
        assert "error" not in content, f"{content['error']}\n{self.log.read_text()[-3000:]}"
        return content["returned"]


def _wait(process: subprocess.Popen, watch: Callable[[], object], timeout: float) -> None:
    try:
        for _ in range(int(5 * timeout)):
            try:
                process.wait(0.2)
                return
            except subprocess.TimeoutExpired:
                watch()
    finally:
        process.kill()
        process.wait()
