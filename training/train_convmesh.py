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
    from training.datasets import CachedPhotos
    from training.datasets.labels import Labels
    from training.datasets.uv_maps import UvMaps
    from training.datasets.windows import WindowPhotos


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
    """How the photos' files lie: folder, atr, market-hq, cub or pascal3d."""
    cub: Path | None = None
    """CMR's cache folder with sfm/ and data/: --data is CUB-200-2011's folder, its photos have CMR's cameras, and
    data.rebuild names the folder of a network that `train reconstructor --cub` trained."""
    pascal3d: Path | None = None
    """The same for the cars of PASCAL3D+."""
    labels: Path | None = None
    """ConvMesh's list p3d_labels.csv, which tells the classes of PASCAL3D+'s cars."""
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
        where |= {
            name: str(path) for name in ("cub", "pascal3d", "labels") if (path := getattr(self, name)) is not None
        }
        config = {"name": self.recipe, **where, **dataclasses.asdict(recipe)}
        run = RunFolder(self.out, config, resume=self.resume, writer=fabric.is_global_zero)
        finished = fit(task, train, val, recipe.loop, run, fabric, self.minutes)
        if fabric.is_global_zero:
            print(f"{'Finished' if finished else 'Stopped; go on with --resume'}. The best model is in {run.best}.")

    def divided(self, recipe: ConvMeshRecipe) -> "tuple[UvMaps, UvMaps]":
        """Objects to learn from, and those that choose the best model."""
        from training.datasets.rebuilders import posed_by, rebuild_by
        from training.datasets.uv_source import UvFiles, open_maps

        data = recipe.data
        photos, rebuild = self.photos(recipe), None
        if photos is not None or not data.truth:
            if not data.rebuild:
                raise UsageError(
                    "Photos say no shapes, and data.rebuild names nobody who does.",
                    "Name a trained model, e.g. --set data.rebuild=mirror-people.",
                )
            rebuild = posed_by(data.rebuild) if self.posed else (data.rebuild, rebuild_by(data.rebuild))
        labels = None if photos is None else self.labels_of(photos, recipe)
        several = self.cache, data.truth, labels
        files = UvFiles(self.synthetic, photos, rebuild, data.image_size, data.photos_each, *several)
        codes = data.codes if recipe.training.tied is not None else None
        return open_maps(files, recipe.generator, codes).divided(data.held_out)

    @property
    def posed(self) -> bool:
        """Whether the photos have cameras of their own."""
        return self.cub is not None or self.pascal3d is not None

    def photos(self, recipe: ConvMeshRecipe) -> "CachedPhotos | WindowPhotos | None":
        """The real photos, as the recipe wants them."""
        import numpy as np

        from training.datasets import PhotoSettings, open_source

        if self.data is None:
            if self.posed:
                raise UsageError("Cameras are named, but no photos.", "Name the data set's folder with --data.")
            return None
        settings = PhotoSettings(image_size=recipe.data.image_size, cache=self.cache)
        if self.posed:
            source = self.windows(self.data, recipe)
        else:
            source = open_source(self.data, self.layout, "train", settings)
        most = recipe.data.real
        if most is None or most >= len(source):
            return source
        return source.subset(np.sort(np.random.default_rng(0).permutation(len(source))[:most]))

    def windows(self, data: Path, recipe: ConvMeshRecipe) -> "WindowPhotos":
        """Photos with CMR's cameras, mended where the reconstruction network's training did so.

        They are as large as the textures that are read from them; smaller ones than the recipe's are never given.
        """
        from training.datasets.posed import POSES, read_poses
        from training.datasets.windows import cmr_set, open_windows

        height, width = recipe.data.image_size
        if height != width:
            raise UsageError(
                f"CMR's windows are square, but data.image_size is {height} x {width}.",
                "Give it two equal numbers, e.g. --set 'data.image_size=128 128'.",
            )
        found = cmr_set(self.cub, self.pascal3d)
        assert found is not None
        cache, layout = found
        source = open_windows(data, layout.cameras(cache, "train"), layout, max(height, recipe.generator.texture))
        poses = Path(recipe.data.rebuild).parent / POSES
        return source.mended(read_poses(poses)) if recipe.data.rebuild and poses.is_file() else source

    def labels_of(self, photos: "CachedPhotos | WindowPhotos", recipe: ConvMeshRecipe) -> "Labels | None":
        """The photos' classes; none where the generator has no classes, or the data set tells none."""
        from training.datasets import CachedPhotos
        from training.datasets.labels import folder_labels, listed_labels

        names = photos.places if isinstance(photos, CachedPhotos) else photos.names
        if not recipe.generator.classes:
            return None
        if self.labels is not None:
            return listed_labels(self.labels, names)
        if self.pascal3d is not None or (self.layout == "pascal3d" and self.cub is None):
            raise UsageError(
                f"The generator has {recipe.generator.classes} classes, which PASCAL3D+ itself does not tell.",
                "Name ConvMesh's list with --labels, or leave classes out: --set generator.classes=0 uv.classes=0.",
            )
        return folder_labels(names) if self.cub is not None or self.layout == "cub" else None

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
