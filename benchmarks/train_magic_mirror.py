"""What a training step of 3D Magic Mirror costs, and where the time goes.

usage: python benchmarks/train_magic_mirror.py [--recipe lite] [--steps 24] [--threads N] [--out FILE]

The forward pass alone is measured too (target of "lite": 5 ms a photo).

A step is everything: photos with augmentation, encoders, reconstruction, random view, mix-up, critic, consistency,
backward, optimizers. The photos are made up; their content does not change what a step costs. Target: 20 photos a
second on two cores, recipe "lite", 160x96, batches of 16.
"""

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from _common import commit, machine, measure, on_threads, write
from lightning.fabric import Fabric

from mirror_core.trainers.magic_mirror import MagicMirrorTask, task
from mirror_core.trainers.moment import Moment
from training.datasets import CachedPhotos
from training.datasets.cache import Cache
from training.recipes.magic_mirror import RECIPES, MagicMirrorRecipe

PHOTOS = 64
TARGET = 20.0


class Clock:
    """Time by part, the innermost one; but all that the critic's step and the consistency do is theirs."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = time.perf_counter()

    @contextmanager
    def part(self, name: str) -> Generator[None]:
        """Count what happens inside for `name`."""
        if "critic" in self._open:
            yield
            return
        self._turn()
        self._open.append("consistency" if "consistency" in self._open else name)
        yield
        self._turn()
        self._open.pop()

    def wrap(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, counted."""

        def counted(*arguments: Any, **options: Any) -> Any:
            with self.part(name):
                return function(*arguments, **options)

        return counted

    def _turn(self) -> None:
        now = time.perf_counter()
        self.milliseconds[self._open[-1] if self._open else "outside"] += 1e3 * (now - self._since)
        self._since = now


class Step:
    """One step after the other of a recipe on made-up photos."""

    def __init__(self, recipe: MagicMirrorRecipe) -> None:
        self.recipe = recipe
        self.source = made_up_photos(recipe)
        self.task: MagicMirrorTask = recipe.task()
        self.fabric = Fabric(accelerator="cpu", devices=1)
        self.number = 0
        self.ready = self.source.batch(torch.arange(recipe.loop.batch))

    def __call__(self) -> None:
        """Do the next one, half way through a run."""
        steps = PHOTOS // self.recipe.loop.batch
        moment = Moment(0, self.recipe.loop.epochs // 2 * steps + self.number, self.recipe.loop.epochs, steps)
        self.number += 1
        index = torch.randperm(PHOTOS, generator=moment.generator("order"))[: self.recipe.loop.batch]
        batch = self.source.batch(index, moment.generator("augmentation"))
        self.task.step(batch, moment, self.fabric)

    @torch.no_grad()
    def look(self) -> None:
        """The forward pass alone on one batch that is there already."""
        self.task.model(self.ready.photo, self.ready.mask)


def made_up_photos(recipe: MagicMirrorRecipe) -> CachedPhotos:
    """Noisy colours on ellipses of different widths."""
    height, width = recipe.model.image_size
    random = np.random.default_rng(0)
    pictures = random.integers(0, 256, (PHOTOS, height, width, 4), dtype=np.uint8)
    y, x = np.meshgrid(np.linspace(-1, 1, height), np.linspace(-1, 1, width), indexing="ij")
    reach = random.uniform(0.4, 0.8, (PHOTOS, 1, 1))
    pictures[..., 3] = 255 * ((x / reach) ** 2 + (y / 0.9) ** 2 < 1)
    names = tuple(str(number) for number in range(PHOTOS))
    cache = Cache(pictures, names, (pictures[..., 3] > 0).mean(axis=(1, 2)))
    assert recipe.photos.augmentation is not None
    return CachedPhotos(cache, np.arange(PHOTOS), recipe.photos.augmentation)


def profile(step: Step, steps: int) -> dict[str, float]:
    """Mean milliseconds a step by part, largest first."""
    clock, trained = Clock(), step.task
    with (
        patch.object(CachedPhotos, "batch", clock.wrap("photos", CachedPhotos.batch)),
        patch.object(task, "draw", clock.wrap("rendering, forward", task.draw)),
        patch.object(trained.model, "forward", clock.wrap("encoders, forward", trained.model.forward)),
        patch.object(trained, "_teach_critic", clock.wrap("critic", trained._teach_critic)),
        patch.object(trained, "_adversarial", clock.wrap("critic on the random view", trained._adversarial)),
        patch.object(trained, "_consistency", clock.wrap("consistency", trained._consistency)),
        patch.object(step.fabric, "backward", clock.wrap("backward", step.fabric.backward)),
        patch.object(trained.optimizers["model"], "step", clock.wrap("optimizer", trained.optimizers["model"].step)),
        patch.object(trained, "step", clock.wrap("losses and the rest", trained.step)),
    ):
        for _ in range(steps):
            step()
    parts = {name: spent / steps for name, spent in clock.milliseconds.items() if name != "outside"}
    return dict(sorted(parts.items(), key=lambda item: -item[1]))


def operators(step: Step, steps: int, count: int = 12) -> dict[str, float]:
    """The operators that most processor time is spent in themselves, milliseconds a step."""
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as recorded:
        for _ in range(steps):
            step()
    events = sorted(recorded.key_averages(), key=lambda event: -event.self_cpu_time_total)[:count]
    return {event.key: round(event.self_cpu_time_total / 1e3 / steps, 2) for event in events}


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", default="lite", choices=RECIPES)
    parser.add_argument("--steps", type=int, default=24)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    arguments = parser.parse_args()
    with on_threads(arguments.threads):
        step = Step(RECIPES[arguments.recipe])
        timed = measure(step, arguments.steps, warm_up=4)
        forward = measure(step.look, arguments.steps, warm_up=4)
        parts = profile(step, arguments.steps)
        busiest = operators(step, 4)
    batch = step.recipe.loop.batch
    report = {
        "commit": commit(),
        "machine": machine(),
        "threads": arguments.threads,
        "recipe": arguments.recipe,
        "image_size": list(step.recipe.model.image_size),
        "batch": batch,
        "step": timed,
        "forward": {**forward, "wall_median_ms_a_photo": round(forward["wall_median_ms"] / batch, 2)},
        "photos_a_second": {
            "median": round(1e3 * batch / timed["wall_median_ms"], 1),
            "best": round(1e3 * batch / timed["wall_min_ms"], 1),
            "target": TARGET,
        },
        "parts_ms": {name: round(spent, 2) for name, spent in parts.items()},
        "parts_share": {name: round(spent / sum(parts.values()), 3) for name, spent in parts.items()},
        "operators_ms": busiest,
    }
    for name, spent in parts.items():
        print(f"{name:28} {spent:8.1f} ms {100 * spent / sum(parts.values()):5.1f} %")
    print("photos a second:", report["photos_a_second"])
    print("forward pass:", report["forward"])
    write(arguments.out.resolve(), report)


if __name__ == "__main__":
    main()
