# pyright: basic
# (numba's decorators are untyped)
"""Compiling the studio's kernels, kept beside the renderer's in the user's cache."""

import hashlib
import importlib
import inspect
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import numba

from mirror_core.rendering.numba_backend import jit

# As the renderer's: no interpreter lock, IEEE division, no allocation, and no fast math, so that a seed gives the same
# bytes wherever the same machine runs it, and faces that share an edge agree on which pixels it covers.
_OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "_nrt": False}


def inlined(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compile a helper into the kernels that call it."""
    return numba.njit(forceinline=True, **_OPTIONS)(inspect.unwrap(function))


def kernel(function: Callable[..., None]) -> Callable[..., None]:
    """Compile a kernel, or take it from the cache."""
    folder = _folder()
    config: Any = importlib.import_module("numba.core.config")
    before = config.CACHE_DIR
    config.CACHE_DIR = "" if folder is None else str(folder)  # read by numba while it decorates
    try:
        return numba.njit(cache=folder is not None, **_OPTIONS)(inspect.unwrap(function))
    finally:
        config.CACHE_DIR = before


@lru_cache
def _folder() -> Path | None:
    """A folder whose name carries a digest of the kernels' sources: numba does not notice changes in other files."""
    beside = jit.cache_folder()
    if beside is None:
        return None
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(Path(__file__).parent.glob("*.py")):
        digest.update(source.read_bytes())
    folder = beside.parent / f"studio-{digest.hexdigest()[:16]}"
    folder.mkdir(parents=True, exist_ok=True)
    return folder
