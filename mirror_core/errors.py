"""Errors that a user can act on: what was wrong, with the value, and what to do."""


class MirrorError(Exception):
    """Base of every error this library raises on purpose.

    Args:
        message: one sentence that says what was wrong, with the offending value.
        remedy: one sentence that says what to do about it; may be empty.
    """

    def __init__(self, message: str, remedy: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy


class InputError(MirrorError, ValueError):
    """An argument, a setting or a file's content is not usable."""


class PhotoError(InputError):
    """The photo cannot be read or is not usable."""


class MaskError(InputError):
    """The mask is missing, empty, full, or does not fit its photo."""


class OutputError(MirrorError):
    """A result cannot be written; nothing half-written was left behind."""


class BackendError(MirrorError):
    """A rendering back end or device was asked for that is not there."""


class DependencyError(MirrorError):
    """An optional package is needed for what was asked and is not installed."""


class CancelledError(MirrorError):
    """The caller's cancel check said stop."""
