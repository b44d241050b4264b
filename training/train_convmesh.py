"""`python -m training train convmesh`: the generator of textured meshes; resumable."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from mirror_core.cli.options import UsageError
from training.recipes.convmesh import RECIPES, ConvMeshRecipe
from training.train import make_fabric

if TYPE_CHECKING:
    from mirror_core.trainers.photos import PhotoSource
    from training.datasets.pseudo_truth import Rebuild
    from training.datasets.uv_maps import UvMaps


@dataclass(frozen=True)
class TrainConvMesh:
    """Train a generator of textured meshes. Stop it at any moment; --resume goes on to the same result."""

    data: Path | None = None
    """Folder of real photos with masks; their shapes come from --set data.rebuild=NAME."""
    synthetic: tuple[Path, ...] = ()
    """Folders of shards from `mirror synthesize`, whose truth is learnt from."""
    recipe: str = "lite"
    """Which experiment; an unknown name lists them."""
    layout: str = "folder"
    """How the photos' files lie: folder, atr, market-hq or cub."""
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/convmesh")
    """Folder of the run."""
    cache: Path = Path("out/cache")
    """Folder for prepared data."""
    resume: bool = False
    """Go on with the run in that folder."""
    minutes: float | None = None
    """Stop after so many minutes, leaving a checkpoint."""
    epochs: int | None = None
    """Instead of the recipe's."""
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    set: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=VALUE")] = ()
    """More changes to the recipe, e.g. `loop.batch=8 training.weights.image=0`."""

    def run(self) -> None:
        """Prepare what is missing, and train."""
        from mirror_core.trainers.loop import fit
        from mirror_core.trainers.run_folder import RunFolder

        recipe = self.full_recipe()
        fabric = make_fabric(self.device, "32-true")
        train, val = self.divided(recipe)
        task = recipe.task(train)
        for module in task.modules.values():
            module.to(fabric.device)
        where = {"data": str(self.data), "synthetic": [str(folder) for folder in self.synthetic]}
        config = {"name": self.recipe, **where, **dataclasses.asdict(recipe)}
        run = RunFolder(self.out, config, resume=self.resume, writer=fabric.is_global_zero)
        finished = fit(task, train, val, recipe.loop, run, fabric, self.minutes)
        if fabric.is_global_zero:
            print(f"{'Finished' if finished else 'Stopped; go on with --resume'}. The best model is in {run.best}.")

    def divided(self, recipe: ConvMeshRecipe) -> "tuple[UvMaps, UvMaps]":
        """Objects to learn from, and those that choose the best model."""
        from training.datasets.uv_source import UvFiles, open_maps

        data = recipe.data
        photos, rebuild = self.photos(recipe), None
        if photos is not None or not data.truth:
            if not data.rebuild:
                raise UsageError(
                    "Photos say no shapes, and data.rebuild names nobody who does.",
                    "Name a trained model, e.g. --set data.rebuild=mirror-people.",
                )
            rebuild = (data.rebuild, rebuild_by(data.rebuild))
        files = UvFiles(self.synthetic, photos, rebuild, data.image_size, data.photos_each, self.cache, data.truth)
        warm = data.codes if recipe.training.warm is not None else None
        return open_maps(files, recipe.generator, warm).divided(data.held_out)

    def photos(self, recipe: ConvMeshRecipe) -> "PhotoSource | None":
        """The real photos, as the recipe wants them."""
        import numpy as np

        from training.datasets import PhotoSettings, open_source

        if self.data is None:
            return None
        settings = PhotoSettings(image_size=recipe.data.image_size, cache=self.cache)
        source = open_source(self.data, self.layout, "train", settings)
        most = recipe.data.real
        if most is None or most >= len(source):
            return source
        return source.subset(np.sort(np.random.default_rng(0).permutation(len(source))[:most]))

    def full_recipe(self) -> ConvMeshRecipe:
        """The named recipe with this command's changes.

        Raises:
            UsageError: there is no such recipe, or a change is not NAME=VALUE.
        """
        if self.recipe not in RECIPES:
            raise UsageError(f"There is no recipe {self.recipe!r}.", f"Choose one of {', '.join(RECIPES)}.")
        words: list[str] = []
        for change in self.set:
            name, sign, value = change.partition("=")
            if not sign or not name:
                raise UsageError(f"--set {change!r} is not NAME=VALUE.", "Write for example --set loop.batch=8.")
            words += [f"--{name}", *value.split()]
        config = (tyro.conf.AvoidSubcommands, tyro.conf.FlagConversionOff)
        recipe = tyro.cli(ConvMeshRecipe, default=RECIPES[self.recipe], args=words, prog="--set", config=config)
        loop = dataclasses.replace(recipe.loop, seed=self.seed, epochs=self.epochs or recipe.loop.epochs)
        return dataclasses.replace(recipe, loop=loop)


def rebuild_by(name: str) -> "Rebuild":
    """Who says shapes and cameras of photos.

    Args:
        name: a trained 3D Magic Mirror, by name or folder; or FOLDER+NAME: a reconstruction network's folder, then who
            says the cameras.
    """
    from training.datasets.pseudo_truth import by_magic_mirror, by_reconstructor

    folder, plus, cameras = name.rpartition("+")
    return by_reconstructor(Path(folder), by_magic_mirror(cameras)) if plus else by_magic_mirror(name)
