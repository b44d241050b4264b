"""`mirror swap A B -o OUT`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

from mirror_core.cli.console import Console
from mirror_core.cli.options import CommonOptions, Output, UsageError


@dataclass(frozen=True, kw_only=True)
class SwapCommand(CommonOptions):
    """Put the texture of one result on the shape of another: the first one's cut in the second one's cloth."""

    shape: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="A")]
    """Result folder (mirror reconstruct --format folder) of the shape."""
    texture: Annotated[Path, tyro.conf.Positional, tyro.conf.arg(metavar="B")]
    """Result folder of the texture."""
    output: Output = Path("swapped.glb")
    """A file, whose suffix is the format (.glb, .obj, .ply, .usdz), or a result folder (.mirror)."""
    height: float | None = None
    """Metres; by default 0.7 for a garment, 1.7 for a person."""
    overwrite: bool = False
    """Replace files that exist."""

    def run(self, console: Console) -> int:
        """Swap, and write."""
        from mirror_core.pipelines.export import FORMATS, export
        from mirror_core.pipelines.folder import load_folder, save_folder
        from mirror_core.pipelines.swap import swap_texture

        suffix = self.output.suffix.lower()
        if suffix != ".mirror" and suffix not in FORMATS:
            raise UsageError(
                f"-o {self.output} has the suffix {suffix!r}, which is no format to write.",
                f"Choose one of {', '.join(FORMATS)} or .mirror.",
            )
        result = swap_texture(load_folder(self.shape), load_folder(self.texture))
        if suffix == ".mirror":
            files = [save_folder(result, self.output, overwrite=self.overwrite)]
        else:
            files = export(result, self.output, height_m=self.height, overwrite=self.overwrite)
        if console.json_lines:
            console.event("result", shape=self.shape, texture=self.texture, files=files)
        for path in files:
            console.say(str(path))
        return 0
