"""Class labels as the data sets tell them: CUB's folders are numbered, PASCAL3D+'s cars have a list by ConvMesh.

ConvMesh's list p3d_labels.csv has a header, then a line for each photo: its file, its colour, its second colour, its
shape, and one column more. The shape is the class, of which there are 11. What the colours are for, a condition on
class and colour together, is not done here: MeshInversion trains with the class alone.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mirror_core.errors import InputError
from training.datasets.area_suffix import require_lines

Labels = npt.NDArray[np.int64]
FILE, SHAPE = 0, 3
"""Columns of ConvMesh's list."""


def folder_labels(names: Sequence[str]) -> Labels:
    """Labels from the photos' folders: "001.Black_footed_Albatross/NAME.jpg" is of class 0.

    Raises:
        InputError: a folder's name does not begin with a number and a point.
    """
    return np.array([_folder_label(name) for name in names], np.int64)


def _folder_label(name: str) -> int:
    number, point, _ = Path(name).parent.name.partition(".")
    if not point or not number.isdecimal() or int(number) < 1:
        raise InputError(
            f"The folder of the photo {name!r} tells no class.", "Name folders as CUB-200-2011 does, 001.CLASS."
        )
    return int(number) - 1


def listed_labels(path: Path, names: Sequence[str]) -> Labels:
    """Labels from ConvMesh's list: the place of a photo's shape among all its shapes by alphabet.

    Args:
        path: the list.
        names: of photos; folders and suffixes do not count.

    Raises:
        InputError: it cannot be read, or a photo is not in it.
    """
    shapes = _shapes(path)
    numbers = {shape: number for number, shape in enumerate(sorted(set(shapes.values())))}
    missing = [name for name in names if Path(name).stem not in shapes]
    if missing:
        raise InputError(
            f"{path} does not name {len(missing)} of {len(names)} photos, e.g. {missing[0]}.",
            "Add their lines, or take the photos out.",
        )
    return np.array([numbers[shapes[Path(name).stem]] for name in names], np.int64)


def _shapes(path: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in require_lines(path, "with a photo's file, two colours and its shape a line")[1:]:
        words = [word.strip() for word in line.split(",")]
        if len(words) <= SHAPE:
            raise InputError(
                f"{path} has the line {line!r}.", "Expected are a file, two colours and a shape, with commas between."
            )
        found[Path(words[FILE]).stem] = words[SHAPE]
    return found
