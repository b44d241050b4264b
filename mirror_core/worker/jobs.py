"""The kinds of job the worker can do; each is a function of the job and a reporter."""

import dataclasses
from pathlib import Path
from typing import Any

from mirror_core.errors import InputError
from mirror_core.worker.protocol import Job
from mirror_core.worker.server import JobFunction, Reporter

UPRIGHT_PHOTO = "photo.png"
"""Written beside the result when the photo's file is stored rotated, for programs that ignore EXIF (Blender does)."""

EXIF_ORIENTATION = 0x0112


def reconstruct(job: Job, reporter: Reporter) -> dict[str, float]:
    """Photo to result folder; the settings are those of `FitSettings`, the mask's those of `find_mask`."""
    from mirror_core.images import read_photo
    from mirror_core.masking import find_mask
    from mirror_core.pipelines.folder import save_folder
    from mirror_core.pipelines.reconstruct import FitSettings, Reconstruct

    pipeline = Reconstruct(make_settings(FitSettings, job.settings))
    reporter.progress(0, 0, "Reading the photo")
    photo = read_photo(job.photo)
    reporter.check()
    reporter.progress(0, 0, "Finding the mask")
    mask = find_mask(photo, **mask_arguments(job.mask))
    reporter.check()
    result = pipeline(photo, mask, progress=reporter.progress, cancelled=reporter.cancelled)
    save_folder(result, Path(job.folder))
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


JOBS: dict[str, JobFunction] = {"reconstruct": reconstruct}
