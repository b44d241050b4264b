"""Which Python runs the worker, with which environment."""

import importlib.util
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from .errors import InterpreterError
from .protocol_file import FOLDER, core_folder

REMEDY = "In the preferences name a Python 3.11 or newer that has torch, or press Prepare an Interpreter."

NO_WINDOW: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""For subprocess: keeps Windows from opening a console."""

READY_MARK = "ready.txt"
"""Written into a prepared environment last of all, so that half a one is never used."""


@dataclass(frozen=True)
class Runtime:
    """An interpreter, and the folders that its modules are to be found in beside its own."""

    python: Path
    paths: tuple[Path, ...]
    cache: Path

    def command(self, *arguments: str) -> list[str]:
        """A command line for the interpreter."""
        return [str(self.python), *arguments]

    def environment(self) -> dict[str, str]:
        """Blender's environment without its Python settings, and with ours."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
        return {
            "NUMBA_CACHE_DIR": str(self.cache / "numba"),
            **kept,
            "PYTHONPATH": os.pathsep.join(map(str, self.paths)),
            "PYTHONPYCACHEPREFIX": str(self.cache / "pycache"),
            "PYTHONNOUSERSITE": "1",
            "PYTHONUTF8": "1",
        }


def find_runtime(named: str, user_folder: Path) -> Runtime:
    """The interpreter the user names, else the one inside the extension, else the one it prepared.

    Args:
        named: the preference; empty when the user named none.
        user_folder: where the extension may write: caches, the prepared environment.

    Raises:
        InterpreterError: the named one is no file, or there is none at all.
    """
    core, cache = core_folder(), user_folder / "cache"
    if named:
        if not Path(named).is_file():
            raise InterpreterError(f"The interpreter named in the preferences is not a file: {named}.", REMEDY)
        return Runtime(Path(named), (core,), cache)
    if site_packages := bundled_site_packages():
        return Runtime(Path(sys.executable), (core, site_packages), cache)
    prepared = prepared_folder(user_folder)
    if (prepared / READY_MARK).is_file():
        return Runtime(environment_python(prepared), (core,), cache)
    raise InterpreterError("No interpreter is set that could run the reconstruction.", REMEDY)


def bundled_site_packages() -> Path | None:
    """Where Blender unpacked the wheels of the full zip; None in the slim one."""
    if not (FOLDER / "wheels").is_dir():
        return None
    spec = importlib.util.find_spec("torch")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent.parent


def prepared_folder(user_folder: Path) -> Path:
    """Where `Prepare an Interpreter` puts its environment."""
    return user_folder / "python"


def environment_python(folder: Path) -> Path:
    """The interpreter of a virtual environment."""
    return folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
