"""Which photos a command does, and where their results go."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import tyro

from mirror_core.cli.console import Console
from mirror_core.cli.options import Output, ResultOptions, UsageError, interruptible
from mirror_core.errors import CancelledError

if TYPE_CHECKING:
    from mirror_core.pipelines.once import PhotoWork
    from mirror_core.pipelines.photo_to_files import Task


@dataclass(frozen=True, kw_only=True)
class PhotosOptions(ResultOptions):
    """Options of every command that is given photos one by one."""

    photos: Annotated[tuple[Path, ...], tyro.conf.Positional, tyro.conf.arg(metavar="PHOTO...")]
    """Photos of one garment or person each."""
    output: Output = Path()
    """A folder; for a single photo also a file, whose suffix then is the format."""
    mask: Path | None = None
    """A picture as large as the photo, white where the object is (one photo only)."""
    rectangle: tuple[int, int, int, int] | None = None
    """Left, top, right, bottom of the object in pixels, for GrabCut (one photo only)."""

    def targets(self) -> tuple[dict[Path, Path], tuple[str, ...]]:
        """Each photo's target without a suffix, and the formats."""
        from mirror_core.pipelines.batch import name_targets
        from mirror_core.pipelines.export import FORMATS

        photos = list(self.photos)
        if not photos:
            raise UsageError("No photo was given.", "Name at least one.")
        suffix = self.output.suffix.lower()
        if len(photos) > 1 and (self.mask or self.rectangle or suffix in FORMATS):
            what = "--mask" if self.mask else "--rectangle" if self.rectangle else f"-o {self.output}"
            raise UsageError(f"{what} is for one photo, but {len(photos)} were given.", "Do them one by one.")
        if suffix in FORMATS and not self.output.is_dir():
            default = next(field.default for field in dataclasses.fields(ResultOptions) if field.name == "format")
            if self.format not in (default, (suffix[1:],)):
                raise UsageError(
                    f"-o {self.output} asks for {suffix[1:]}, but --format for {' '.join(self.format)}.",
                    "Give a folder, or leave --format out.",
                )
            return {photos[0]: self.output.with_suffix("")}, (suffix[1:],)
        if suffix and not self.output.is_dir() and len(photos) == 1 and suffix != ".mirror":
            raise UsageError(
                f"-o {self.output} has the suffix {suffix}, which is no format to write.",
                f"Choose one of {', '.join(FORMATS)}, or a folder.",
            )
        names = name_targets([Path(photo.name) for photo in photos], Path())
        if len(names) < len(set(photos)):
            raise UsageError("Two of the photos have the same name.", "Do them one by one.")
        return {photo: self.output / names[Path(photo.name)] for photo in photos}, tuple(self.format)


def do_photo(work: "PhotoWork", task: "Task", console: Console) -> bool:
    """Do one photo and tell of it; says whether it went well."""
    try:
        with interruptible() as event, console.bar(task.photo.name) as bar:
            outcome = work(task, progress=bar, cancelled=event.is_set)
    except (CancelledError, BrokenPipeError):
        raise
    except Exception as error:  # a bug, too, must not stop the other photos
        console.failure(error, str(task.photo))
        return False
    mask = {"method": outcome.mask_method, "confidence": outcome.mask_confidence}
    console.result(str(task.photo), list(outcome.files), mask, outcome.metrics)
    return True
