"""Compiling the kernels once per machine.

Compiled kernels are kept in a folder of the user's cache, whose name carries a digest of this package's sources: numba
itself would not notice that a function in another file has changed. $NUMBA_CACHE_DIR, where set, is used instead of
the user's cache. Where neither can be written the kernels are compiled at every start.
"""

import hashlib
import importlib
import inspect
import logging
import os
import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba

log = logging.getLogger(__name__)

Kernel = Callable[..., None]


# Kernels run without the interpreter lock, divide as IEEE does without a check for zero, and count no references: that
# cost more than the work, and without it a kernel cannot allocate. Fast math stays off: coverage must come out as the
# reference's does, to the last bit. (Functions are unwrapped first, since the test session wraps all in type checks.)
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a helper into the kernels that call it; it has no entry of its own in the cache."""
    return numba.njit(forceinline=True, **_OPTIONS)(inspect.unwrap(function))


def kernel(function: Callable[..., None]) -> Kernel:
    """Compile a kernel, or take it from the cache."""
    folder = cache_folder()
    config: Any = importlib.import_module("numba.core.config")
    before = config.CACHE_DIR
    config.CACHE_DIR = "" if folder is None else str(folder)  # read by numba while it decorates
    try:
        return numba.njit(cache=folder is not None, **_OPTIONS)(inspect.unwrap(function))
    finally:
        config.CACHE_DIR = before


@lru_cache
def cache_folder() -> Path | None:
    """The folder of the compiled kernels, made if need be; None, with a warning, where it cannot be written."""
    folder = _cache_root() / f"renderer-{_digest()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / f".probe-{os.getpid()}"
        probe.touch()
        probe.unlink()
    except OSError as error:
        log.warning(
            "The renderer's compiled kernels cannot be kept in %s (%s), so every start takes some seconds longer. "
            "Set NUMBA_CACHE_DIR to a folder that can be written.",
            folder,
            error,
        )
        return None
    return folder


def is_compiled() -> bool:
    """Whether the cache holds kernels of this version."""
    folder = cache_folder()
    return folder is not None and any(folder.rglob("*.nbi"))


@contextmanager
def compilation_message() -> Generator[None]:
    """Log before and after."""
    log.warning("Compiling the renderer for this machine; this happens once and takes up to 20 seconds.")
    start = time.perf_counter()
    yield
    log.warning("The renderer is compiled (%.1f s).", time.perf_counter() - start)


def _cache_root() -> Path:
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA", str(Path.home() / "AppData" / "Local"))
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Caches")
    else:
        base = os.environ.get("XDG_CACHE_HOME", str(Path.home() / ".cache"))
    return Path(base) / "mirror-core"


def _digest() -> str:
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:16]
