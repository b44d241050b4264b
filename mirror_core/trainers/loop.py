"""The loop of all runs: epochs, learning rate, averages, validation, checkpoints, processes.

Everything random comes from seed and step (`Moment`), so that a run that was killed and resumed ends with the same
weights as one that was not (on the same machine, with as many threads: sums are added up in their order).
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass, field

import torch
from lightning.fabric import Fabric
from torch import Tensor

from mirror_core.errors import CancelledError, InputError, MirrorError
from mirror_core.trainers.averaging import AveragedWeights, Averaging
from mirror_core.trainers.checkpoint import Position, read_checkpoint, write_checkpoint
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoSource
from mirror_core.trainers.processes import any_process, average_buffers, mean_over_processes, share_weights
from mirror_core.trainers.run_folder import RunFolder
from mirror_core.trainers.schedule import Schedule
from mirror_core.trainers.task import Task, Trainable
from mirror_core.trainers.terminal import RunBar, stop_on_interrupt


@dataclass(frozen=True)
class LoopSettings:
    """Everything about a run but its method."""

    epochs: int = 60
    batch: int = 16
    """Photos in a step, over all processes."""
    schedule: Schedule = field(default_factory=Schedule)
    averaging: Averaging = field(default_factory=Averaging)
    validate_every: int = 5
    """Epochs."""
    log_every: int = 20
    """Steps."""
    checkpoint_minutes: float = 3.0
    pictures: int = 8
    """Photos shown at each validation."""
    seed: int = 0


class TrainingError(MirrorError):
    """A run cannot go on."""


def fit(
    task: Task,
    train: PhotoSource,
    val: PhotoSource,
    settings: LoopSettings,
    run: RunFolder,
    fabric: Fabric,
    minutes: float | None = None,
) -> bool:
    """Train until the last epoch, or until time is up: then a checkpoint is left to resume from.

    Args:
        task: what is trained, on the fabric's device.
        train: photos to learn from.
        val: photos that choose the best model.
        settings: of the run.
        run: where everything is written; its latest checkpoint, if any, is where the run begins.
        fabric: device, precision, processes.
        minutes: stop after so many; none: at the end.

    Returns:
        Whether the run is finished.

    Raises:
        InputError: fewer photos than one batch.
        TrainingError: a loss or a weight is not a number any more.
        CancelledError: Ctrl-C; a checkpoint is left.
    """
    try:
        return _Run(task, train, val, settings, run, fabric).go(minutes)
    finally:
        run.close()


class _Run:
    def __init__(
        self,
        task: Task,
        train: PhotoSource,
        val: PhotoSource,
        settings: LoopSettings,
        run: RunFolder,
        fabric: Fabric,
    ) -> None:
        if len(train) < settings.batch:
            raise InputError(
                f"{len(train)} photos are fewer than one batch of {settings.batch}.", "Add photos, or lower the batch."
            )
        self.task, self.train, self.val, self.settings, self.run, self.fabric = task, train, val, settings, run, fabric
        self.steps_per_epoch = len(train) // settings.batch
        self.averaged = AveragedWeights(settings.averaging)
        self.position = Position()
        self.logged: float | None = None

    def go(self, minutes: float | None) -> bool:
        self._begin()
        total = self.settings.epochs * self.steps_per_epoch
        limit = time.monotonic() + 60.0 * minutes if minutes is not None else float("inf")
        saved = time.monotonic()
        self.bar = RunBar(total, self.position.step, self.settings.batch, shown=self.fabric.is_global_zero)
        with stop_on_interrupt() as interrupted, self.bar as bar:
            while self.position.step < total:
                moment = self._moment()
                terms = self._step(moment)
                now = time.monotonic()
                broken, stop, due = any_process(
                    self.fabric,
                    not bool(torch.isfinite(torch.stack(list(terms.values()))).all()),
                    bool(interrupted) or now > limit,
                    now - saved > 60.0 * self.settings.checkpoint_minutes,
                )
                if broken:
                    raise self._no_number([name for name, value in terms.items() if not bool(torch.isfinite(value))])
                self.position.step += 1
                if self.position.step % self.settings.log_every == 0:
                    self._log_step(terms)
                if self.position.step % self.steps_per_epoch == 0:
                    self._end_epoch(moment)
                bar.done(self.position.step)
                if stop or due:
                    self._save()
                    saved = time.monotonic()
                if stop and interrupted:
                    raise CancelledError(f"Interrupted; {self.run.folder} has a checkpoint.", "Go on with --resume.")
                if stop:
                    return False
        self._save()
        return True

    def _begin(self) -> None:
        for module in self.task.modules.values():
            module.train()
            share_weights(self.fabric, module)
        existing = self.run.checkpoints()
        if existing:
            self.position = read_checkpoint(existing[-1], self.task, self.averaged)
            if self.fabric.is_global_zero:
                self.run.rewind(self.position.step)
        self.fabric.barrier()

    def _moment(self) -> Moment:
        fabric, settings = self.fabric, self.settings
        return Moment(
            settings.seed,
            self.position.step,
            settings.epochs,
            self.steps_per_epoch,
            fabric.global_rank,
            fabric.world_size,
        )

    def _step(self, moment: Moment) -> Mapping[str, Tensor]:
        size = self.settings.batch
        order = torch.randperm(
            len(self.train), generator=torch.Generator().manual_seed(self.settings.seed * 100_003 + moment.epoch)
        )
        first = moment.step % self.steps_per_epoch * size
        rows = moment.rows(size)
        batch = self.train.batch(order[first : first + size], moment.generator("augmentation"), rows)
        factor = self.settings.schedule.factor(moment.progress)
        for optimizer in self.task.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = group["base_lr"] * factor
        torch.manual_seed(moment.seed_for(f"dropout of {moment.rank}"))
        return self.task.step(batch.to(self.fabric.device), moment, self.fabric)

    def _no_number(self, names: list[str]) -> TrainingError:
        what = f"loss {', '.join(names)}" if names else "loss of another process"
        return TrainingError(
            f"The {what} is not a finite number any more in step {self.position.step}.",
            f"The last checkpoint in {self.run.folder} is from before; a lower learning rate may help.",
        )

    def _log_step(self, terms: Mapping[str, Tensor]) -> None:
        values = mean_over_processes(self.fabric, dict(terms))
        now, before = time.monotonic(), self.logged
        if before is not None:
            values["photos_a_second"] = self.settings.batch * self.settings.log_every / (now - before)
        self.logged = now
        self._log("train", values)

    def _end_epoch(self, moment: Moment) -> None:
        model = self.task.modules["model"]
        average_buffers(self.fabric, model)
        self._log("epoch", self.task.end_epoch(self.train, moment, self.fabric))
        self.averaged.after_epoch(model, self.position.step / (self.settings.epochs * self.steps_per_epoch))
        epoch = moment.epoch + 1
        if epoch % self.settings.validate_every == 0 or epoch == self.settings.epochs:
            if self.fabric.is_global_zero:
                self._validate()
            self.fabric.barrier()
            self.logged = None

    def _validate(self) -> None:
        model = self.task.modules["model"]
        figures = self.task.validate(model.eval(), self.val)
        self._offer(model, figures)
        batch = self.val.batch(torch.arange(min(self.settings.pictures, len(self.val))))
        self.run.log_picture(self.position.step, "val", self.task.picture(model, batch))
        model.train()
        if self.averaged.count:
            network = self.averaged.network(model, self.train, self.fabric.device)
            of_average = self.task.validate(network, self.val)
            self._offer(network, of_average)
            figures |= {f"averaged_{name}": value for name, value in of_average.items()}
        self._log("val", figures)
        shown = ", ".join(f"{name} {value:.4g}" for name, value in figures.items())
        self.bar.say(f"After {self.position.step // self.steps_per_epoch} epochs: {shown}")

    def _offer(self, model: torch.nn.Module, figures: dict[str, float]) -> None:
        """Export the model if it is the best so far."""
        if figures["score"] > self.position.best:
            self.position.best = figures["score"]
            assert isinstance(model, Trainable)
            model.save_pretrained(self.run.best, overwrite=True)

    def _log(self, kind: str, values: dict[str, float]) -> None:
        if values and self.fabric.is_global_zero:
            self.run.log(self.position.step, kind, values)

    def _save(self) -> None:
        for name, module in self.task.modules.items():
            average_buffers(self.fabric, module)
            if not all(bool(torch.isfinite(values).all()) for values in module.parameters()):
                raise TrainingError(
                    f"The weights of {name} are not finite numbers any more after {self.position.step} steps.",
                    f"The last checkpoint in {self.run.folder} is from before; a lower learning rate may help.",
                )
        if self.fabric.is_global_zero:
            path = self.run.checkpoint(self.position.step)
            write_checkpoint(path, self.task, self.averaged, self.position)
            self.run.drop_old_checkpoints()
