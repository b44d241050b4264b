"""What the user sees: rich text for people, one JSON object a line for machines."""

import json
import sys
import traceback
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from mirror_core.errors import CancelledError, MirrorError

UNSURE = 0.8
"""Confidence of a mask below which the user is asked to look at it."""


class Bar:
    """A progress bar, or progress events."""

    def __init__(self, console: "Console", progress: Progress | None, task: TaskID | None, name: str) -> None:
        self._console, self._progress, self._task, self._name = console, progress, task, name

    def __call__(self, done: int, total: int, what: str) -> None:
        """Say how far it is; a total of 0 is "not known yet"."""
        if self._progress is not None and self._task is not None:
            self._progress.update(self._task, completed=done, total=total or None, what=what)
        elif self._console.json_lines:
            self._console.event("progress", name=self._name, done=done, total=total, what=what)


class Console:
    """Results go to stdout; errors and progress go to stderr. With `json_lines` all goes to stdout as JSON."""

    def __init__(self, *, json_lines: bool = False, debug: bool = False) -> None:
        self.json_lines = json_lines
        self._debug = debug
        self._out = RichConsole(soft_wrap=True, highlight=False)
        self._err = RichConsole(stderr=True, soft_wrap=True, highlight=False)

    def event(self, kind: str, **values: Any) -> None:
        """One JSON line."""
        sys.stdout.write(json.dumps({"event": kind, **values}, ensure_ascii=True, default=_plain) + "\n")
        sys.stdout.flush()

    def say(self, text: str) -> None:
        """A line for people."""
        if not self.json_lines:
            self._out.print(text)

    def warn(self, text: str) -> None:
        """A line for people about something to look at."""
        if not self.json_lines:
            self._err.print(f"[yellow]note[/]: {escape(text)}")

    def failure(self, error: Exception, photo: str = "") -> None:
        """An error as the user should see it; one that was not raised on purpose is a bug and says so."""
        if self._debug and not isinstance(error, CancelledError):
            traceback.print_exception(error)
        if isinstance(error, MirrorError):
            self.error(type(error).__name__, error.message, error.remedy, photo)
        else:
            remedy = "Run it again with --debug and report what it prints."
            self.error(type(error).__name__, f"Internal error: {error!r}.", remedy, photo)

    def error(self, name: str, message: str, remedy: str, photo: str = "") -> None:
        """An error: one sentence and the remedy."""
        if self.json_lines:
            about = {"photo": photo} if photo else {}
            self.event("error", **about, **{"class": name, "message": message, "remedy": remedy})
        else:
            about = f"{escape(photo)}: " if photo else ""
            self._err.print(f"[red]error[/]: {about}{escape(message)} {escape(remedy)}".rstrip())

    def result(self, photo: str, files: list[Path], mask: Mapping[str, Any], metrics: Mapping[str, float]) -> None:
        """A finished photo."""
        if self.json_lines:
            self.event("result", photo=photo, files=files, mask=mask, metrics=metrics)
            return
        for path in files:
            self.say(escape(str(path)))
        confidence = float(mask.get("confidence", 1.0))
        if confidence < UNSURE:
            self.warn(
                f"{photo}: the {mask['method']} mask is only {100 * confidence:.0f} % sure. "
                "Look at the result; a mask file (--mask) or --rectangle helps."
            )

    @contextmanager
    def bar(self, name: str) -> Generator[Bar]:
        """A progress bar on stderr while the block runs; nothing where stderr is no terminal."""
        if self.json_lines or not self._err.is_terminal:
            yield Bar(self, None, None, name)
            return
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[what]}"),
            TimeElapsedColumn(),
        )
        with Progress(*columns, console=self._err, transient=True) as progress:
            yield Bar(self, progress, progress.add_task(escape(name), total=None, what=""), name)


def _plain(value: Any) -> Any:
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{value!r} has no JSON form.")
