"""`mirror info`."""

import platform
import sys
from dataclasses import dataclass
from importlib import metadata

from rich.markup import escape

from mirror_core.cli.console import Console
from mirror_core.cli.options import CommonOptions

PACKAGES = ("torch", "numpy", "numba", "opencv-python-headless", "pillow", "trimesh", "kaolin", "rembg")


@dataclass(frozen=True, kw_only=True)
class InfoCommand(CommonOptions):
    """Say what is installed and what it runs on, for bug reports."""

    def run(self, console: Console) -> int:
        """Print it."""
        from mirror_core import __version__
        from mirror_core.rendering import available_backends
        from mirror_core.worker.hardware import device, memory

        facts: dict[str, object] = {
            "mirror-core": __version__,
            "python": f"{platform.python_version()} ({sys.executable})",
            "system": platform.platform(),
            **{name: _version(name) for name in PACKAGES},
            "device": device(),
            "memory": f"{memory() / 1e9:.1f} GB",
            "renderers": list(available_backends()),
        }
        if console.json_lines:
            console.event("info", **facts)
        for name, value in facts.items():
            text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]
            console.say(f"{name:24} {escape(text)}")
        return 0


def _version(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"
