"""The whole way of one photo: read it, find its mask, reconstruct, write every format asked for, all or none."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from mirror_core.checks import check_choice
from mirror_core.errors import InputError
from mirror_core.files import check_absent, write_files
from mirror_core.images import Photo, read_photo
from mirror_core.masking import Mask, find_mask
from mirror_core.pipelines.export import FORMATS, encode
from mirror_core.pipelines.folder import save_folder
from mirror_core.pipelines.result import Reconstruction

FORMAT_NAMES = (*(suffix[1:] for suffix in FORMATS), "folder")
"""What can be written: file formats, and "folder" for the result folder NAME.mirror that Blender and turntable read."""

Progress = Callable[[int, int, str], None]


@runtime_checkable
class Pipeline(Protocol):
    """What reconstructs: `mirror_core.pipelines.reconstruct.Reconstruct`."""

    def __call__(
        self,
        photo: Photo,
        mask: Mask,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reconstruction: ...


@dataclass(frozen=True)
class Task:
    """One photo and where its results go.

    Attributes:
        photo: the file.
        target: where the results go, without a suffix: each format adds its own.
        mask: a mask file, if there is one.
        overwrite: replace results that exist.
    """

    photo: Path
    target: Path
    mask: Path | None = None
    overwrite: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of a task: every file written, the metrics, and how the mask was found."""

    files: tuple[Path, ...]
    metrics: dict[str, float]
    mask_method: str
    mask_confidence: float


@dataclass(frozen=True)
class PhotoToFiles:
    """The way of a photo with everything that is the same for many.

    Attributes:
        pipeline: what reconstructs.
        formats: of `FORMAT_NAMES`.
        height_m: metres; None is the default of the result's kind.
        mask_method: for photos without a mask file.
        rectangle: (left, top, right, bottom) in photo pixels, for GrabCut.
    """

    pipeline: Pipeline
    formats: tuple[str, ...] = ("glb",)
    height_m: float | None = None
    mask_method: str = "auto"
    rectangle: tuple[int, int, int, int] | None = field(default=None)

    def __post_init__(self) -> None:
        if not self.formats:
            raise InputError("No format to write was given.", f"Choose from {', '.join(FORMAT_NAMES)}.")
        for name in self.formats:
            check_choice("format", name, FORMAT_NAMES)
        if self.height_m is not None and not 0 < self.height_m < float("inf"):
            raise InputError(f"height_m must be positive, but is {self.height_m:g}.")

    def main_files(self, target: Path) -> list[Path]:
        """The main file, or the folder, of each format."""
        return [target.with_name(f"{target.name}.{_suffix(name)}") for name in self.formats]

    def __call__(
        self,
        task: Task,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Outcome:
        """Do one photo.

        Raises:
            MirrorError: any of the errors of reading, masking, reconstructing and writing; nothing is then written.
        """
        main_files = self.main_files(task.target)
        if not task.overwrite:
            check_absent(main_files)
        _tell(progress, "Reading the photo")
        photo = read_photo(task.photo)
        _tell(progress, "Finding the mask")
        mask = self._find_mask(photo, task.mask)
        result = self.pipeline(photo, mask, progress=progress, cancelled=cancelled)
        _tell(progress, "Writing")
        files = self._write(result, main_files, overwrite=task.overwrite)
        return Outcome(tuple(files), dict(result.metrics), mask.method, mask.confidence)

    def _find_mask(self, photo: Photo, file: Path | None) -> Mask:
        if file is not None:
            return find_mask(photo, "file", file=file)
        return find_mask(photo, self.mask_method, rectangle=self.rectangle)

    def _write(self, result: Reconstruction, main_files: list[Path], *, overwrite: bool) -> list[Path]:
        contents: dict[Path, bytes] = {}
        folders = [path for name, path in zip(self.formats, main_files, strict=True) if name == "folder"]
        for path in main_files:
            if path not in folders:
                contents.update(encode(result, path, height_m=self.height_m))
        fresh = [folder for folder in folders if not folder.exists()]
        if not overwrite:
            check_absent(list(contents))
        for folder in folders:
            save_folder(result, folder, overwrite=overwrite)
        try:
            return [*folders, *(write_files(contents, overwrite=overwrite) if contents else [])]
        except BaseException:
            for folder in fresh:
                shutil.rmtree(folder, ignore_errors=True)
            raise


def _suffix(name: str) -> str:
    return "mirror" if name == "folder" else name


def _tell(progress: Progress | None, what: str) -> None:
    if progress is not None:
        progress(0, 0, what)
