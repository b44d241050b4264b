"""Long work that runs beside Blender: started, polled, cancelled. No bpy; nothing here blocks."""

import dataclasses
import shutil
import subprocess
import threading
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .errors import AddonError, CancelledError, InterpreterError, JobError
from .protocol_file import protocol
from .runtime import NO_WINDOW, READY_MARK, environment_python
from .worker_client import WorkerClient


@dataclass(frozen=True)
class Status:
    """How far a task is; a total of 0 means that nobody knows."""

    done: int = 0
    total: int = 0
    what: str = "Starting"
    note: str = ""
    """A sentence beside it, which may be long."""

    @property
    def share(self) -> float:
        """0..1."""
        return min(1.0, self.done / self.total) if self.total else 0.0


class Task(Protocol):
    """What the operators need of long work."""

    status: Status

    @property
    def preview(self) -> Any:
        """The newest `protocol.Preview` of a search; None where there is none yet."""
        ...

    @property
    def cancel_label(self) -> str:
        """What the next `cancel` would do, for a button."""
        ...

    def poll(self) -> bool:
        """True once done; raises an AddonError when it failed or was cancelled."""
        ...

    def cancel(self) -> None:
        """Ask it to stop.

        A search that has something to show then ends with that; asked again, and at once for any other, `poll` raises
        CancelledError.
        """
        ...


class JobTask:
    """A job of the worker; after `poll` was true, `folder` holds the result."""

    def __init__(self, client: WorkerClient, job: Any) -> None:
        self.status = Status(what="Starting the worker" if client.hello is None else "Starting")
        self.preview: Any = None
        self.folder = Path(job.folder)
        self._asked = self._keeping = self._dropped = False
        self._client = client
        client.submit(job)

    @property
    def cancel_label(self) -> str:
        """See `Task`."""
        if self._keeping:
            return "Drop It"
        return "Stop and Keep the Best" if self.preview is not None and not self._asked else "Cancel"

    def poll(self) -> bool:
        """See `Task`."""
        try:
            return any(self._understand(message) for message in self._client.poll())
        except AddonError:
            # A worker that was killed could not tidy up.
            shutil.rmtree(protocol.preview_folder(str(self.folder)), ignore_errors=True)
            raise

    def _understand(self, message: Any) -> bool:
        """Take a message in; true if it is the result."""
        if isinstance(message, protocol.Progress):
            self.status = Status(message.done, message.total, message.what)
        elif isinstance(message, protocol.Preview):
            self.preview = message
        elif isinstance(message, protocol.Log):
            self.status = dataclasses.replace(self.status, note=message.text)
        elif isinstance(message, protocol.Failure):
            raise _failure(message)
        elif isinstance(message, protocol.Result):
            if self._dropped:  # it was on its way when it was no longer wanted
                shutil.rmtree(message.folder, ignore_errors=True)
                raise CancelledError("The job was cancelled.")
            self.folder = Path(message.folder)
            return True
        return False

    def cancel(self) -> None:
        """See `Task`."""
        self._dropped = self._dropped or self._keeping
        self._keeping = self.preview is not None and not self._asked
        self._asked = True
        what = "Keeping the best so far" if self._keeping else "Cancelling"
        self.status = dataclasses.replace(self.status, what=what, note="")
        self._client.cancel(keep=self._keeping)


def _failure(message: Any) -> AddonError:
    if message.error == "CancelledError":
        return CancelledError("The job was cancelled.")
    return JobError(message.error, message.message, message.remedy, message.traceback)


STAGES = ("Creating the environment", "Installing packages")
"""Of a `PrepareTask`."""


class PrepareTask:
    """Makes a virtual environment and installs the requirements into it with pip; asks nobody, so ask before.

    Args:
        base: the interpreter to start from.
        folder: where the environment goes; an earlier one there is replaced.
        requirements: a requirements file.
    """

    preview = None
    cancel_label = "Cancel"

    def __init__(self, base: Path, folder: Path, requirements: Path) -> None:
        self.status = Status(0, 2, STAGES[0])
        self.python = environment_python(folder)
        self._folder = folder
        self._commands = [
            [str(base), "-m", "venv", "--clear", str(folder)],
            [str(self.python), "-m", "pip", "install", "--disable-pip-version-check", "-r", str(requirements)],
        ]
        self._output: deque[str] = deque(maxlen=100)
        self._process: subprocess.Popen[str] | None = None
        self._cancelled = threading.Event()
        self._error: AddonError | None = None
        (folder / READY_MARK).unlink(missing_ok=True)
        self._thread = threading.Thread(target=self._run, name="mirror-prepare", daemon=True)
        self._thread.start()

    def poll(self) -> bool:
        """See `Task`."""
        if self._thread.is_alive():
            return False
        if self._cancelled.is_set():
            raise CancelledError("Preparing the interpreter was cancelled.")
        if self._error is not None:
            raise self._error
        return True

    def cancel(self) -> None:
        """See `Task`."""
        self._cancelled.set()
        if self._process is not None:
            self._process.kill()

    def _run(self) -> None:
        try:
            for number, command in enumerate(self._commands):
                self._call(number, command)
            (self._folder / READY_MARK).write_text("The environment is complete.\n", encoding="utf-8")
        except AddonError as error:
            self._error = error
        except OSError as error:
            remedy = "Check that the disk has room, or name an interpreter of your own."
            self._error = InterpreterError(f"The environment in {self._folder} cannot be made: {error}.", remedy)

    def _call(self, number: int, command: list[str]) -> None:
        if self._cancelled.is_set():
            return
        with subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
            errors="replace",
            creationflags=NO_WINDOW,
        ) as process:
            self._process = process
            if self._cancelled.is_set():
                process.kill()
            for line in process.stdout or ():
                self._output.append(line.rstrip())
                self.status = Status(number, 2, STAGES[number], line.strip()[:200])
        if process.returncode:
            text = f"The command {' '.join(command[:4])} ended with code {process.returncode}."
            remedy = "Check the network and the room on the disk, or name an interpreter of your own."
            raise InterpreterError(text, remedy, "\n".join(self._output))
