"""`mirror turntable SOURCE -o OUT`."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from mirror_core.cli.console import Console
from mirror_core.cli.options import CommonOptions, Output, interruptible, make_pipeline

if TYPE_CHECKING:
    from mirror_core.cli.console import Bar
    from mirror_core.pipelines.result import Reconstruction


@dataclass(frozen=True, kw_only=True)
class TurntableCommand(CommonOptions):
    """Draw a result from all around: a sheet (.png) or an animation (.gif)."""

    source: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="SOURCE")]
    """A result folder (mirror reconstruct --format folder), or a photo to reconstruct first."""
    output: Output = Path("turntable.png")
    """The picture: .png or .gif."""
    frames: int = 24
    """How many views."""
    size: int = 256
    """Side of each in pixels."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where to reconstruct a photo."""
    overwrite: bool = False
    """Replace a file that exists."""

    def run(self, console: Console) -> int:
        """Draw it."""
        from mirror_core.files import check_absent
        from mirror_core.pipelines.turntable import turntable

        if not self.overwrite:
            check_absent([self.output])
        with interruptible() as event, console.bar(self.source.name) as bar:
            result = self._result(bar, event.is_set)
            path = turntable(
                result,
                self.output,
                frames=self.frames,
                size=self.size,
                overwrite=self.overwrite,
                progress=bar,
                cancelled=event.is_set,
            )
        if console.json_lines:
            console.event("result", source=self.source, files=[path])
        console.say(str(path))
        return 0

    def _result(self, bar: "Bar", cancelled: Callable[[], bool]) -> "Reconstruction":
        from mirror_core.images import read_photo
        from mirror_core.masking import find_mask
        from mirror_core.pipelines.folder import load_folder

        if self.source.is_dir():
            return load_folder(self.source)
        photo = read_photo(self.source)
        return make_pipeline({"device": self.device})(photo, find_mask(photo), progress=bar, cancelled=cancelled)
