"""What ConvMesh's generators cost: one forward and backward pass, `lite` beside `paper`.

usage: python benchmarks/convmesh.py [--runs 20] [--paper-runs 2] [--threads N] [--out FILE]

"search" is a step of an inversion: weights frozen, evaluation mode, gradients reach the code. "training" has those of
all weights. Aim of `lite`: a search step of at most 60 ms on two cores. On a busy machine only the ratio of the two
presets' least processor times says something; the same load slows both down.
"""

import argparse
from pathlib import Path

import torch
from _common import commit, machine, measure, on_threads, write

from mirror_core.generators import ConvMeshGenerator, make_generator_config

AIM_MS = 60.0


class Pass:
    """One forward and backward pass after the other."""

    def __init__(self, preset: str, training: bool) -> None:
        self.generator = ConvMeshGenerator(make_generator_config(preset))
        torch.nn.init.normal_(self.generator.mesh_map.layer.weight, std=0.01)
        self.generator.train(training).requires_grad_(training)
        self.code = torch.randn(1, self.generator.config.code, requires_grad=True)

    def __call__(self) -> None:
        """Do one."""
        made = self.generator(self.code)
        (made.texture.square().sum() + made.vertices.square().sum()).backward()


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--paper-runs", type=int, default=2)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    arguments = parser.parse_args()
    torch.manual_seed(0)
    passes: dict[str, dict[str, object]] = {}
    with on_threads(arguments.threads):
        for preset, runs in (("lite", arguments.runs), ("paper", arguments.paper_runs)):
            generator = ConvMeshGenerator(make_generator_config(preset))
            passes[preset] = {"parameters": sum(parameter.numel() for parameter in generator.parameters())}
            for name, training in (("search", False), ("training", True)):
                passes[preset][name] = measure(Pass(preset, training), runs, warm_up=1)
                print(preset, name, passes[preset][name])
    least = {preset: passes[preset]["search"]["processor_min_ms"] for preset in passes}  # type: ignore[index]
    report = {
        "commit": commit(),
        "machine": machine(),
        "threads": arguments.threads,
        "aim_ms": AIM_MS,
        **passes,
        "paper_over_lite": round(least["paper"] / least["lite"], 1),
    }
    print("paper takes", report["paper_over_lite"], "times as long as lite")
    write(arguments.out.resolve(), report)


if __name__ == "__main__":
    main()
