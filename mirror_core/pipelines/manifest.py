"""What a batch has done so far: one JSON object a line, appended as things happen, so that it survives a power cut."""

import dataclasses
import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mirror_core.errors import OutputError

NAME = "manifest.jsonl"


@dataclass(frozen=True)
class Record:
    """One line.

    Attributes:
        photo: path relative to the batch's folder of photos, with forward slashes.
        status: "started", "done", "failed"; "skipped" is never written, it is told of photos done earlier.
        time: when, ISO 8601, UTC.
        sha256: of the photo's bytes; empty when it could not be read.
        settings: of the batch, as a short hash; other settings make other results.
        seconds: how long it took.
        files: main files relative to the output folder.
        mask: the masking method and its confidence.
        metrics: of the result.
        error: class, message and remedy, of a failure.
    """

    photo: str
    status: str
    time: str
    sha256: str = ""
    settings: str = ""
    seconds: float = 0.0
    files: tuple[str, ...] = ()
    mask: dict[str, Any] = field(default_factory=dict[str, Any])
    metrics: dict[str, float] = field(default_factory=dict[str, float])
    error: dict[str, str] = field(default_factory=dict[str, str])


class Manifest:
    """The manifest in an output folder."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / NAME
        self.latest: dict[str, Record] = {}
        """The last record of each photo."""
        self.written: set[str] = set()
        """Every file that any record names."""
        for record in self._read():
            self._note(record)

    def append(self, record: Record) -> None:
        """Write one record and make sure it is on the disk.

        Raises:
            OutputError: the disk refuses.
        """
        values = {name: value for name, value in dataclasses.asdict(record).items() if value not in ("", {}, ())}
        line = json.dumps(values, ensure_ascii=False).encode() + b"\n"
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("ab") as file:
                if not self._ends_with_a_line():
                    line = b"\n" + line  # the last run was cut off in the middle of a line
                file.write(line)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise OutputError(
                f"The manifest {self.path} cannot be written: {error.strerror or error}.",
                "Make space, or choose an output folder that you may write to; finished photos are kept.",
            ) from error
        self._note(record)

    def _note(self, record: Record) -> None:
        self.latest[record.photo] = record
        self.written.update(record.files)

    def _read(self) -> list[Record]:
        try:
            lines = self.path.read_bytes().splitlines()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise OutputError(
                f"The manifest {self.path} cannot be read: {error.strerror}.", "Check the folder."
            ) from error
        return [record for line in lines if (record := _parse(line)) is not None]

    def _ends_with_a_line(self) -> bool:
        data = self.path.stat().st_size
        if data == 0:
            return True
        with self.path.open("rb") as file:
            file.seek(-1, os.SEEK_END)
            return file.read() == b"\n"


def _parse(line: bytes) -> Record | None:
    """A record, or None for a line that was cut off: its photo is then done again."""
    try:
        values: dict[str, Any] = json.loads(line)
        values["files"] = tuple(values.get("files", ()))
        return Record(**values)
    except (ValueError, TypeError, AttributeError):
        return None
