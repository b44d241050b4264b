"""Errors that a user can act on."""

import pytest

from mirror_core import errors


def test_message_and_remedy_are_both_shown_and_both_kept() -> None:
    error = errors.PhotoError("The photo is empty: 0 bytes.", "Choose another file.")
    assert str(error) == "The photo is empty: 0 bytes. Choose another file."
    assert (error.message, error.remedy) == ("The photo is empty: 0 bytes.", "Choose another file.")


def test_a_remedy_is_optional() -> None:
    assert str(errors.MirrorError("Stopped.")) == "Stopped."


@pytest.mark.parametrize(
    "name",
    ["InputError", "PhotoError", "MaskError", "OutputError", "BackendError", "DependencyError", "CancelledError"],
)
def test_one_except_clause_catches_them_all(name: str) -> None:
    assert issubclass(getattr(errors, name), errors.MirrorError)


def test_bad_input_is_also_a_value_error() -> None:
    assert issubclass(errors.MaskError, ValueError)
