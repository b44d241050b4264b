"""Photos done once: a record beside the results says which are finished, whoever did them."""

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from mirror_core.files import write_files
from mirror_core.pipelines.photo_to_files import Outcome, Progress, Task


@runtime_checkable
class PhotoWork(Protocol):
    """The way of one photo: `mirror_core.pipelines.photo_to_files.PhotoToFiles`."""

    def __call__(
        self, task: Task, *, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Outcome: ...


@dataclass(frozen=True)
class Once:
    """Does a photo unless a record says that it is done, with these settings and this content.

    Beside the results stands TARGET.record.json: "started" before the work, "done" after it. A photo that was started
    and not finished, since a machine died, is done again over what it left; files of others are never replaced.

    Attributes:
        work: the way of one photo.
        settings: everything that results depend on, as plain values.
    """

    work: PhotoWork
    settings: dict[str, Any]

    def __call__(
        self, task: Task, *, progress: Progress | None = None, cancelled: Callable[[], bool] | None = None
    ) -> Outcome:
        """Do one photo, or say what was done.

        Raises:
            MirrorError: as the work does; also `OutputError`, where a file of somebody else is in the way.
        """
        path = record_path(task.target)
        key = self._key(task)
        known = _read(path)
        if known.get("key") == key and known.get("status") == "done":
            files = tuple(Path(name) for name in known["files"])
            if all(file.exists() for file in files):
                mask = known["mask"]
                return Outcome(files, dict(known["metrics"]), str(mask["method"]), float(mask["confidence"]))
        ours = known.get("key") is not None
        _write(path, {"key": key, "status": "started"})
        outcome = self.work(
            Task(task.photo, task.target, task.mask, task.overwrite or ours), progress=progress, cancelled=cancelled
        )
        mask = {"method": outcome.mask_method, "confidence": outcome.mask_confidence}
        files = [str(file) for file in outcome.files]
        _write(path, {"key": key, "status": "done", "files": files, "metrics": outcome.metrics, "mask": mask})
        return outcome

    def is_done(self, task: Task) -> bool:
        """Whether a record says so."""
        known = _read(record_path(task.target))
        done = known.get("key") == self._key(task) and known.get("status") == "done"
        return done and all(Path(name).exists() for name in known["files"])

    def _key(self, task: Task) -> str:
        """Of settings and what is read; a photo that cannot be read has its name alone, and fails when it is done."""
        digest = hashlib.sha256(json.dumps(self.settings, sort_keys=True, default=_plain).encode())
        for path in (task.photo, task.mask):
            digest.update(str(path).encode())
            if path is not None and path.is_file():
                digest.update(path.read_bytes())
        return digest.hexdigest()


def record_path(target: Path) -> Path:
    """The record of a photo's results."""
    return target.with_name(f"{target.name}.record.json")


def _read(path: Path) -> dict[str, Any]:
    """A record; nothing where there is none, or none that can be read."""
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return {str(name): value for name, value in found.items()} if isinstance(found, dict) else {}


def _write(path: Path, values: dict[str, Any]) -> None:
    write_files({path: (json.dumps(values, indent=1) + "\n").encode()}, overwrite=True)


def _plain(value: Any) -> Any:
    return asdict(value) if hasattr(value, "__dataclass_fields__") else str(value)
