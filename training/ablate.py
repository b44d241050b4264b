"""`python -m training ablate magic-mirror`: tables 4 and 12 from one command."""

import dataclasses
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import tyro

from mirror_core.checks import check_choice
from mirror_core.encoders import MagicMirror
from mirror_core.errors import CancelledError
from mirror_core.features import FeatureExtractor
from mirror_core.features.garment import SHIPPED
from mirror_core.files import write_files
from mirror_core.trainers.averaging import AveragedWeights
from mirror_core.trainers.checkpoint import read_checkpoint
from mirror_core.trainers.loop import fit
from mirror_core.trainers.photos import PhotoSource
from mirror_core.trainers.run_folder import RunFolder, made_with
from mirror_core.weights import find_model
from mirror_core.weights.model_folder import TENSORS
from mirror_core.weights.store import digest
from training.evaluation.ablation_table import Outcome, table
from training.evaluation.magic_mirror import distances, feature_network, measure, render_views
from training.recipes.ablation import ROWS, check_has_every_part
from training.recipes.magic_mirror import MagicMirrorRecipe
from training.train import TrainMagicMirror, make_fabric, open_photos

FIGURES = "figures.json"


@dataclass(frozen=True)
class AblateMagicMirror:
    """Train and measure a recipe and the same without each of its parts. The same command again goes on."""

    data: Path
    """Folder of the photos."""
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/ablation")
    """A run's folder for each row and seed, ablation.json and ablation.md are written here."""
    recipe: str = "lite"
    """What nothing is left out of."""
    epochs: int | None = None
    """Instead of the recipe's."""
    seeds: tuple[int, ...] = (0, 1)
    rows: tuple[str, ...] = tuple(ROWS)
    """Which rows of the table."""
    split: Literal["val", "test"] = "val"
    """What is measured on."""
    inception: Path | None = None
    """FID's Inception weights; without them the distances are measured with the project's garment network."""
    minutes: float | None = None
    """Stop after so many; what is missing is trained when the command is given again."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    from_scratch: bool = False
    """Do not ask for ImageNet weights."""
    set: Annotated[tuple[str, ...], tyro.conf.arg(metavar="NAME=VALUE")] = ()
    """More changes to the recipe, as of `train magic-mirror`."""
    _began: float = field(default_factory=time.monotonic, init=False, repr=False)

    def run(self) -> None:
        """Train what is missing, then write the table."""
        for row in self.rows:
            check_choice("row", row, tuple(ROWS))
        check_has_every_part(self._recipe(0))
        extractor = feature_network(self.inception)
        outcomes: list[Outcome] = []
        for seed in self.seeds:
            for row in self.rows:
                outcomes += self._one(row, seed, extractor)
                self._write(outcomes, extractor)
        print((self.out / "ablation.md").read_text(encoding="utf-8"))

    def _recipe(self, seed: int) -> MagicMirrorRecipe:
        command = TrainMagicMirror(
            self.data,
            recipe=self.recipe,
            seed=seed,
            epochs=self.epochs,
            from_scratch=self.from_scratch,
            set=self.set,
        )
        recipe = command.full_recipe()
        # Weights are measured as they are at the end, so nothing is chosen on the way.
        loop = dataclasses.replace(recipe.loop, validate_every=recipe.loop.epochs)
        return dataclasses.replace(recipe, loop=loop)

    def _one(self, row: str, seed: int, extractor: FeatureExtractor) -> list[Outcome]:
        """A row's figures without and with averaging, trained and measured unless they are there already."""
        recipe = ROWS[row](self._recipe(seed))
        config = {"row": row, "data": str(self.data), **dataclasses.asdict(recipe)}
        folder = RunFolder(self.out / row.lower().replace(" ", "-") / f"seed-{seed}", config, resume=True)
        path = folder.folder / FIGURES
        network = self.inception or find_model(SHIPPED) / TENSORS
        by = {"split": self.split, "features": extractor.name, "sha256": digest(network)}
        if not path.is_file() or json.loads(path.read_text(encoding="utf-8"))["by"] != by:
            self._train(recipe, folder)
            source = open_photos(recipe, self.data, self.split)
            found = {name: _figures(model, source, extractor) for name, model in self._models(recipe, folder).items()}
            write_files({path: json.dumps({"by": by, "figures": found}, indent=1).encode()}, overwrite=True)
        figures: dict[str, dict[str, float]] = json.loads(path.read_text(encoding="utf-8"))["figures"]
        return [Outcome(row, name == "averaged", seed, values) for name, values in figures.items()]

    def _train(self, recipe: MagicMirrorRecipe, folder: RunFolder) -> None:
        left = None if self.minutes is None else self.minutes - (time.monotonic() - self._began) / 60.0
        fabric = make_fabric(self.device, recipe.precision)
        train, val = (open_photos(recipe, self.data, split) for split in ("train", "val"))
        task = recipe.task()
        for module in task.modules.values():
            module.to(fabric.device)
        if not fit(task, train, val, recipe.loop, folder, fabric, left):
            raise CancelledError("Time is up; the same command goes on.")

    def _models(self, recipe: MagicMirrorRecipe, folder: RunFolder) -> dict[str, MagicMirror]:
        """The last step's weights and, if the recipe averages, the averaged ones."""
        task, averaged = recipe.task(), AveragedWeights(recipe.loop.averaging)
        read_checkpoint(folder.checkpoints()[-1], task, averaged)
        models = {"last": task.model.eval()}
        if averaged.count:
            network = averaged.network(task.model, open_photos(recipe, self.data, "train"), task.model.prototype.device)
            assert isinstance(network, MagicMirror)
            models["averaged"] = network
        return models

    def _write(self, outcomes: list[Outcome], extractor: FeatureExtractor) -> None:
        report = {
            "data": "/".join(self.data.parts[-2:]),
            "split": self.split,
            "recipe": self.recipe,
            "changes": self.set,
            "epochs": self._recipe(0).loop.epochs,
            "features": extractor.name,
            "made_with": made_with(),
            "outcomes": [dataclasses.asdict(outcome) for outcome in outcomes],
        }
        files = {
            self.out / "ablation.json": json.dumps(report, indent=1).encode(),
            self.out / "ablation.md": table(outcomes).encode(),
        }
        write_files(files, overwrite=True)


def _figures(model: MagicMirror, source: PhotoSource, extractor: FeatureExtractor) -> dict[str, float]:
    views = render_views(model, source, seed=0)
    return measure(views) | distances(views, extractor)
