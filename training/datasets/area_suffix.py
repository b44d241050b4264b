"""Mask files as the released lists of 3D Magic Mirror name them: NAME_0.23.png, of which 23 % is foreground."""

import re
from pathlib import Path

from mirror_core.errors import InputError
from training.datasets.folder import PHOTO_SUFFIXES, Sample

MASK_THRESHOLD = 160
"""Grey above which the released code takes a mask for foreground."""

SUFFIX = re.compile(r"(?P<name>.+)_(?P<area>[01]\.\d+)")


def split_name(stem: str) -> tuple[str, float | None]:
    """The photo's name and the foreground share in a mask's name; None where there is no suffix."""
    found = SUFFIX.fullmatch(stem)
    if not found:
        return stem, None
    area = float(found["area"])
    if area > 1.0:
        raise InputError(f"The mask's name {stem!r} ends in a foreground share above 1.", "Rename the mask.")
    return found["name"], area


def find_masks(folder: Path) -> dict[str, tuple[Path, float | None]]:
    """The masks below a folder by their photo's place in it without suffixes, e.g. "0002/0002_c1s1_000451_03".

    Where a photo has a mask with a suffix and one without, the one with the suffix counts.

    Raises:
        InputError: no such folder, no PNG in it, or two masks for one photo.
    """
    require_folder(folder, "with the masks, NAME_0.23.png or NAME.png")
    masks: dict[str, tuple[Path, float | None]] = {}
    for path in sorted(folder.rglob("*.png")):
        name, area = split_name(path.stem)
        key = (path.parent.relative_to(folder) / name).as_posix()
        before = masks.get(key)
        if before and (before[1] is None) == (area is None):
            raise InputError(f"{before[0]} and {path} are both masks of {name}.", "Remove one of them.")
        if before is None or area is not None:
            masks[key] = path, area
    if not masks:
        raise InputError(f"{folder} has no PNG file.", "Put the masks there, NAME_0.23.png or NAME.png.")
    return masks


def find_photo(folder: Path, name: str) -> Path:
    """The photo of this name, whatever its suffix.

    Raises:
        InputError: there is none.
    """
    for suffix in PHOTO_SUFFIXES:
        path = folder / f"{name}{suffix}"
        if path.is_file():
            return path
    raise InputError(
        f"There is no photo {folder / name} with any of the suffixes {', '.join(PHOTO_SUFFIXES)}.",
        "Copy it there, or take it out of the list.",
    )


def pair(photo: Path, mask: tuple[Path, float | None], threshold: int = MASK_THRESHOLD) -> Sample:
    """A photo and its mask."""
    return Sample(photo, mask[0], threshold, mask[1])


def require_folder(folder: Path, what: str) -> None:
    """Raise an `InputError` that says what should be in the folder, and what is there instead of it."""
    if folder.is_dir():
        return
    there = sorted(path.name for path in folder.parent.iterdir())[:8] if folder.parent.is_dir() else []
    raise InputError(
        f"There is no folder {folder} {what}; in its place there is {', '.join(there) or 'nothing'}.",
        "Name the folder of the data set with --data, in its original layout.",
    )


def require_lines(path: Path, what: str) -> list[str]:
    """The lines of a list, without empty ones.

    Raises:
        InputError: no such file, or it is empty; says `what` should be in it.
    """
    if not path.is_file():
        raise InputError(f"There is no file {path} {what}.", "Copy it from the data set or its paper's release.")
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not lines:
        raise InputError(f"{path} is empty.", f"It should be a list {what}.")
    return lines
