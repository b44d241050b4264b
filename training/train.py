"""`python -m training train magic-mirror`: one command for every machine, resumable."""

import dataclasses
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import tyro

from mirror_core.cli.options import UsageError
from mirror_core.errors import BackendError
from training.recipes.magic_mirror import RECIPES, MagicMirrorRecipe

if TYPE_CHECKING:
    from lightning.fabric import Fabric

    from mirror_core.encoders import MagicMirror
    from mirror_core.trainers.photos import PhotoSource
    from training.datasets import CachedPhotos, SyntheticSource

HELD_OUT = 200
"""Synthetic photos that are not learnt from."""


@dataclass(frozen=True)
class TrainMagicMirror:
    """Train 3D Magic Mirror or SMR. Stop it at any moment; --resume goes on to the same result.

    On several GPUs: `torchrun --nproc-per-node N -m training train magic-mirror ...`.
    """

    data: Path
    """Folder of the photos; for the recipe "lite" photos with NAME_mask.png or NAME_parts.png beside them."""
    synthetic: Path | None = None
    """Folder of shards from `mirror synthesize` to mix in, for recipes that learn from their truth, e.g. lite-truth."""
    recipe: str = "lite"
    """Which experiment; an unknown name lists them."""
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/magic-mirror")
    """Folder of the run."""
    resume: bool = False
    """Go on with the run in that folder."""
    minutes: float | None = None
    """Stop after so many minutes, leaving a checkpoint."""
    epochs: int | None = None
    """Instead of the recipe's."""
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    from_scratch: bool = False
    """Do not ask for ImageNet weights."""
    set: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=VALUE")] = ()
    """More changes to the recipe, e.g. `loop.batch=8 training.objective.adversarial=0`."""

    def run(self) -> None:
        """Train."""
        from mirror_core.trainers.loop import fit
        from mirror_core.trainers.run_folder import RunFolder

        recipe = self.full_recipe()
        fabric = make_fabric(self.device, recipe.precision)
        photos, val = (open_photos(recipe, self.data, split) for split in ("train", "val"))
        task = recipe.task()
        train, held_out = self.mixed(photos, recipe, task.model)
        val = held_out if recipe.geometry_alone and held_out is not None else val
        for module in task.modules.values():
            module.to(fabric.device)
        config = {
            "name": self.recipe,
            "data": str(self.data),
            "synthetic": str(self.synthetic),
            **dataclasses.asdict(recipe),
        }
        run = RunFolder(self.out, config, resume=self.resume, writer=fabric.is_global_zero)
        finished = fit(task, train, val, recipe.loop, run, fabric, self.minutes)
        if fabric.is_global_zero:
            print(f"{'Finished' if finished else 'Stopped; go on with --resume'}. The best model is in {run.best}.")

    def mixed(
        self, photos: "CachedPhotos", recipe: MagicMirrorRecipe, model: "MagicMirror"
    ) -> "tuple[PhotoSource, SyntheticSource | None]":
        """The photos with synthetic ones, if there are any, and synthetic ones that are not among them.

        The prototype starts as the mean of their shapes.

        Raises:
            UsageError: the recipe needs some.
        """
        import torch

        from training.datasets import MixedPhotos, SyntheticSource, open_synthetic

        taught = recipe.training.objective.truth.on
        if self.synthetic is None:
            if taught:
                raise UsageError(
                    f"The recipe {self.recipe!r} learns from synthetic truth, but --synthetic names no shards.",
                    "Make some with mirror synthesize, or choose another recipe.",
                )
            return photos, None
        made, held_out = open_synthetic(self.synthetic, recipe.model.image_size, recipe.photos.cache).divided(HELD_OUT)
        if taught:
            model.prototype.copy_(made.mean_shape())
            if model.shape.modes is not None and recipe.begin is None:
                model.shape.modes.begin_with(torch.from_numpy(made.vertices[::2].copy()))
        return MixedPhotos(photos, made, recipe.synthetic_share, recipe.synthetic_tint), SyntheticSource(held_out)

    def full_recipe(self) -> MagicMirrorRecipe:
        """The named recipe with this command's changes.

        Raises:
            UsageError: there is no such recipe, or a change is not NAME=VALUE.
        """
        if self.recipe not in RECIPES:
            raise UsageError(f"There is no recipe {self.recipe!r}.", f"Choose one of {', '.join(RECIPES)}.")
        recipe = with_changes(RECIPES[self.recipe], self.set)
        loop = dataclasses.replace(recipe.loop, seed=self.seed, epochs=self.epochs or recipe.loop.epochs)
        return dataclasses.replace(recipe, loop=loop, pretrained=recipe.pretrained and not self.from_scratch)


def open_photos(recipe: MagicMirrorRecipe, data: Path, split: str) -> "CachedPhotos":
    """The photos of a split, as the recipe wants them."""
    from training.datasets import open_source

    photos = dataclasses.replace(recipe.photos, image_size=recipe.model.image_size)
    return open_source(data, recipe.layout, split, photos)


def with_changes(recipe: MagicMirrorRecipe, changes: Sequence[str]) -> MagicMirrorRecipe:
    """A recipe with some numbers changed; several values of one name are separated by spaces.

    Raises:
        UsageError: a change is not NAME=VALUE.
        SystemExit: a name or a value is not possible; what is has been printed.
    """
    words: list[str] = []
    for change in changes:
        name, sign, value = change.partition("=")
        if not sign or not name:
            raise UsageError(f"--set {change!r} is not NAME=VALUE.", "Write for example --set loop.batch=8.")
        words += [f"--{name}", *value.split()]
    config = (tyro.conf.AvoidSubcommands, tyro.conf.FlagConversionOff)
    return tyro.cli(MagicMirrorRecipe, default=recipe, args=words, prog="--set", config=config)


def make_fabric(device: str, precision: str) -> "Fabric":
    """Device and processes, started; under torchrun as many as it says.

    Raises:
        BackendError: there is no such device.
    """
    import torch
    from lightning.fabric import Fabric

    if device == "cuda" and not torch.cuda.is_available():
        raise BackendError("The device 'cuda' was asked for, but torch finds no CUDA GPU.", "Use --device cpu.")
    on_gpu = device != "cpu" and torch.cuda.is_available()
    here = int(os.environ.get("LOCAL_WORLD_SIZE", "1"))
    everywhere = int(os.environ.get("WORLD_SIZE", "1"))
    fabric = Fabric(
        accelerator="cuda" if on_gpu else "cpu",
        devices=here,
        num_nodes=everywhere // here,
        strategy="ddp" if everywhere > 1 else "auto",
        precision="bf16-mixed" if on_gpu and precision == "bf16-mixed" else "32-true",
    )
    fabric.launch()
    return fabric
