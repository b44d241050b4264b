"""Checks for public entrances: each raises `InputError` naming the argument, the rule and the value."""

from collections.abc import Sequence

import numpy as np
import torch

from mirror_core.errors import InputError

Array = torch.Tensor | np.ndarray


def check_shape(name: str, array: Array, shape: Sequence[int | str]) -> None:
    """Require `array` to have `shape`, where a string such as "V" stands for any length."""
    actual = tuple(array.shape)
    fits = len(actual) == len(shape) and all(
        isinstance(wanted, str) or wanted == got for wanted, got in zip(shape, actual, strict=True)
    )
    if not fits:
        wanted = ", ".join(str(length) for length in shape)
        raise InputError(f"{name} must have shape ({wanted}), but its shape is {actual}.")


def check_range(name: str, value: int | float, low: int | float, high: int | float) -> None:
    """Require low <= value <= high; NaN fails."""
    if not low <= value <= high:
        raise InputError(f"{name} must lie between {low:g} and {high:g}, but is {value:g}.")


def check_choice(name: str, value: str, choices: Sequence[str]) -> None:
    """Require `value` to be one of `choices`."""
    if value not in choices:
        raise InputError(f"{name} must be one of {', '.join(choices)}, but is {value!r}.")


def check_finite(name: str, array: Array) -> None:
    """Require every element to be finite."""
    finite = torch.isfinite(torch.as_tensor(array))
    if not bool(finite.all()):
        raise InputError(f"{name} must be finite, but {int((~finite).sum())} of {finite.numel()} values are not.")
