"""From a model's name to its folder, with every file's digest checked. Nothing is ever downloaded."""

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path

from mirror_core.errors import InputError
from mirror_core.weights.catalogue import KnownModel, read_catalogue

FOLDER_VARIABLE = "MIRROR_WEIGHTS"
"""Environment variable that names the folder of all known models; without it, the one inside the package."""


def weights_folder() -> Path:
    """Where the known models lie, each in a folder of its name."""
    chosen = os.environ.get(FOLDER_VARIABLE)
    return Path(chosen) if chosen else Path(__file__).parent / "models"


def find_model(name_or_folder: str | Path, catalogue: Mapping[str, KnownModel] | None = None) -> Path:
    """The folder of a model.

    Args:
        name_or_folder: a name of the catalogue, which goes first, or a folder, taken as it is; write ./NAME for a
            folder that is called like a known model.
        catalogue: the models known by name; none: the project's.

    Raises:
        InputError: neither a known name nor a folder, or a known model's file is missing or damaged.
    """
    known = read_catalogue() if catalogue is None else catalogue
    if str(name_or_folder) in known:
        return _checked(known[str(name_or_folder)])
    folder = Path(name_or_folder)
    if not folder.is_dir():
        names = ", ".join(sorted(known)) or "none yet"
        raise InputError(
            f"There is no model {str(name_or_folder)!r}: it is not a folder, nor a known name ({names}).",
            "Name a known model, or the folder of one, such as best in the folder of a training run.",
        )
    return folder


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _checked(model: KnownModel) -> Path:
    folder = weights_folder() / model.name
    for name, expected in model.digests:
        path = folder / name
        if not path.is_file():
            raise InputError(
                f"The model {model.name!r} is known, but its file {path} is not there.",
                f"Install mirror-core once more, or set {FOLDER_VARIABLE} to the folder that holds {model.name}.",
            )
        found = digest(path)
        if found != expected:
            raise InputError(
                f"{path} is damaged or was changed: its SHA-256 is {found}, but should be {expected}.",
                "Copy it once more; to use weights of your own, name their folder.",
            )
    return folder
