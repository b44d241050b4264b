"""How long an inversion's descent takes, and how much memory: the `lite` generator, untrained, at 256 pixels.

usage: python benchmarks/inversion.py [--steps 200] [--codes 64] [--out FILE]

The photo is drawn: an ellipsoid in stripes. Times are of the wall and of the processor; on a machine that does other
work the latter tells, and the target of 40 s is for 200 steps on two cores that do nothing else.
"""

import argparse
import dataclasses
import json
import resource
import time
from pathlib import Path

import torch

from mirror_core.attributes import Camera
from mirror_core.generators import ConvMeshGenerator, make_generator_config
from mirror_core.inversion import (
    GeneratorDecoder,
    InversionSettings,
    InversionStage,
    Objective,
    View,
    descend,
    feature_map,
    search_codes,
)
from mirror_core.inversion.begin import nearest_code
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer

WARM_UP = 3
"""Steps before the clock starts: kernels are compiled or read, memory is taken."""


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--codes", type=int, default=64)
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    arguments = parser.parse_args()
    settings = InversionSettings(codes=arguments.codes)
    settings = dataclasses.replace(
        settings, weights=settings.settled_weights(), stages=(InversionStage(arguments.steps, 0.05, 0.005),)
    )
    torch.manual_seed(0)
    decoder = GeneratorDecoder(ConvMeshGenerator(make_generator_config("lite")).eval())
    network = feature_map(settings)
    objective = Objective.of(settings, decoder.template, network)
    camera = Camera.single(azimuth=20.0)
    views = {pixels: striped(pixels, network) for pixels in (settings.search_pixels, settings.pixels)}
    warm = dataclasses.replace(
        objective, settings=dataclasses.replace(settings, stages=(InversionStage(WARM_UP, 0, 0),))
    )
    quiet = {"tick": lambda _: None}
    start = (torch.zeros(1, decoder.code_size), camera)
    descend(decoder, [views[settings.pixels]], start, warm, **quiet)
    report: dict[str, object] = {"threads": torch.get_num_threads(), "pixels": settings.pixels}
    said = torch.rand(1, 3, 160, 96)
    with clock(report, "the code nearest to a mesh"):
        nearest_code(decoder, make_template(642).vertices[None], said, **quiet)
    with clock(report, f"search of {settings.codes} codes"):
        start = search_codes(decoder, [views[settings.search_pixels]], camera, objective, **quiet)
    with clock(report, f"descent of {arguments.steps} steps"):
        descend(decoder, [views[settings.pixels]], start, objective, **quiet)
    report["peak memory, GB"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6, 2)
    print(json.dumps(report, indent=1))
    arguments.out.write_text(json.dumps(report, indent=1) + "\n")


class clock:  # noqa: N801  reads like a verb
    """Seconds of the wall and of the processor while the block runs."""

    def __init__(self, report: dict[str, object], name: str) -> None:
        self.report, self.name = report, name

    def __enter__(self) -> None:
        self.start = time.perf_counter(), time.process_time()

    def __exit__(self, *_: object) -> None:
        wall, processor = time.perf_counter() - self.start[0], time.process_time() - self.start[1]
        self.report[self.name] = {"wall, s": round(wall, 1), "processor, s": round(processor, 1)}


def striped(pixels: int, network: object) -> View:
    """An ellipsoid in stripes, seen a little from the side."""
    template = make_template(2562)
    texture = (torch.arange(64)[:, None] // 4 % 2).float().expand(64, 64)
    colours = torch.stack([texture, 0.5 * texture, 1.0 - texture])[None]
    seen = Renderer(image_size=(pixels, pixels))(
        template.vertices[None], template, Camera.single(azimuth=30.0), colours
    )
    assert seen.rgb is not None
    return View.of(seen.rgb[0], seen.mask[0], network)


if __name__ == "__main__":
    main()
