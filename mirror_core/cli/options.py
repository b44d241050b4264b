"""Options that several commands share. Nothing heavy is imported before a command runs: `mirror --help` is instant."""

import os
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Annotated, Any, Literal

import tyro

from mirror_core.errors import InputError, MirrorError

if TYPE_CHECKING:
    from mirror_core.pipelines.photo_to_files import Pipeline

Format = Literal["glb", "obj", "ply", "usdz", "folder"]
Method = Literal["auto", "alpha", "border", "grabcut", "network", "rembg"]


class UsageError(InputError):
    """The command line does not fit together: exit code 2."""


@dataclass(frozen=True, kw_only=True)
class CommonOptions:
    """Options of every command."""

    json: bool = False
    """Print one JSON object a line, for programs."""
    debug: bool = False
    """Print the traceback of an error."""


@dataclass(frozen=True, kw_only=True)
class ResultOptions(CommonOptions):
    """Options of every command that makes results of photos."""

    format: tuple[Format, ...] = ("glb",)
    """What to write; "folder" is NAME.mirror, for Blender and `mirror turntable`."""
    mask_method: Method = "auto"
    """How to find the object."""
    kind: Literal["auto", "garment", "person"] = "auto"
    """What the photo shows; decides the depth and the height."""
    height: float | None = None
    """Metres; by default 0.7 for a garment, 1.7 for a person."""
    vertices: Literal[642, 2562, 10242] = 2562
    """Vertices of the mesh."""
    texture_size: int = 2048
    """Side of the texture in pixels."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to compute."""
    seed: int = 0
    """Start of all random numbers."""
    overwrite: bool = False
    """Replace files that exist."""


@dataclass(frozen=True, kw_only=True)
class FitOptions(ResultOptions):
    """Options of every command that reconstructs."""

    delight: bool = False
    """Estimate the light and divide it out of the texture."""
    fast: bool = False
    """One look instead of a fit: several times faster, less exact along the outline."""
    start: Literal["auto", "model", "outline", "ellipsoid"] = "auto"
    """Where the fit begins: what a trained model says, the outline inflated, or an ellipsoid; auto: the shipped model
    of the kind."""
    model: str = ""
    """The trained model to start from, its name or its folder; without one, the shipped model of the kind."""

    def settings(self) -> dict[str, object]:
        """The part of `FitSettings` that the command line sets."""
        names = ("kind", "vertices", "texture_size", "delight", "device", "fast", "start", "model", "seed")
        return {name: getattr(self, name) for name in names}


def make_pipeline(settings: dict[str, object]) -> "Pipeline":
    """The reconstruction with these settings.

    Raises:
        UsageError: a setting is out of range, or the device is not there.
    """
    from mirror_core.pipelines.reconstruct import FitSettings, Reconstruct

    values: dict[str, Any] = settings
    try:
        return Reconstruct(FitSettings(**values))
    except MirrorError as error:
        raise UsageError(error.message, error.remedy) from error


@contextmanager
def interruptible() -> Generator[threading.Event]:
    """An event that Ctrl-C sets while the block runs, so that work stops between steps; a second one stops at once."""
    event = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        if event.is_set():
            raise KeyboardInterrupt
        event.set()

    if threading.current_thread() is not threading.main_thread():
        yield event
        return
    before = signal.signal(signal.SIGINT, stop)
    try:
        yield event
    finally:
        signal.signal(signal.SIGINT, before)


def default_jobs() -> int:
    """As many processes as there are cores, but leaving 2 GB of memory for each."""
    from mirror_core.worker.hardware import memory

    by_memory = int(memory() // 2e9) or 1
    return max(1, min(os.cpu_count() or 1, by_memory))


Output = Annotated[Path, tyro.conf.arg(aliases=["-o"], metavar="OUT")]
