"""How fast synthetic samples are made, and where the time goes.

usage: python benchmarks/synthesize.py --assets FOLDER [--environments FOLDER] [--category people] [--out FILE]

Samples a second: two processes at once, as `mirror synthesize --jobs 2` runs them, each after a warm-up (compiling,
reading the assets); start-up is told apart. Target: 15 samples a second at 256x128 on two cores. Milliseconds by part:
one process alone, processor time, the innermost part counted.
"""

import argparse
import multiprocessing
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np
import torch
from _common import commit, machine, write

from training import synthesize
from training.synthesize import MakeShard, Recipe
from training.synthetic import people, scene

TARGET = 15.0
WARM_UP = 40
PARTS = {
    "pose": (people.PoseSampler, "draw"),
    "clothes follow and settle": (people, "put_on"),
    "template laid": (scene, "lay_template"),
    "camera": (scene, "draw_camera"),
    "light": (scene, "draw_light"),
    "shoot": (scene, "shoot"),
    "background": (scene, "draw_background"),
    "sensor": (scene, "expose"),
    "files": (synthesize, "encode"),
}


class Clock:
    """Processor milliseconds by part."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = defaultdict(float)

    def wrap(self, part: str, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, counted."""

        def counted(*arguments: Any, **options: Any) -> Any:
            began = time.process_time()
            result = function(*arguments, **options)
            self.milliseconds[part] += 1e3 * (time.process_time() - began)
            return result

        return counted


def samples(make: MakeShard, first: int, count: int) -> None:
    """Make so many and throw them away."""
    for _ in make.samples(range(first, first + count)):
        pass


def rate(task: tuple[MakeShard, int, int]) -> tuple[float, float]:
    """Seconds of start-up and warm-up, and of the samples after that."""
    make, first, count = task
    torch.set_num_threads(1)
    began = time.perf_counter()
    samples(make, first, WARM_UP)
    warm = time.perf_counter()
    samples(make, first + WARM_UP, count)
    return warm - began, time.perf_counter() - warm


def profile(make: MakeShard, count: int) -> dict[str, float]:
    """Milliseconds a sample by part."""
    torch.set_num_threads(1)
    samples(make, 0, WARM_UP)
    clock = Clock()
    patches = [
        patch.object(owner, name, clock.wrap(part, getattr(owner, name))) for part, (owner, name) in PARTS.items()
    ]
    for one in patches:
        one.start()
    began = time.process_time()
    samples(make, WARM_UP, count)
    total = 1e3 * (time.process_time() - began)
    for one in patches:
        one.stop()
    parts = {part: round(spent / count, 1) for part, spent in clock.milliseconds.items()}
    parts["body, colours and the rest"] = round(total / count - sum(parts.values()), 1)
    return {"whole": round(total / count, 1), **dict(sorted(parts.items(), key=lambda item: -item[1]))}


def run(category: str, recipe: Recipe, count: int, jobs: int) -> dict[str, Any]:
    """Rate and profile of one recipe."""
    make = MakeShard(category, recipe, Path("unused"))
    with multiprocessing.get_context("spawn").Pool(jobs) as pool:
        times = pool.map(rate, [(make, 10_000 * job, count) for job in range(jobs)], chunksize=1)
    speed = sum(count / seconds for _, seconds in times)
    result = {
        "photos_each": recipe.photos_each,
        "samples_per_second": round(speed, 1),
        "target": TARGET,
        "processes": jobs,
        "start_up_seconds": round(float(np.mean([start for start, _ in times])), 1),
        "processor_ms_by_part": profile(make, count),
    }
    print(result)
    return result


def main() -> None:
    """Measure with one and with four photos of each figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--assets", type=Path)
    parser.add_argument("--environments", type=Path)
    parser.add_argument("--category", default="people")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args()
    rows = [
        run(
            options.category,
            Recipe(photos_each=each, assets=options.assets, environments=options.environments),
            options.count,
            options.jobs,
        )
        for each in (1, 4)
    ]
    write(options.out, {"commit": commit(), "machine": machine(), "category": options.category, "rows": rows})


if __name__ == "__main__":
    main()
