"""The add-on's end of the worker: a process, a thread that reads it, and a queue. No bpy; never blocks.

Whatever the worker does (crash, hang, print garbage, speak another version), `poll` raises an `AddonError` that says
so, and the process is gone afterwards.
"""

import queue
import subprocess
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

from .errors import CancelledError, CrashError, GarbageError, HangError, InterpreterError, VersionError
from .protocol_file import protocol
from .runtime import NO_WINDOW, REMEDY, Runtime

OLDEST_TORCH = (2, 6)

GARBAGE_LINES = 20
"""Banners that an interpreter's start-up prints are forgiven, up to so many lines."""


@dataclass(frozen=True)
class Limits:
    """How long to wait, in seconds."""

    hello: float = 180.0
    """From the start to the worker's hello; importing torch from a slow disk takes its time."""
    silence: float = 300.0
    """Between two messages of a running job; compiling kernels on first use is the longest known silence."""
    cancel: float = 1.0
    """From a cancel to its answer; then the worker is killed, and the next job starts another."""
    keep: float = 120.0
    """From a cancel that keeps the best so far to the result; the texture is still to be made."""
    farewell: float = 0.5
    """From being told to quit to being killed."""


class WorkerClient:
    """One worker process.

    Args:
        runtime: the interpreter and its environment.
        limits: how long to wait.
        arguments: of the interpreter; the default runs the worker.
    """

    def __init__(
        self, runtime: Runtime, limits: Limits | None = None, arguments: tuple[str, ...] = ("-m", "mirror_core.worker")
    ) -> None:
        self.limits = limits or Limits()
        self.hello: Any = None
        self._log: deque[str] = deque(maxlen=200)
        self._garbage: list[str] = []
        self._queue: queue.Queue[str | None] = queue.Queue()
        self._waiting: list[str] = []
        self._job: str | None = None
        self._deadline: float | None = None
        self._closed = False
        self._heard = time.monotonic()
        self._python = runtime.python
        try:
            self._process = subprocess.Popen(
                runtime.command(*arguments),
                env=runtime.environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=NO_WINDOW,
            )
        except OSError as error:
            raise InterpreterError(f"The interpreter {runtime.python} does not start: {error}.", REMEDY) from error
        self._read_in_thread(self._process.stdout, self._queue.put, lambda: self._queue.put(None))
        self._read_in_thread(self._process.stderr, lambda line: self._log.append(line.rstrip()), lambda: None)

    @staticmethod
    def _read_in_thread(stream: IO[bytes] | None, take: Callable[[str], object], end: Callable[[], object]) -> None:
        def read() -> None:
            assert stream is not None
            with stream:
                while line := stream.readline(protocol.MAX_LINE):
                    take(line.decode("utf-8", errors="replace"))
            end()

        threading.Thread(target=read, name="mirror-worker", daemon=True).start()

    @property
    def alive(self) -> bool:
        """False once the process has ended or been closed."""
        return not self._closed and self._process.poll() is None

    @property
    def busy(self) -> bool:
        """True from `submit` until the job's result, failure or the worker's end."""
        return self._job is not None

    @property
    def log(self) -> str:
        """The last lines that the worker wrote to stderr."""
        return "\n".join([*self._log, *self._garbage])

    def submit(self, job: Any) -> None:
        """Give it a job (`protocol.Job`); one at a time."""
        assert not self.busy, "the worker has a job already"
        self._job = job.id
        self._deadline = None
        self._heard = time.monotonic()
        self._send(protocol.encode(job))

    def cancel(self, *, keep: bool = False) -> None:
        """Ask it to stop the job; `keep`: to make the best so far its result, for which it has longer.

        Once asked, asking again changes nothing, but for dropping what was to be kept.
        """
        deadline = time.monotonic() + (self.limits.keep if keep else self.limits.cancel)
        if self._job is not None and (self._deadline is None or deadline < self._deadline):
            self._deadline = deadline
            self._send(protocol.encode(protocol.Cancel(self._job, keep)))

    def poll(self) -> list[Any]:
        """The messages about the job that came since the last call.

        Raises:
            AddonError: the worker crashed, hangs, talks garbage, is of another version, or ignores a cancel; then it
                has been killed.
        """
        try:
            messages: list[Any] = []
            while not self._queue.empty():
                line = self._queue.get()
                messages += self._ended() if line is None else self._understand(line)
            self._check_time()
        except Exception:
            self.kill()
            raise
        return messages

    def close(self) -> None:
        """Tell it to quit, and kill it should it not."""
        if self.alive:
            self._send(protocol.encode(protocol.Quit()))
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(self.limits.farewell)
        self.kill()

    def kill(self) -> None:
        """End the process now."""
        self._closed = True
        self._job = None
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdin is not None:
            with suppress(OSError):  # what is still in the buffer has nobody to go to
                self._process.stdin.close()

    def _send(self, line: str) -> None:
        # Nothing is said before the versions are known to fit.
        self._waiting.append(line)
        if self.hello is None or self._process.stdin is None:
            return
        with suppress(OSError):  # it has ended: `poll` tells it better, with its last words
            self._process.stdin.write("".join(self._waiting).encode())
            self._process.stdin.flush()
        self._waiting.clear()

    def _ended(self) -> list[Any]:
        code = self._process.wait()
        time.sleep(0.05)  # for the thread that reads its last words
        if self.hello is None:
            message = f"The interpreter {self._python} ended with code {code} before the worker was ready."
            raise CrashError(message, REMEDY, self.log)
        if self.busy:
            message = f"The worker ended with code {code} in the middle of the job."
            remedy = "Try again; if it happens again, close other programs (memory) or choose fewer vertices."
            raise CrashError(message, remedy, self.log)
        self._closed = True
        return []

    def _understand(self, line: str) -> list[Any]:
        try:
            message = protocol.decode(line)
        except protocol.GarbageError as error:
            self._garbage.append(line[:200].rstrip())
            if len(self._garbage) > GARBAGE_LINES:
                text = f"The interpreter {self._python} does not run the worker but prints: {self._garbage[0]!r}."
                raise GarbageError(text, REMEDY, self.log) from error
            return []
        self._heard = time.monotonic()
        if isinstance(message, protocol.Hello):
            self._greet(message)
            return []
        if isinstance(message, protocol.Failure) and not message.id:
            raise InterpreterError(message.message, message.remedy or REMEDY, message.traceback)
        if isinstance(message, protocol.Log):
            self._log.append(message.text)
        if getattr(message, "id", None) != self._job:
            return []
        if isinstance(message, protocol.Result | protocol.Failure):
            self._job = None
        return [message]

    def _greet(self, hello: Any) -> None:
        if hello.protocol != protocol.PROTOCOL:
            text = f"The worker speaks protocol {hello.protocol}, but this add-on speaks {protocol.PROTOCOL}."
            raise VersionError(text, "Install the add-on again, and empty the interpreter preference.", self.log)
        torch = hello.versions.get("torch", "none")
        if _numbers(torch) < OLDEST_TORCH:
            text = f"The interpreter {self._python} has torch {torch}, but at least 2.6 is needed."
            raise VersionError(text, REMEDY, self.log)
        self.hello = hello
        self._send("")

    def _check_time(self) -> None:
        now = time.monotonic()
        if self.busy and self._deadline is not None and now > self._deadline:
            raise CancelledError("The job was cancelled.")
        silent = now - self._heard
        if self.hello is None and silent > self.limits.hello:
            text = f"The interpreter {self._python} started, but no worker answered within {self.limits.hello:g} s."
            raise HangError(text, REMEDY, self.log)
        if self.hello is not None and self.busy and silent > self.limits.silence:
            text = f"The worker said nothing for {self.limits.silence:g} s and was ended."
            raise HangError(text, "Try again; the details have its last words.", self.log)


def _numbers(version: str) -> tuple[int, ...]:
    head = version.partition("+")[0].split(".")[:2]
    return tuple(int(part) for part in head) if all(part.isdigit() for part in head) else (0, 0)
