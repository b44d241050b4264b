"""`python -m training train back`: the network that completes the unseen side."""

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import torch
import tyro

from mirror_core.completion import BackNetwork
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.back import BackTask
from mirror_core.trainers.loop import LoopSettings, fit
from mirror_core.trainers.run_folder import RunFolder
from mirror_core.trainers.schedule import Schedule
from training.datasets.backs import open_backs
from training.synthetic.behind import BackAssets
from training.train import make_fabric

LOOP = LoopSettings(
    epochs=24, batch=12, schedule=Schedule(warm_up=0.02), averaging=Averaging("ema", 0.7, 0.6), validate_every=1
)
SEED, HELD_OUT = 7, 907
"""Of the figures that are learnt from, and of those that choose the best network."""


@dataclass(frozen=True)
class TrainBack:
    """Train the completion of the unseen side on synthetic people and garments, which are made first, once."""

    assets: Path
    """Folder of MakeHuman's assets."""
    environments: Path
    """Folder of HDR panoramas."""
    swatches: Path
    """Folder of photos with masks whose cloth garments are of."""
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/back")
    """Folder of the run."""
    pairs: Path = Path("out/back-pairs")
    """Folder of the training pairs, which are kept."""
    people: int = 14
    """Files of 200 pairs of people."""
    garments: int = 7
    """Files of 200 pairs of garments."""
    learning_rate: float = 2e-3
    """Of AdamW at the beginning."""
    begin: Path | None = None
    """Folder of a network to begin with; none: by chance."""
    resume: bool = False
    """Go on with the run in that folder."""
    minutes: float | None = None
    """Stop after so many, leaving a checkpoint."""
    epochs: int = LOOP.epochs
    """Rounds through the pairs."""
    seed: int = 0
    """Of the network and the order of the pairs."""
    device: Literal["auto", "cpu", "cuda"] = "auto"
    """Where."""

    def run(self) -> None:
        """Make what is missing, and train."""
        loop = dataclasses.replace(LOOP, epochs=self.epochs, seed=self.seed)
        fabric = make_fabric(self.device, "32-true")
        source = BackAssets(self.assets, self.environments, self.swatches)
        torch.manual_seed(self.seed)
        network = BackNetwork() if self.begin is None else BackNetwork.from_pretrained(self.begin).train()
        counts, size = {"people": self.people, "garments": self.garments}, network.config.size
        train = open_backs(self.pairs, counts, SEED, source, size)
        held_out = open_backs(self.pairs, {"people": 1, "garments": 1}, HELD_OUT, source, size)
        task = BackTask(network.to(fabric.device), learning_rate=self.learning_rate)
        config = {**counts, "learning_rate": self.learning_rate, **dataclasses.asdict(loop)}
        config |= {"weights": dataclasses.asdict(task.weights), "network": dataclasses.asdict(task.network.config)}
        run = RunFolder(self.out, config, resume=self.resume, writer=fabric.is_global_zero)
        finished = fit(task, train, held_out, loop, run, fabric, self.minutes)
        print(f"{'Finished' if finished else 'Stopped; go on with --resume'}. The best network is in {run.best}.")
