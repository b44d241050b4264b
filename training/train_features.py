"""`python -m training train features`: the garment feature network."""

import csv
import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import torch
import tyro

from mirror_core.errors import InputError
from mirror_core.features import GarmentConfig, GarmentNetwork
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.garment import GarmentTask
from mirror_core.trainers.loop import LoopSettings, fit
from mirror_core.trainers.run_folder import RunFolder
from training.datasets import Augmentation, CachedPhotos, PhotoSettings, open_source
from training.train import make_fabric

LOOP = LoopSettings(epochs=24, batch=32, averaging=Averaging("none"), validate_every=2)
PHOTOS = PhotoSettings(image_size=(160, 96), augmentation=Augmentation(fill="edge"))


@dataclass(frozen=True)
class TrainFeatures:
    """Train the network that tells kinds of garments apart, whose features measure how alike pictures are."""

    data: Path
    """Folder with train/ and val/ and index.csv, whose columns image and label say what each photo shows."""
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/features")
    resume: bool = False
    minutes: float | None = None
    epochs: int = LOOP.epochs
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"

    def run(self) -> None:
        """Train."""
        loop = dataclasses.replace(LOOP, epochs=self.epochs, seed=self.seed)
        fabric = make_fabric(self.device, "32-true")
        train, val = (open_source(self.data, "folder", split, PHOTOS) for split in ("train", "val"))
        label_of = read_labels(self.data / "index.csv")
        names = tuple(sorted({label_of[name] for name in train.names}))
        torch.manual_seed(self.seed)
        network = GarmentNetwork(GarmentConfig(names)).to(fabric.device)
        task = GarmentTask(network, _numbers(train, label_of, names), _numbers(val, label_of, names))
        config = {"data": str(self.data), **dataclasses.asdict(loop), **dataclasses.asdict(PHOTOS)}
        run = RunFolder(self.out, config, resume=self.resume, writer=fabric.is_global_zero)
        finished = fit(task, train, val, loop, run, fabric, self.minutes)
        print(f"{'Finished' if finished else 'Stopped; go on with --resume'}. The best network is in {run.best}.")


def read_labels(path: Path) -> dict[str, str]:
    """Label by photo name.

    Raises:
        InputError: the file is missing or has not both columns.
    """
    if not path.is_file():
        raise InputError(f"{path} does not exist.", "Give a CSV file with the columns image and label.")
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"image", "label"} <= rows[0].keys():
        raise InputError(f"{path} has no rows with the columns image and label.", "Its first line must name them.")
    return {row["image"]: row["label"] for row in rows}


def _numbers(source: CachedPhotos, label_of: dict[str, str], names: tuple[str, ...]) -> torch.Tensor:
    missing = [name for name in source.names if label_of.get(name) not in names]
    if missing:
        raise InputError(f"{len(missing)} photos have no label that is trained on, {missing[0]} among them.")
    return torch.tensor([names.index(label_of[name]) for name in source.names])
