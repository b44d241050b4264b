"""How a whole job runs: progress, cancelling, threads."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch

from mirror_core.errors import CancelledError

Progress = Callable[[int, int, str], None]


@dataclass
class Ticker:
    """Reports progress and stops when asked to."""

    total: int
    progress: Progress | None
    cancelled: Callable[[], bool] | None
    done: int = field(default=0, init=False)

    def __call__(self, what: str) -> None:
        if self.cancelled is not None and self.cancelled():
            raise CancelledError("The reconstruction was cancelled.")
        if self.progress is not None:
            self.progress(min(self.done, self.total - 1), self.total, what)
        self.done += 1

    def finish(self) -> None:
        """Say that all is done."""
        if self.progress is not None:
            self.progress(self.total, self.total, "Done")


@contextmanager
def one_thread() -> Generator[None]:
    """Keep torch to one thread: on a busy machine two took three times the processor time on one photo, waiting.

    Several photos at once want several processes, as `mirror batch` starts them.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
