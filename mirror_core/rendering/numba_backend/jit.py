"""Compiling the kernels once per machine.

Compiled kernels are kept in a folder of the user's cache, whose name carries a digest of this package's sources: numba
itself would not notice that a function in another file has changed. $NUMBA_CACHE_DIR, where set, is used instead of
the user's cache. Where neither can be written the kernels are compiled at every start.
"""

import hashlib
import logging
import os
import sys
import time
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba
from numba.core import config

log = logging.getLogger(__name__)

Kernel = Callable[..., None]


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a helper into the kernels that call it; it has no entry of its own in the cache."""
    return numba.njit(nogil=True, error_model="numpy", forceinline=True, _nrt=False)(function)


def kernel(function: Callable[..., None]) -> Kernel:
    """Compile a kernel that runs without Python's lock, from the cache where it has it.

    IEEE division, and no fused multiply-add: coverage must come out as the reference's does, to the last bit.
    """
    folder = cache_folder()
    if folder is None:
        return numba.njit(nogil=True, error_model="numpy", _nrt=False)(function)
    before = config.CACHE_DIR
    config.CACHE_DIR = str(folder)  # read by numba while it decorates
    try:
        return numba.njit(nogil=True, error_model="numpy", cache=True, _nrt=False)(function)
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


def announce_compilation() -> Callable[[], None]:
    """Log that the kernels are about to be compiled, unless the cache holds some; call the result when it is done."""
    folder = cache_folder()
    if folder is not None and any(folder.rglob("*.nbi")):
        return lambda: None
    log.warning("Compiling the renderer for this machine; this happens once and takes up to 20 seconds.")
    start = time.perf_counter()
    return lambda: log.warning("The renderer is compiled (%.1f s).", time.perf_counter() - start)


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
