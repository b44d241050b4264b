"""MeshInversion's Table 4, which loss finds what, without external data: targets are a generator's own random shapes.

Everything about a target is known, so shapes, unseen sides and cameras can be measured as well as pictures.
"""

import dataclasses
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from rich.progress import track
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.features import FeatureExtractor
from mirror_core.files import write_files
from mirror_core.inversion import (
    Decoder,
    Found,
    GeneratorDecoder,
    InversionSettings,
    InversionWeights,
    Objective,
    View,
    descend,
    feature_map,
    search_codes,
    shortened,
)
from mirror_core.inversion.decoder import random_codes
from mirror_core.trainers.run_folder import made_with
from training.evaluation.fid import FrechetViews
from training.evaluation.generated import open_generator
from training.evaluation.loss_table import EXTRA, ROWS, Row, Verdict, loss_table, verdicts
from training.evaluation.loss_targets import Targets, draw_targets, judge
from training.evaluation.magic_mirror import feature_network

Rows = dict[str, dict[str, list[float]]]
TERMS = ("pixel", "feature", "mask")


@dataclass(frozen=True)
class EvaluateLossAblation:
    """Search a generator's own random shapes again with every combination of losses of the paper's Table 4."""

    model: str = "convmesh-people"
    """Name or folder of the generator, or "untrained": a small one with random weights."""
    targets: int = 16
    """How many random shapes."""
    beyond: float = 0.0
    """Standard deviation of fine patterns, which no code explains, in the targets' textures; their shapes become rough,
    too. 0: a code for each target exists."""
    pixels: int = 128
    """Side of the pictures that are compared."""
    effort: float = 1.0
    """Share of the published steps of each stage."""
    codes: int = 32
    """Random codes that are tried first."""
    balanced: bool = True
    """Weigh each loss so that it pulls the code as hard as the one of the paper's that it replaces; the paper does not
    give the weights of these. Off: the weights of what they replace."""
    rows: tuple[str, ...] = ()
    """Only these rows, by name; none: all eight, and one of ours without a mask loss."""
    inception: Path | None = None
    """FID's Inception weights; without them distances are measured with the project's garment network."""
    vgg: str = ""
    """VGG-19's weights for the features; none: the project's garment network."""
    seed: int = 0
    """Of targets, first cameras and random codes."""
    out: Path = Path("out/evaluation")
    """Where NAME.json is written."""
    name: str = "loss_ablation"

    def run(self) -> None:
        """Search, print and write."""
        decoder = GeneratorDecoder(open_generator(self.model))
        targets = draw_targets(decoder, self.targets, self.pixels, self.seed, self.beyond)
        extractor = feature_network(self.inception)
        path = self.out / f"{self.name}.json"
        report: dict[str, object] = {
            "model": Path(self.model).name,
            **{
                name: getattr(self, name)
                for name in ("targets", "beyond", "pixels", "effort", "codes", "balanced", "seed")
            },
            "made_with": made_with(),
        }
        chosen = [row for row in (*ROWS, *EXTRA) if not self.rows or row.name in self.rows]
        found: Rows = {}
        weights: dict[str, dict[str, float]] = {}
        for row in track(chosen, description=self.name):
            settings = self.settings(row)
            if self.balanced:
                settings = balance(settings, self.settings(ROWS[-1]), decoder, targets)
            began = time.process_time()
            answer = search(settings, decoder, targets)
            found[row.name] = self._judge(decoder, targets, answer, extractor)
            found[row.name]["cpu_seconds"] = [(time.process_time() - began) / self.targets]
            weights[row.name] = dataclasses.asdict(settings.weights)
            report |= {"rows": found, "weights": weights}
            write_files({path: json.dumps(report, indent=1).encode()}, overwrite=True)
        said: list[Verdict] = verdicts(found)
        report |= {"verdicts": [dataclasses.asdict(one) for one in said]}
        write_files({path: json.dumps(report, indent=1).encode()}, overwrite=True)
        print(loss_table(found))
        print("\n".join(f"{one.claim}: {one.says}" for one in said))

    def settings(self, row: Row) -> InversionSettings:
        """Of one row, with the paper's weights for whatever stands in their place."""
        settings = InversionSettings(
            codes=self.codes,
            search_pixels=min(self.pixels, 128),
            aligned=False,
            tuned=False,
            pixels=self.pixels,
            mask_loss="chamfer" if row.mask == "none" else row.mask,
            weights=InversionWeights(mask=0.0) if row.mask == "none" else InversionWeights(),
            texture_loss=row.texture,
            fixed_camera=row.fixed,
            vgg=self.vgg,
            finish="none",
            seed=self.seed,
        )
        return shortened(settings, self.effort)

    def _judge(
        self, decoder: Decoder, targets: Targets, answer: Found, extractor: FeatureExtractor
    ) -> dict[str, list[float]]:
        assert isinstance(answer.camera, Camera)
        distances = FrechetViews(extractor, pixels=self.pixels)
        with torch.no_grad():
            figures = judge(targets, decoder(answer.code), answer.camera, distances)
        return figures | {name: [value] for name, value in distances.distances().items()}


def search(settings: InversionSettings, decoder: Decoder, targets: Targets) -> Found:
    """Search codes and cameras for all targets at once; each as if it were alone."""
    network = feature_map(settings)
    objective = Objective.of(settings, decoder.template, network)
    views = [View.of(*pair, network) for pair in zip(targets.picture, targets.mask, strict=True)]

    def tick(what: str) -> None:
        """Nobody is told, nobody stops it."""

    start = search_codes(decoder, views, targets.first, objective, tick)
    return descend(decoder, views, start, objective, tick)


def balance(
    settings: InversionSettings, reference: InversionSettings, decoder: Decoder, targets: Targets
) -> InversionSettings:
    """The settings with weights such that each loss pulls codes as hard as the reference's loss in its place.

    The pull is the gradient's mean length over the targets, at random codes before the first cameras.
    """
    theirs, ours = (_pulls(one, decoder, targets) for one in (reference, settings))
    weights = {
        name: getattr(settings.weights, name) * theirs[name] / ours[name]
        for name in TERMS
        if ours.get(name) and theirs.get(name)
    }
    return dataclasses.replace(settings, weights=InversionWeights(**dataclasses.asdict(settings.weights) | weights))


def _pulls(settings: InversionSettings, decoder: Decoder, targets: Targets) -> dict[str, float]:
    network = feature_map(settings)
    objective = Objective.of(settings, decoder.template, network)
    views = [View.of(*pair, network) for pair in zip(targets.picture, targets.mask, strict=True)]
    random = torch.Generator().manual_seed(settings.seed + 1)
    code = random_codes(decoder, len(views), random).requires_grad_()
    terms = objective.losses(code, decoder(code), targets.first, views, [random] * len(views))
    return {name: _length([one[name] for one in terms], code) for name in TERMS if name in terms[0]}


def _length(losses: Sequence[Tensor], code: Tensor) -> float:
    (gradient,) = torch.autograd.grad(torch.stack(list(losses)).sum(), code, retain_graph=True)
    return float(gradient.norm(dim=1).mean())
