"""`mirror batch DIR OUT`."""

import contextlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from mirror_core.cli.console import Console
from mirror_core.cli.options import FitOptions, UsageError, default_jobs, make_pipeline
from mirror_core.errors import InputError

if TYPE_CHECKING:
    from mirror_core.pipelines.manifest import Record


@dataclass(frozen=True, kw_only=True)
class BatchCommand(FitOptions):
    """Reconstruct every photo of a folder; started again, it goes on where it stopped.

    OUT/manifest.jsonl has a line for each photo: status, time, metrics, error.
    """

    photos: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="DIR")]
    """The folder of photos."""
    output: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="OUT")]
    """Where the results go."""
    jobs: int = 0
    """Processes at a time; 0 is one for each core that has 2 GB of memory."""
    masks: Path | None = None
    """Folder with a mask NAME.png or NAME_mask.png for photos that have one."""
    recursive: bool = False
    """Look into folders below, too."""

    def run(self, console: Console) -> int:
        """Do the photos; 1 if any failed."""
        from mirror_core.pipelines.batch import Batch, run_batch
        from mirror_core.pipelines.photo_to_files import PhotoToFiles

        if self.jobs < 0:
            raise UsageError(f"--jobs must not be negative, but is {self.jobs}.", "Leave it out for one a core.")
        counts: dict[str, int] = {"done": 0, "skipped": 0, "failed": 0}
        try:
            work = PhotoToFiles(make_pipeline(self.settings()), tuple(self.format), self.height, self.mask_method)
            batch = Batch(
                photos=self.photos,
                output=self.output,
                work=work,
                settings={**self.settings(), "height": self.height, "mask_method": self.mask_method},
                jobs=self.jobs or default_jobs(),
                masks=self.masks,
                recursive=self.recursive,
                overwrite=self.overwrite,
            )
            records = run_batch(batch)
            with contextlib.closing(records), console.bar(self.photos.name) as bar:
                for total, record in records:
                    counts[record.status] += 1
                    self._tell(record, console)
                    bar(sum(counts.values()), total, record.photo)
        except InputError as error:
            raise UsageError(error.message, error.remedy) from error
        if console.json_lines:
            console.event("summary", **counts)
        else:
            console.say(f"{counts['done']} done, {counts['skipped']} done before, {counts['failed']} failed.")
        return 1 if counts["failed"] else 0

    def _tell(self, record: "Record", console: Console) -> None:
        if record.status == "failed":
            error = record.error
            console.error(error["class"], error["message"], error["remedy"], record.photo)
        elif record.status == "done":
            files = [self.output / file for file in record.files]
            console.result(record.photo, files, record.mask, record.metrics)
        elif console.json_lines:
            console.event("skipped", photo=record.photo)
