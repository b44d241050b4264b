"""The command `mirror`."""

from mirror_core.cli.main import main

__all__ = ["main"]
