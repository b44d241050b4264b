"""The kinds of job the worker can do; each is a function of the job and a reporter."""

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mirror_core.errors import InputError
from mirror_core.worker.protocol import Job
from mirror_core.worker.server import JobFunction, Reporter

if TYPE_CHECKING:
    from mirror_core.images import Photo
    from mirror_core.masking import Mask
    from mirror_core.pipelines.result import Reconstruction

UPRIGHT_PHOTO = "photo.png"
"""Written beside the result when the photo's file is stored rotated, for programs that ignore EXIF (Blender does)."""

EXIF_ORIENTATION = 0x0112


def reconstruct(job: Job, reporter: Reporter) -> dict[str, float]:
    """Photo to result folder; the settings are those of `FitSettings`, the mask's those of `find_mask`."""
    from mirror_core.pipelines.reconstruct import FitSettings, Reconstruct

    pipeline = Reconstruct(make_settings(FitSettings, job.settings))
    photo, mask = _read(job, reporter)
    return _save(job, pipeline(photo, mask, progress=reporter.progress, cancelled=reporter.cancelled))


def invert(job: Job, reporter: Reporter) -> dict[str, float]:
    """Photo to result folder by a search, which shows its best so far; the settings are `InversionSettings`'."""
    from mirror_core.fitting.kind import kind_of
    from mirror_core.inversion import InversionSettings
    from mirror_core.pipelines.invert import Invert
    from mirror_core.worker.previews import Previews

    settings = make_settings(InversionSettings, job.settings)
    pipeline = Invert(settings)
    photo, mask = _read(job, reporter)
    kind = kind_of(mask.values) if settings.kind == "auto" and mask.values.any() else settings.kind

    def progress(done: int, total: int, what: str) -> None:
        reporter.check(keeping=True)
        reporter.progress(done, total, what)

    with Previews(job, reporter, kind) as preview:
        result = pipeline(photo, mask, progress=progress, cancelled=reporter.cancelled, preview=preview)
    reporter.check(keeping=settings.keep_best)
    return _save(job, result)


def sample(job: Job, reporter: Reporter) -> dict[str, float]:
    """A result folder without a photo; the settings are those of `SampleSettings`."""
    from mirror_core.pipelines.sample import Sample, SampleSettings

    pipeline = Sample(make_settings(SampleSettings, job.settings))
    reporter.progress(0, 0, "Making something up")
    result = pipeline()
    reporter.check()
    return _save(job, result)


def _read(job: Job, reporter: Reporter) -> "tuple[Photo, Mask]":
    """The job's photo and its mask, which may have to be found."""
    from mirror_core.images import read_photo
    from mirror_core.masking import find_mask

    reporter.progress(0, 0, "Reading the photo")
    photo = read_photo(job.photo)
    reporter.check()
    reporter.progress(0, 0, "Finding the mask")
    mask = find_mask(photo, **mask_arguments(job.mask))
    reporter.check()
    return photo, mask


def _save(job: Job, result: "Reconstruction") -> dict[str, float]:
    """Write the result folder; gives the result's measures."""
    from mirror_core.pipelines.folder import save_folder

    save_folder(result, Path(job.folder))
    if job.photo:
        _save_upright(Path(job.photo), Path(job.folder))
    return dict(result.metrics)


def make_settings(kind: type[Any], values: dict[str, Any]) -> Any:
    """A settings dataclass from JSON values.

    Raises:
        InputError: a name is not one of its fields.
    """
    names = [field.name for field in dataclasses.fields(kind)]
    if unknown := sorted(set(values) - set(names)):
        raise InputError(f"settings must be among {', '.join(names)}, but {unknown[0]!r} is not.")
    return kind(**values)


def mask_arguments(values: dict[str, Any]) -> dict[str, Any]:
    """Keyword arguments for `find_mask` from JSON values.

    Raises:
        InputError: a name is not method, rectangle or file.
    """
    if unknown := sorted(set(values) - {"method", "rectangle", "file"}):
        raise InputError(f"mask arguments must be among method, rectangle, file, but {unknown[0]!r} is not.")
    arguments = dict(values)
    if arguments.get("rectangle") is not None:
        arguments["rectangle"] = tuple(arguments["rectangle"])
    if arguments.get("file") is not None:
        arguments["file"] = Path(arguments["file"])
    return arguments


def _save_upright(photo: Path, folder: Path) -> None:
    from PIL import Image, ImageOps

    with Image.open(photo) as image:
        if image.getexif().get(EXIF_ORIENTATION, 1) != 1:
            ImageOps.exif_transpose(image).convert("RGB").save(folder / UPRIGHT_PHOTO)


JOBS: dict[str, JobFunction] = {"reconstruct": reconstruct, "invert": invert, "sample": sample}
