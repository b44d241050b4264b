"""From a job's JSON values to the pipeline's arguments."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from mirror_core.errors import InputError
from mirror_core.worker.jobs import make_settings, mask_arguments


@dataclass(frozen=True)
class Settings:
    vertices: int = 2562
    kind: str = "auto"


def test_settings_given_by_name_replace_the_defaults():
    assert make_settings(Settings, {"vertices": 642}) == Settings(642, "auto")


def test_an_unknown_setting_is_refused_by_name():
    with pytest.raises(InputError, match="settings must be among vertices, kind, but 'vertexes' is not"):
        make_settings(Settings, {"vertexes": 642})


def test_mask_arguments_get_their_python_types():
    values = {"method": "grabcut", "rectangle": [1, 2, 3, 4], "file": "mask.png"}
    assert mask_arguments(values) == {"method": "grabcut", "rectangle": (1, 2, 3, 4), "file": Path("mask.png")}
    assert mask_arguments({"rectangle": None, "file": None}) == {"rectangle": None, "file": None}


def test_an_unknown_mask_argument_is_refused_by_name():
    with pytest.raises(InputError, match="'colour'"):
        mask_arguments({"colour": "red"})
