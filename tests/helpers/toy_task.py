"""The smallest task that has everything the loop must carry through a kill: batch norm, dropout, AMSGrad, noise.

`python toy_task.py FOLDER` trains it, under torchrun's environment variables as one of several processes, without batch
norm and dropout and in double precision; `python toy_task.py FOLDER RANK` lets the loss of that process become nan.
"""

import sys
from collections.abc import Mapping
from pathlib import Path

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from helpers.tiny_mirror import Ellipsoids

from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.loop import LoopSettings, TrainingError, fit
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.processes import average_gradients
from mirror_core.trainers.run_folder import RunFolder
from mirror_core.trainers.schedule import Schedule

LOOP = LoopSettings(
    epochs=3,
    batch=4,
    schedule=Schedule(warm_up=0.2, cycles=2),
    averaging=Averaging("ema", start=0.3),
    validate_every=2,
    log_every=2,
    checkpoint_minutes=0.0,
)


class ToyModel(nn.Module):
    """Mean colour of the photo to the share of the mask."""

    def __init__(self, plain: bool) -> None:
        super().__init__()
        extra: list[nn.Module] = [] if plain else [nn.BatchNorm1d(8), nn.Dropout(0.3)]
        self.layers = nn.Sequential(nn.Linear(3, 8), *extra, nn.Tanh(), nn.Linear(8, 1))

    def forward(self, photo: Tensor, mask: Tensor) -> Tensor:
        colour = photo.mean(dim=(2, 3)).to(next(self.parameters()))
        return self.layers(colour)[:, 0]

    def save_pretrained(self, folder: Path, *, overwrite: bool = False) -> None:
        folder.mkdir(exist_ok=overwrite)


class ToyTask:
    """Learns the mask's share; `broken` is the process whose loss is nan from step 2 on."""

    def __init__(self, plain: bool = False, broken: int = -1) -> None:
        torch.manual_seed(0)
        model = ToyModel(plain)
        self.broken = broken
        self.modules: dict[str, nn.Module] = {"model": model.double() if plain else model}
        group = {"params": list(model.parameters()), "lr": 0.01, "base_lr": 0.01}
        self.optimizers = {"model": torch.optim.Adam([group], amsgrad=True)}

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> Mapping[str, Tensor]:
        """One update."""
        model, total = self.modules["model"], len(batch.index) * moment.processes
        noise = torch.rand(total, generator=moment.generator("noise"))[moment.rows(total)]
        share = batch.mask.mean(dim=(1, 2, 3)) + 0.1 * noise
        loss = (model(batch.photo, batch.mask) - share).square().mean()
        if moment.rank == self.broken and moment.step >= 2:
            loss = loss * float("nan")
        self.optimizers["model"].zero_grad()
        fabric.backward(loss)
        average_gradients(fabric, model)
        self.optimizers["model"].step()
        return {"square": loss.detach()}

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """Nothing."""
        return {}

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """The mean square of the error, negative."""
        batch = source.batch(torch.arange(len(source)))
        error = model(batch.photo, batch.mask) - batch.mask.mean(dim=(1, 2, 3))
        return {"score": -float(error.square().mean())}

    def picture(self, model: nn.Module, batch: PhotoBatch) -> Tensor:
        """The first photo."""
        return batch.photo[0]


def train_toy(
    folder: Path, *, plain: bool = False, broken: int = -1, resume: bool = False, minutes: float | None = None
) -> bool:
    """Three epochs of three steps."""
    from training.train import make_fabric

    fabric = make_fabric("cpu", "32-true")
    run = RunFolder(folder, {}, resume=resume, writer=fabric.is_global_zero)
    return fit(ToyTask(plain, broken), Ellipsoids(13), Ellipsoids(4), LOOP, run, fabric, minutes)


if __name__ == "__main__":
    try:
        train_toy(Path(sys.argv[1]), plain=True, broken=int(sys.argv[2]) if len(sys.argv) > 2 else -1)
    except TrainingError as error:
        print(error)
