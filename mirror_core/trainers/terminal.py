"""What the person at the terminal sees of a run, and how they stop it."""

import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text


class _PhotosASecond(ProgressColumn):
    def render(self, task: Task) -> Text:
        return Text(f"{task.speed * task.fields['photos']:.0f} photos/s" if task.speed else "")


class RunBar:
    """A bar of steps on stderr, drawn only where that is a terminal, and lines of news, printed everywhere.

    Args:
        total: steps of the run.
        done: steps that an earlier part of it did.
        photos: in a step.
        shown: whether this is the process that speaks.
    """

    def __init__(self, total: int, done: int, photos: int, *, shown: bool) -> None:
        console = Console(stderr=True, quiet=not shown, highlight=False, soft_wrap=True)
        columns = (TextColumn("steps"), BarColumn(), MofNCompleteColumn(), _PhotosASecond(), TimeRemainingColumn())
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task = self._progress.add_task("", total=total, completed=done, photos=photos)

    def __enter__(self) -> "RunBar":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def done(self, steps: int) -> None:
        """So many steps are done."""
        self._progress.update(self._task, completed=steps)

    def say(self, news: str) -> None:
        """A line that stays."""
        self._progress.console.print(news, markup=False)


@contextmanager
def stop_on_interrupt() -> Generator[list[int]]:
    """A list that Ctrl-C and a polite kill put something into, so that a run stops between steps; twice is at once."""
    asked: list[int] = []

    def note(number: int, _frame: FrameType | None) -> None:
        if asked:
            raise KeyboardInterrupt
        asked.append(number)

    if threading.current_thread() is not threading.main_thread():
        yield asked  # only the main thread hears signals
        return
    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
