"""What a run leaves on the disk."""

import json
import platform
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
from jaxtyping import Float
from torch import Tensor

from mirror_core import __version__
from mirror_core.errors import InputError
from mirror_core.files import write_files

if TYPE_CHECKING:
    from torch.utils.tensorboard.writer import SummaryWriter

KEPT = 2
"""Checkpoints that are kept."""


class RunFolder:
    """A folder with config.json, metrics.jsonl, checkpoints/, samples/, tensorboard/ and the best model as best/.

    Args:
        folder: made as needed.
        config: what the run depends on, as JSON; a run is only resumed with an equal one.
        resume: go on with what is there; without it, a folder that has a run is refused.
        writer: whether this process is the one that writes.
    """

    def __init__(
        self, folder: Path, config: Mapping[str, object], *, resume: bool = False, writer: bool = True
    ) -> None:
        self.folder = folder
        self._board: SummaryWriter | None = None
        self._board_missing = False
        self._first: int | None = None
        path = folder / "config.json"
        if not writer:
            return
        text = json.dumps({"recipe": config, "made_with": made_with()}, indent=1, default=str) + "\n"
        if path.is_file():
            if not resume:
                raise InputError(f"{folder} already holds a run.", "Resume it with --resume, or name another folder.")
            _check_same(path, json.loads(text)["recipe"])
            return
        write_files({path: text.encode()})

    @property
    def best(self) -> Path:
        """The model with the highest score in validation."""
        return self.folder / "best"

    @property
    def metrics(self) -> Path:
        """One JSON object a line."""
        return self.folder / "metrics.jsonl"

    def log(self, step: int, kind: str, values: dict[str, float]) -> None:
        """Append to metrics.jsonl and to TensorBoard."""
        short = {name: float(f"{value:.6g}") for name, value in values.items()}
        line = json.dumps({"step": step, "kind": kind, **short})
        with self.metrics.open("a", encoding="utf-8") as file:
            file.write(line + "\n")
        board = self._tensorboard()
        if board is not None:
            for name, value in values.items():
                board.add_scalar(f"{kind}/{name}", value, step)

    def log_picture(self, step: int, name: str, picture: Float[Tensor, "3 H W"]) -> None:
        """Write samples/NAME-STEP.jpg and show it in TensorBoard."""
        values = (picture.detach().cpu().clamp(0.0, 1.0) * 255.0).byte()
        _, data = cv2.imencode(".jpg", values.permute(1, 2, 0).numpy()[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
        write_files({self.folder / "samples" / f"{name}-{step:07d}.jpg": data.tobytes()}, overwrite=True)
        board = self._tensorboard()
        if board is not None:
            board.add_image(name, values, step)

    def checkpoints(self) -> list[Path]:
        """Those that are there, the latest last."""
        return sorted((self.folder / "checkpoints").glob("step-*.safetensors"))

    def checkpoint(self, step: int) -> Path:
        """Where the checkpoint after so many steps belongs."""
        return self.folder / "checkpoints" / f"step-{step:07d}.safetensors"

    def drop_old_checkpoints(self) -> None:
        """Keep the latest few."""
        for path in self.checkpoints()[:-KEPT]:
            path.unlink(missing_ok=True)

    def rewind(self, step: int) -> None:
        """Forget what was logged after the checkpoint that a run goes on from, and what a kill left half-written."""
        self._first = step + 1
        for path in (self.folder / "checkpoints").glob(".*.tmp"):
            path.unlink(missing_ok=True)
        if self.metrics.is_file():
            lines = self.metrics.read_text(encoding="utf-8").splitlines(keepends=True)
            kept = [line for line in lines if _step_of(line) <= step]
            write_files({self.metrics: "".join(kept).encode()}, overwrite=True)

    def close(self) -> None:
        """Write what TensorBoard has not written yet."""
        if self._board is not None:
            self._board.close()
            self._board = None

    def _tensorboard(self) -> "SummaryWriter | None":
        if self._board is None and not self._board_missing:
            try:
                from torch.utils.tensorboard.writer import SummaryWriter
            except ImportError:
                self._board_missing = True
                print("TensorBoard is not installed; metrics.jsonl and samples/ have it all.", file=sys.stderr)
                return None
            self._board = SummaryWriter(str(self.folder / "tensorboard"), purge_step=self._first)
        return self._board


def _step_of(line: str) -> float:
    with suppress(ValueError):  # a line cut off by a kill
        return float(json.loads(line)["step"])
    return float("inf")


def _check_same(path: Path, recipe: dict[str, object]) -> None:
    before = cast("dict[str, object]", json.loads(path.read_text(encoding="utf-8"))["recipe"])
    different = [name for name in {*before, *recipe} if before.get(name) != recipe.get(name)]
    if different:
        raise InputError(
            f"The run in {path.parent} was started with other settings of {', '.join(sorted(different))}.",
            "Resume it with the same recipe and options, or begin a new run in another folder.",
        )


def made_with() -> dict[str, object]:
    """Git revision, versions and machine."""
    revision = ""
    with suppress(OSError, subprocess.SubprocessError):
        command = ["git", "-C", str(Path(__file__).parent), "describe", "--always", "--dirty", "--abbrev=40"]
        revision = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    return {
        "revision": revision,
        "mirror-core": __version__,
        **{name: version(name) for name in ("torch", "torchvision", "timm", "lightning", "numba")},
        "python": platform.python_version(),
        "machine": platform.machine(),
    }
