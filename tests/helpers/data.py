"""The development data beside the checkout, which no commit holds: tests that need it skip where it is missing."""

from pathlib import Path

import pytest

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


def shared_data(*parts: str) -> Path:
    """A file or folder of the development data; skips the test, saying which one, where it is missing."""
    path = DATA.joinpath(*parts).resolve()
    if not path.exists():
        pytest.skip(f"development data {'/'.join(parts)} is not beside this checkout")
    return path
