"""The models that the project knows by name. Their cards are in docs/models."""

import json
from dataclasses import dataclass
from importlib.resources import files

from mirror_core.errors import InputError
from mirror_core.weights.model_folder import config_from_json


@dataclass(frozen=True)
class KnownModel:
    """A line of the catalogue."""

    name: str
    digests: tuple[tuple[str, str], ...]
    """Every file's name and SHA-256, in hexadecimal digits."""
    licence: str
    """Of the weights, as SPDX has it."""
    data: str
    """What it learnt from, and that data's licence."""
    commit: str
    """Revision of this project that trained it."""


def read_catalogue(text: str | None = None) -> dict[str, KnownModel]:
    """All known models by name.

    Args:
        text: JSON; none: the package's own.

    Raises:
        InputError: it is not a catalogue.
    """
    text = text or (files("mirror_core.weights") / "catalogue.json").read_text(encoding="utf-8")
    try:
        lines: list[object] = json.loads(text)["models"]
    except (ValueError, KeyError, TypeError) as error:
        raise InputError(f"The catalogue of models cannot be read: {error!r}.") from error
    models = [config_from_json(KnownModel, line, "the catalogue of models") for line in lines]
    return {model.name: model for model in models}
