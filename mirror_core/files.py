"""Writing that leaves either the whole result or nothing: temporary names in the same folder, then renames."""

import errno
import os
import secrets
import shutil
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from mirror_core.errors import OutputError

REMEDIES = {
    errno.ENOSPC: "Free some space on the disk or choose another folder.",
    errno.EDQUOT: "Free some of your quota or choose another folder.",
    errno.EACCES: "Choose a folder that you may write to.",
    errno.EPERM: "Choose a folder that you may write to.",
    errno.EROFS: "Choose a folder on a disk that is not read-only.",
    errno.ENOTDIR: "Choose another folder: a part of the path is a file.",
    errno.ENAMETOOLONG: "Choose a shorter name.",
}


def check_absent(paths: Sequence[Path]) -> None:
    """Require that none of `paths` exists.

    Raises:
        OutputError: naming the first that does.
    """
    for path in paths:
        if os.path.lexists(path):
            raise OutputError(f"{path} already exists.", "Allow overwriting or choose another name.")


def write_files(contents: Mapping[Path, bytes], *, overwrite: bool = False) -> list[Path]:
    """Write several files, all or none; the last of them is the one that refers to the others.

    Folders are made as needed. What stood in a file's place is put back when any step fails.

    Args:
        contents: path to bytes.
        overwrite: replace files that exist.

    Returns:
        The paths, in order.

    Raises:
        OutputError: a file exists and `overwrite` is off, or the disk refuses (full, read-only, forbidden).
    """
    paths = list(contents)
    if not overwrite:
        check_absent(paths)
    for path in paths:
        if path.is_dir():
            raise OutputError(f"{path} is a folder, not a file.", "Choose another name.")
    temporary = {path: _temporary_name(path) for path in paths}
    with _disk_errors(paths[-1]):
        try:
            for path in paths:
                path.parent.mkdir(parents=True, exist_ok=True)
                _write(temporary[path], contents[path])
            _exchange(temporary)
        finally:
            for path in temporary.values():
                with suppress(OSError):
                    path.unlink()
    return paths


@contextmanager
def new_folder(folder: Path, *, overwrite: bool = False) -> Generator[Path]:
    """A temporary folder to fill, which takes the name `folder` when the block ends without an error.

    Args:
        folder: the final place; its parent is made as needed.
        overwrite: replace a folder that exists.

    Raises:
        OutputError: as for `write_files`; also when `overwrite` would replace something that is not a folder.
    """
    if not overwrite:
        check_absent([folder])
    if folder.exists() and not folder.is_dir():
        raise OutputError(f"{folder} is a file, not a folder.", "Choose another name.")
    temporary = _temporary_name(folder)
    with _disk_errors(folder):
        try:
            temporary.mkdir(parents=True)
            yield temporary
            _exchange({folder: temporary})
        finally:
            shutil.rmtree(temporary, ignore_errors=True)


def _exchange(temporary: Mapping[Path, Path]) -> None:
    """Rename all new ones into place; on failure put the old ones back."""
    if len(temporary) == 1 and not any(path.is_dir() for path in temporary):
        for path, new in temporary.items():
            new.replace(path)  # one file is exchanged in one step, so that the name is never without a file
        return
    moved: list[tuple[Path, Path | None]] = []
    try:
        for path, new in temporary.items():
            aside = None
            if path.exists():
                aside = _temporary_name(path)
                path.rename(aside)
            moved.append((path, aside))
            new.rename(path)
    except BaseException:
        for path, aside in reversed(moved):
            _remove(path)
            if aside is not None:
                aside.rename(path)
        raise
    for _, aside in moved:
        if aside is not None:
            _remove(aside)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())  # a full disk may only say so here


def _temporary_name(path: Path) -> Path:
    return path.parent / f".{path.name[:100]}.{secrets.token_hex(4)}.tmp"


@contextmanager
def _disk_errors(path: Path) -> Generator[None]:
    try:
        yield
    except OSError as error:
        remedy = REMEDIES.get(error.errno or 0, "Check the disk and the folder, or choose another.")
        reason = error.strerror or str(error)
        raise OutputError(f"{path} cannot be written: {reason}.", remedy) from error
