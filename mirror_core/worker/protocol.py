"""What the worker and its client say to each other: one JSON object a line, over the worker's stdin and stdout.

Standard library only, and importable on its own: Blender's side loads this very file without the rest of the package.

To the worker:   Job, Cancel, Quit.
From the worker: Hello (once, first), then for a job any number of Progress, Preview and Log, and one Result or Failure.
Arrays never travel in messages; they are files in the job's folder, or beside it (`preview_folder`).
"""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

PROTOCOL = 2
"""Version of this file's messages; both sides must have the same."""

MAX_LINE = 1_000_000
"""Longest line, in characters, that is taken for a message."""


class GarbageError(ValueError):
    """A line that is not a message of this protocol."""


@dataclass(frozen=True)
class Hello:
    """The worker is ready: what it runs on."""

    versions: dict[str, str]
    """Of python, mirror_core, torch and numpy."""
    device: str
    """The device that "auto" means here, with its name: "cpu (8 threads)", "cuda (NVIDIA ...)"."""
    memory: int
    """Main memory in bytes; 0 where unknown."""
    protocol: int = PROTOCOL


@dataclass(frozen=True)
class Job:
    """Work to do; everything it makes goes into `folder`, which it creates."""

    id: str
    kind: str
    photo: str
    """Its file; empty for a job that needs none."""
    folder: str
    mask: dict[str, Any] = field(default_factory=dict[str, Any])
    """Arguments of `mirror_core.masking.find_mask`: method, rectangle, file."""
    settings: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Cancel:
    """Stop that job; it answers with a Failure of class CancelledError, or with the Result that was ready first.

    May be sent again: with `keep` first, and without it when even that takes too long.
    """

    id: str
    keep: bool = False
    """A job that knows a best so far makes that its Result; others have nothing to keep, and fail as without it."""


@dataclass(frozen=True)
class Quit:
    """End the process, after the job in hand has been cancelled."""


@dataclass(frozen=True)
class Progress:
    """`done` of `total` steps are behind; `what` is being done now."""

    id: str
    done: int
    total: int
    what: str


@dataclass(frozen=True)
class Preview:
    """What a search has found so far, while it goes on; its files lie in the job's `preview_folder`."""

    id: str
    step: int
    """Of the search."""
    loss: float
    """Of what is shown: lower is better."""
    picture: str
    """A small PNG file."""
    mesh: str = ""
    """A .npz file with float32 `vertices` (V, 3) in template units, int32 `faces` (F, 3), uint8 `colours` (V, 3), and
    the `kind`; empty where there is none."""


@dataclass(frozen=True)
class Log:
    """A line for the log."""

    text: str
    id: str = ""


@dataclass(frozen=True)
class Result:
    """The job is done; `folder` holds what it made."""

    id: str
    folder: str
    metrics: dict[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True)
class Failure:
    """The job (or, without an id, the worker) failed."""

    error: str
    """Name of the error's class."""
    message: str
    """One sentence: what was wrong, with the value."""
    remedy: str = ""
    """One sentence: what to do about it."""
    traceback: str = ""
    id: str = ""


Message = Hello | Job | Cancel | Quit | Progress | Preview | Log | Result | Failure

_NAMES: dict[str, type[Message]] = {
    "hello": Hello,
    "job": Job,
    "cancel": Cancel,
    "quit": Quit,
    "progress": Progress,
    "preview": Preview,
    "log": Log,
    "result": Result,
    "error": Failure,
}
_TYPES = {kind: name for name, kind in _NAMES.items()}


def preview_folder(folder: str) -> str:
    """Where the previews of a job with that `folder` lie; gone with the job's end.

    Beside the job's own, which appears whole or not at all. Whoever kills the worker removes it.
    """
    return f"{folder}-preview"


def encode(message: Message) -> str:
    """One line, with its end; ASCII, so that no locale can spoil it."""
    return json.dumps({"type": _TYPES[type(message)], **asdict(message)}) + "\n"


def decode(line: str) -> Message:
    """The message of a line.

    Raises:
        GarbageError: the line is no JSON object, of no known type, or has other fields than its type.
    """
    try:
        fields = json.loads(line[:MAX_LINE])
        kind = _NAMES[fields.pop("type")]
        message = kind(**fields)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise GarbageError(f"This line is not a message: {line.strip()[:200]!r}.") from error
    if not all(_fits(getattr(message, name), wanted.type) for name, wanted in kind.__dataclass_fields__.items()):
        raise GarbageError(f"This message has fields of a wrong type: {line.strip()[:200]!r}.")
    return message


def _fits(value: object, wanted: Any) -> bool:
    origin = getattr(wanted, "__origin__", wanted)
    return isinstance(value, origin) and not (origin is int and isinstance(value, bool))
