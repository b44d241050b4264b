"""A folder of photos, done in parallel; started again, it goes on where it stopped."""

import dataclasses
import hashlib
import json
import time
from collections.abc import Generator, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mirror_core.errors import InputError, OutputError
from mirror_core.files import check_absent
from mirror_core.pipelines.manifest import Manifest, Record
from mirror_core.pipelines.photo_to_files import Outcome, PhotoToFiles, Task
from mirror_core.pipelines.processes import Failed, run_tasks

PHOTO_SUFFIXES = frozenset(
    ".avif .bmp .gif .heic .heif .jp2 .jpeg .jpg .png .tif .tiff .webp".split()  # noqa: SIM905  easier to read
)
"""Files taken for photos; those that turn out not to be readable are reported as failed."""


@dataclass(frozen=True)
class Batch:
    """What to do with a folder.

    Attributes:
        photos: the folder.
        output: where results and the manifest go.
        work: the way of one photo.
        settings: everything that results depend on, as plain values; a photo done with others is done again.
        jobs: how many processes.
        masks: folder with NAME.png or NAME_mask.png for photos that have a mask file; None for none.
        recursive: look into folders below, too.
        overwrite: replace files that the manifest does not know as this batch's.
    """

    photos: Path
    output: Path
    work: PhotoToFiles
    settings: dict[str, object]
    jobs: int = 1
    masks: Path | None = None
    recursive: bool = False
    overwrite: bool = False


def run_batch(batch: Batch) -> Generator[tuple[int, Record]]:
    """Do every photo of a batch that is not done yet; closing the generator stops it cleanly.

    Yields:
        (how many photos there are in all, a record of one), as each is finished, failed or skipped.

    Raises:
        InputError: the folder is missing or has no photos.
        OutputError: the manifest cannot be written; all that is done is kept.
    """
    manifest = Manifest(batch.output)
    photos = find_photos(batch, manifest)
    settings = hashlib.sha256(json.dumps(batch.settings, sort_keys=True, default=str).encode()).hexdigest()[:16]
    tasks: list[Task] = []
    starts: list[Record] = []
    clocks: dict[int, float] = {}
    for photo, name in name_targets(photos, batch.photos).items():
        relative, target = photo.relative_to(batch.photos).as_posix(), batch.output / name
        files = tuple(path.relative_to(batch.output).as_posix() for path in batch.work.main_files(target))
        record = Record(relative, "started", _now(), _sha256(photo), settings, files=files)
        last = manifest.latest.get(relative)
        if last and _is_done(last, record, batch.output):
            yield len(photos), dataclasses.replace(last, status="skipped")
            continue
        # Files of a run that was cut off are its own to replace.
        overwrite = batch.overwrite or (last is not None and last.status == "started")
        try:
            if not overwrite:
                check_absent([batch.output / file for file in files])
        except OutputError as error:
            yield len(photos), _fail(manifest, record, Failed("OutputError", error.message, error.remedy), 0.0)
            continue
        tasks.append(Task(photo, target, _mask_of(photo, batch), overwrite))
        starts.append(record)

    def started(number: int) -> None:
        clocks[number] = time.perf_counter()
        manifest.append(dataclasses.replace(starts[number], time=_now()))

    for number, answer in run_tasks(batch.work, tasks, batch.jobs, started):
        seconds = time.perf_counter() - clocks[number]
        if isinstance(answer, Failed):
            yield len(photos), _fail(manifest, starts[number], answer, seconds)
        else:
            yield len(photos), _finish(manifest, starts[number], answer, seconds)


def find_photos(batch: Batch, manifest: Manifest) -> list[Path]:
    """The photos of a batch in order, without results of its own and mask files.

    Raises:
        InputError: there is no such folder, or none in it.
    """
    for folder in (batch.photos, *([batch.masks] if batch.masks else [])):
        if not folder.is_dir():
            raise InputError(f"There is no folder {folder}.", "Check the spelling.")
    try:
        paths = sorted(batch.photos.rglob("*") if batch.recursive else batch.photos.iterdir())
    except OSError as error:
        raise InputError(f"{batch.photos} cannot be read: {error.strerror}.", "Check the folder.") from error
    ours = {batch.output / file for file in manifest.written}
    photos = [path for path in paths if _is_photo(path, batch) and path not in ours and not _is_ours(path, ours)]
    if not photos:
        raise InputError(
            f"There are no photos in {batch.photos}.", f"Photos are files with {', '.join(sorted(PHOTO_SUFFIXES))}."
        )
    return photos


def name_targets(photos: Iterable[Path], root: Path) -> dict[Path, Path]:
    """For each photo its target relative to the output folder, without a suffix: a.jpg becomes a.

    Where several photos differ only in their suffix, it stays in the name: a.jpg and a.png become a_jpg and a_png.
    """
    bare = {photo: photo.relative_to(root).with_suffix("") for photo in photos}
    taken = [str(target).casefold() for target in bare.values()]
    return {
        photo: target
        if taken.count(str(target).casefold()) == 1
        else target.with_name(f"{target.name}_{photo.suffix[1:].lower()}")
        for photo, target in bare.items()
    }


def _is_photo(path: Path, batch: Batch) -> bool:
    if path.suffix.lower() not in PHOTO_SUFFIXES or path.name.startswith(".") or not path.is_file():
        return False
    if batch.masks is not None and path.parent == batch.masks and path.stem.endswith("_mask"):
        return False
    return batch.output == batch.photos or batch.output not in path.parents


def _is_ours(path: Path, ours: set[Path]) -> bool:
    """Textures beside our .obj and .ply, and what lies in our folders."""
    if any(parent in ours for parent in path.parents):
        return True
    base = path.name.removesuffix("_texture.png")
    base = base.removesuffix("_ply")
    return path.name.endswith("_texture.png") and any(
        path.with_name(base + suffix) in ours for suffix in (".obj", ".ply")
    )


def _mask_of(photo: Path, batch: Batch) -> Path | None:
    if batch.masks is None:
        return None
    place = batch.masks / photo.relative_to(batch.photos).parent
    candidates = [place / f"{photo.stem}_mask.png", place / f"{photo.stem}.png"]
    return next((path for path in candidates if path.is_file() and path != photo), None)


def _is_done(last: Record, record: Record, output: Path) -> bool:
    same = (last.status, last.sha256, last.settings, last.files) == (
        "done",
        record.sha256,
        record.settings,
        record.files,
    )
    return same and bool(record.sha256) and all((output / file).exists() for file in record.files)


def _finish(manifest: Manifest, start: Record, outcome: Outcome, seconds: float) -> Record:
    record = dataclasses.replace(
        start,
        status="done",
        time=_now(),
        seconds=round(seconds, 3),
        mask={"method": outcome.mask_method, "confidence": round(outcome.mask_confidence, 4)},
        metrics=outcome.metrics,
    )
    manifest.append(record)
    return record


def _fail(manifest: Manifest, start: Record, failed: Failed, seconds: float) -> Record:
    error = {"class": failed.error, "message": failed.message, "remedy": failed.remedy}
    if failed.message.startswith("Internal error"):
        error["details"] = failed.details
    record = dataclasses.replace(start, status="failed", time=_now(), seconds=round(seconds, 3), files=(), error=error)
    manifest.append(record)
    return record


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
