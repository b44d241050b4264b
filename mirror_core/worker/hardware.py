"""What the worker runs on: for the hello message and `mirror info`."""

import ctypes
import os
import platform
import sys
from importlib import metadata


def versions() -> dict[str, str]:
    """Versions of python, mirror_core, torch and numpy."""
    import torch

    from mirror_core import __version__

    return {
        "python": platform.python_version(),
        "mirror_core": __version__,
        "torch": str(torch.__version__),
        "numpy": metadata.version("numpy"),
    }


def device() -> str:
    """The device that "auto" stands for, in words."""
    import torch

    if torch.cuda.is_available():
        return f"cuda ({torch.cuda.get_device_name()})"
    return f"cpu ({torch.get_num_threads()} threads)"


def memory() -> int:
    """Main memory in bytes; 0 where the system does not say."""
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return 0


def _windows_memory() -> int:
    kilobytes = ctypes.c_ulonglong(0)
    library = getattr(ctypes, "windll").kernel32  # noqa: B009  absent from ctypes' types on other systems
    return kilobytes.value * 1024 if library.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes)) else 0
