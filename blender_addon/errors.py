"""Errors that the add-on shows to its user: what was wrong, with the value, and what to do."""


class AddonError(Exception):
    """Base of the errors that the add-on raises on purpose.

    Args:
        message: one sentence that says what was wrong, with the offending value.
        remedy: one sentence that says what to do about it; may be empty.
        details: whatever helps a developer: a traceback, the worker's last lines.
    """

    def __init__(self, message: str, remedy: str = "", details: str = "") -> None:
        super().__init__(f"{message} {remedy}".strip())
        self.message = message
        self.remedy = remedy
        self.details = details


class InterpreterError(AddonError):
    """There is no Python that could run the worker, or it does not start."""


class VersionError(AddonError):
    """The worker speaks another protocol, or its libraries are too old."""


class CrashError(AddonError):
    """The worker ended although it had work, or never said hello."""


class HangError(AddonError):
    """The worker said nothing for too long."""


class GarbageError(AddonError):
    """What came from the worker's process are not messages."""


class JobError(AddonError):
    """The worker did its part and says that the job cannot be done; `name` is its error's class."""

    def __init__(self, name: str, message: str, remedy: str = "", details: str = "") -> None:
        super().__init__(message, remedy, details)
        self.name = name


class CancelledError(AddonError):
    """The user stopped it."""


class ResultError(AddonError):
    """A result folder is incomplete, or of an unknown format."""
