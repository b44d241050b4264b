"""`python -m training train mask`: the segmenter."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

import torch
import tyro

from mirror_core.cli.options import UsageError
from mirror_core.masking.network import MaskConfig, MaskNetwork
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.loop import LoopSettings, fit
from mirror_core.trainers.mask import MaskTask, MaskTraining
from mirror_core.trainers.run_folder import RunFolder
from mirror_core.trainers.schedule import Schedule
from training.datasets.mask_views import MaskViews
from training.datasets.masks import MaskPhotos, MaskSet, open_mask_set
from training.train import make_fabric

PLACES = 1600
"""Photos of an epoch."""
LOOP = LoopSettings(epochs=20, batch=8, schedule=Schedule(warm_up=0.02), averaging=Averaging("none"), validate_every=3)


@dataclass(frozen=True)
class TrainMask:
    """Train the segmenter on photos with masks and on synthetic ones. Stop it at any moment; --resume goes on."""

    data: tuple[Path, ...]
    """Folders with train/ and val/: photos with NAME_mask.png or NAME_parts.png beside them."""
    synthetic: tuple[Path, ...] = ()
    """Folders of shards from `mirror synthesize`."""
    shares: tuple[float, ...] = ()
    """How often each folder's photos are shown, data first, then synthetic; none: all photos equally often."""
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/mask")
    begin: str | None = None
    """A trained segmenter to begin with."""
    resume: bool = False
    minutes: float | None = None
    epochs: int = LOOP.epochs
    batch: int = LOOP.batch
    seed: int = 0
    device: Literal["auto", "cpu", "cuda"] = "auto"
    cache: Path | None = None
    """Folder of all prepared photos; none: out/cache."""
    model: MaskConfig = field(default_factory=MaskConfig)
    training: MaskTraining = field(default_factory=MaskTraining)
    views: MaskViews = field(default_factory=MaskViews)

    def run(self) -> None:
        """Train."""
        loop = dataclasses.replace(LOOP, epochs=self.epochs, batch=self.batch, seed=self.seed)
        fabric = make_fabric(self.device, "32-true")
        train, val = self.photos()
        torch.manual_seed(self.seed)
        network = MaskNetwork(self.model) if self.begin is None else MaskNetwork.from_pretrained(self.begin)
        network = network.to(fabric.device).to(memory_format=torch.channels_last)
        task = MaskTask(network, self.training)
        given = {key: str(getattr(self, key)) for key in ("data", "synthetic", "shares", "begin")}
        parts = {key: dataclasses.asdict(getattr(self, key)) for key in ("model", "training", "views")}
        config = {**given, **dataclasses.asdict(loop), **parts}
        run = RunFolder(self.out, config, resume=self.resume, writer=fabric.is_global_zero)
        finished = fit(task, train, val, loop, run, fabric, self.minutes)
        print(f"{'Finished' if finished else 'Stopped; go on with --resume'}. The best network is in {run.best}.")

    def photos(self) -> tuple[MaskPhotos, MaskPhotos]:
        """To learn from, and to choose the best by.

        Raises:
            UsageError: not a share for each folder.
        """
        if self.shares and len(self.shares) != len(self.data) + len(self.synthetic):
            raise UsageError(
                f"{len(self.shares)} shares are given for {len(self.data) + len(self.synthetic)} folders.",
                "Give --shares one number for each folder of --data, then of --synthetic.",
            )
        train = self._sets([folder / "train" for folder in self.data]) + self._sets(self.synthetic)
        val = self._sets([folder / "val" for folder in self.data])
        side = self.model.long_side
        return MaskPhotos(train, self.shares, PLACES, self.views, side), MaskPhotos(val, long_side=side)

    def _sets(self, folders: Sequence[Path]) -> list[MaskSet]:
        return [open_mask_set(folder, self.cache) for folder in folders]
