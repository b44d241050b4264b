"""`mirror sample --model NAME -o OUT`."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from mirror_core.cli.console import Console
from mirror_core.cli.options import CommonOptions, Format, Output, UsageError
from mirror_core.errors import InputError


@dataclass(frozen=True, kw_only=True)
class SampleCommand(CommonOptions):
    """Invent new garments or people, from nothing."""

    model: str = "convmesh-garments"
    """The generator, its name or its folder."""
    count: int = 1
    """How many."""
    seed: int = 0
    """Start of all random numbers: the same seed invents the same."""
    truncation: float | None = None
    """Stay so near to the middle: 0.5 is plain and alike, 2 various and odd; without it no limit."""
    label: int | None = None
    """Class, for a generator that wants one."""
    output: Output = Path("sample.glb")
    """A file, whose suffix is the format, or for several a folder."""
    format: tuple[Format, ...] = ("glb",)
    """What to write into a folder; "folder" is NAME.mirror, for Blender and `mirror turntable`."""
    height: float | None = None
    """Metres; by default 0.7 for a garment, 1.7 for a person."""
    vertices: Literal[642, 2562, 10242] = 2562
    """Vertices of the mesh."""
    texture_size: int = 1024
    """Side of the texture in pixels."""
    overwrite: bool = False
    """Replace files that exist."""

    def run(self, console: Console) -> int:
        """Invent, and write."""
        from mirror_core.pipelines.export import export
        from mirror_core.pipelines.folder import save_folder
        from mirror_core.pipelines.sample import Sample, SampleSettings

        names = ("model", "seed", "truncation", "label", "vertices", "texture_size")
        try:
            invent = Sample(SampleSettings(**{name: getattr(self, name) for name in names}))
        except InputError as error:
            raise UsageError(error.message, error.remedy) from error
        for number, paths in enumerate(self._paths()):
            result = invent(number)
            files: list[Path] = []
            for path in paths:
                if path.suffix == ".mirror":
                    files.append(save_folder(result, path, overwrite=self.overwrite))
                else:
                    files += export(result, path, height_m=self.height, overwrite=self.overwrite)
            if console.json_lines:
                console.event("result", seed=self.seed, number=number, files=files)
            for path in files:
                console.say(str(path))
        return 0

    def _paths(self) -> list[list[Path]]:
        """For each sample the main files."""
        from mirror_core.pipelines.export import FORMATS

        if self.count < 1:
            raise UsageError(f"--count must be at least 1, but is {self.count}.")
        suffix = self.output.suffix.lower()
        if suffix and not self.output.is_dir():
            if suffix != ".mirror" and suffix not in FORMATS:
                raise UsageError(
                    f"-o {self.output} has the suffix {suffix}, which is no format to write.",
                    f"Choose one of {', '.join(FORMATS)} or .mirror, or a folder.",
                )
            if self.count > 1:
                raise UsageError(f"-o {self.output} is one file, but --count is {self.count}.", "Name a folder.")
            return [[self.output]]
        suffixes = ["mirror" if name == "folder" else name for name in self.format]
        stem = f"{Path(self.model).name}-{self.seed}"
        return [[self.output / f"{stem}-{k:03d}.{suffix}" for suffix in suffixes] for k in range(self.count)]
