"""The worker's loop: one job at a time in the main thread, messages read in another.

Cancelling sets a flag that the job's own checks see. When stdin closes, Blender is gone: the job is told to stop and
the process ends within a second, whatever the job does.
"""

import logging
import os
import queue
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from typing import IO, TextIO

from mirror_core.errors import CancelledError, InputError, MirrorError
from mirror_core.worker import protocol
from mirror_core.worker.protocol import Cancel, Failure, Job, Log, Message, Preview, Progress, Quit, Result

IDLE_SECONDS = 600.0
"""After so long without a job the process ends by itself, to give its memory back."""

GRACE_SECONDS = 1.0
"""How long a job may take to notice that it has to stop before the process ends under it."""


class Reporter:
    """What a job tells the outside, and how it learns that it should stop."""

    def __init__(self, job_id: str, send: Callable[[Message], None]) -> None:
        self._id = job_id
        self._send = send
        self._stop = threading.Event()
        self._drop = threading.Event()

    def progress(self, done: int, total: int, what: str) -> None:
        """Say how far the job is."""
        self._send(Progress(self._id, done, total, what))

    def preview(self, step: int, loss: float, picture: str, mesh: str = "") -> None:
        """Show what a search has found so far; see `protocol.Preview`."""
        self._send(Preview(self._id, step, loss, picture, mesh))

    def log(self, text: str) -> None:
        """Say something for the log."""
        self._send(Log(text, self._id))

    def cancelled(self) -> bool:
        """True once the job should stop, whether or not its best so far is wanted."""
        return self._stop.is_set()

    def check(self, *, keeping: bool = False) -> None:
        """Raise CancelledError once the job should stop.

        Args:
            keeping: the job has a best so far and is on its way to make that its result: go on where it is wanted.
        """
        if (self._drop if keeping else self._stop).is_set():
            raise CancelledError("The job was cancelled.")

    def stop(self, *, keep: bool = False) -> None:
        """Make `cancelled` true; `keep`: the best so far is wanted. Once dropped it stays so."""
        self._stop.set()
        if not keep:
            self._drop.set()


class LogForwarder(logging.Handler):
    """Sends what the library logs during a job, such as that kernels are being compiled, to the client."""

    def __init__(self, reporter: Reporter) -> None:
        super().__init__(logging.INFO)
        self._reporter = reporter

    def emit(self, record: logging.LogRecord) -> None:
        """Send one record."""
        self._reporter.log(record.getMessage())


JobFunction = Callable[[Job, Reporter], dict[str, float]]
"""Does a job, writes into its folder, returns metrics; raises CancelledError when the reporter says stop."""


def take_stdout() -> IO[str]:
    """A private handle on stdout; from now on whatever else is printed, by C libraries too, goes to stderr."""
    private = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    return private


class Server:
    """Answers the messages that come in on `stdin` with messages on `stdout`."""

    def __init__(self, stdin: TextIO, stdout: IO[str], jobs: Mapping[str, JobFunction]) -> None:
        self._stdin = stdin
        self._stdout = stdout
        self._jobs = jobs
        self._lock = threading.Lock()
        self._inbox: queue.Queue[Job | None] = queue.Queue()
        self._reporters: dict[str, Reporter] = {}
        self._closing = threading.Event()

    def send(self, message: Message) -> None:
        """Write one message; the client's end being closed is the reader's affair."""
        try:
            with self._lock:
                self._stdout.write(protocol.encode(message))
                self._stdout.flush()
        except (OSError, ValueError):
            self._close()

    def run(self, hello: Message) -> int:
        """Say hello and do jobs until told to quit, abandoned, or idle for long; gives the exit code."""
        threading.Thread(target=self._read, name="messages", daemon=True).start()
        self.send(hello)
        while not self._closing.is_set():
            try:
                job = self._inbox.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                break
            if job is not None:
                self._do(job)
        return 0

    def _read(self) -> None:
        while line := self._stdin.readline():
            try:
                message = protocol.decode(line)
            except protocol.GarbageError as error:
                self.send(Failure("GarbageError", str(error), "The add-on and the worker do not fit together."))
                continue
            if isinstance(message, Job):
                self._reporters[message.id] = Reporter(message.id, self.send)
                self._inbox.put(message)
            elif isinstance(message, Cancel):
                # Asked for and used in one step: the job may end, and its reporter go, at any moment.
                if reporter := self._reporters.get(message.id):
                    reporter.stop(keep=message.keep)
            elif isinstance(message, Quit):
                break
        self._close()

    def _close(self) -> None:
        if self._closing.is_set():
            return
        self._closing.set()
        for reporter in list(self._reporters.values()):
            reporter.stop()
        self._inbox.put(None)
        end = threading.Timer(GRACE_SECONDS, os._exit, args=(0,))
        end.daemon = True
        end.start()

    def _do(self, job: Job) -> None:
        reporter = self._reporters[job.id]
        try:
            reporter.check()
            self.send(self._result(job, reporter))
        except Exception as error:  # a job's fault must not end the worker: the client gets it in words
            self.send(describe(error, job.id))
        finally:
            del self._reporters[job.id]

    def _result(self, job: Job, reporter: Reporter) -> Result:
        if job.kind not in self._jobs:
            raise InputError(f"job kind must be one of {', '.join(self._jobs)}, but is {job.kind!r}.")
        forwarder, library = LogForwarder(reporter), logging.getLogger("mirror_core")
        library.addHandler(forwarder)
        try:
            return Result(job.id, job.folder, self._jobs[job.kind](job, reporter))
        finally:
            library.removeHandler(forwarder)


def describe(error: BaseException, job_id: str = "") -> Failure:
    """The message for an error: the library's own sentence and remedy, or the best that can be said of a stranger."""
    trace = "".join(traceback.format_exception(error))
    name = type(error).__name__
    if isinstance(error, MirrorError):
        return Failure(name, error.message, error.remedy, trace, job_id)
    if isinstance(error, MemoryError) or name == "OutOfMemoryError":
        remedy = "Close other programs, or choose a smaller texture or fewer vertices."
        return Failure(name, "The memory is not enough for this job.", remedy, trace, job_id)
    if isinstance(error, OSError):
        remedy = "Check that the disk has room and the folder may be written to."
        return Failure(name, f"A file could not be read or written: {error}.", remedy, trace, job_id)
    message = f"The worker met a fault of its own: {name}: {error}"
    return Failure(name, message, "Please report it with the details from the panel.", trace, job_id)
