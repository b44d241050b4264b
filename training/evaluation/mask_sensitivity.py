"""How finely mask losses feel a change of shape: the study of MeshInversion's supplement, section 3 and Fig. 1.

A shape of the generator and the one that a small step of its code gives are compared in space, by the Chamfer distance
of their vertices, and in the picture, by each mask loss. All are distances, not squares, so that each should be
proportional to the distance in space: on logarithmic axes a line of slope 1. Pixels round small changes off.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from rich.progress import track
from scipy.spatial import cKDTree
from torch import Tensor

from mirror_core.files import write_files
from mirror_core.losses import chamfer_mask_loss
from mirror_core.mesh import Template
from mirror_core.metrics import mask_iou
from mirror_core.rendering import Renderer
from mirror_core.trainers.run_folder import made_with
from training.evaluation.generated import framed, in_picture, open_generator
from training.figures.mask_sensitivity import draw_sensitivity

FloatArray = npt.NDArray[np.float64]
Losses = dict[str, dict[str, Any]]
Shapes = Callable[[Float[Tensor, "B Z"]], Float[Tensor, "B V 3"]]

LOSSES = ("chamfer", "chamfer_to_mask", "iou", "l1", "soft_iou", "soft_l1")
"""Chamfer distance of the projected vertices; by how much the Chamfer mask loss against the first shape's pixels
changes; one minus the overlap and the mean difference of hard masks; the same of soft silhouettes."""
FINE = 1e-3
"""Steps up to this one count as small."""
FELT = 0.9
"""Share of the pairs that must be felt."""


@dataclass(frozen=True)
class EvaluateMaskSensitivity:
    """Measure how mask losses follow small changes of a generator's shapes; write JSON and a log-log plot."""

    model: str = "convmesh-people"
    """Name or folder of the generator, or "untrained": a small one with random weights."""
    pairs: int = 100
    """Shapes, each with a changed one for every step."""
    pixels: int = 256
    """Side of the masks."""
    seed: int = 0
    """Of codes, directions and azimuths."""
    out: Path = Path("out/evaluation")
    """Where NAME.json and NAME.png are written."""
    name: str = "mask_sensitivity"

    def run(self) -> None:
        """Measure, print and write."""
        generator = open_generator(self.model).double()
        random = torch.Generator().manual_seed(self.seed)
        steps = np.logspace(-6, -1, 11)

        def shapes(codes: Tensor) -> Tensor:
            return generator(codes).vertices

        measured = [
            measure_pair(shapes, generator.template, draw_pair(generator.config.code, random), steps, self.pixels)
            for _ in track(range(self.pairs), description=self.name)
        ]
        space, losses = summarise(np.stack(measured), steps)
        report = {
            "model": Path(self.model).name,
            "pairs": self.pairs,
            "pixels": self.pixels,
            "seed": self.seed,
            "steps": steps.tolist(),
            "space": space,
            "losses": losses,
            "made_with": made_with(),
        }
        picture = draw_sensitivity(space, losses)
        files = {".json": json.dumps(report, indent=1).encode(), ".png": picture}
        write_files({self.out / f"{self.name}{kind}": data for kind, data in files.items()}, overwrite=True)
        for loss, row in losses.items():
            print(f"{loss:16} slope {row['slope']}, felt from {row['felt_from']}")
        print(f"Written: {self.out / self.name}.json and .png")


@dataclass(frozen=True)
class Pair:
    """A shape's code (Z,), the direction of its change (Z,), a unit vector, and the azimuth both are seen from."""

    code: Float[Tensor, " Z"]
    direction: Float[Tensor, " Z"]
    azimuth: float


def draw_pair(size: int, random: torch.Generator) -> Pair:
    """A code from the normal distribution, any direction, any azimuth."""
    code, direction = torch.randn(2, size, generator=random, dtype=torch.float64)
    azimuth = 360.0 * float(torch.rand((), generator=random))
    return Pair(code, torch.nn.functional.normalize(direction, dim=0), azimuth)


@torch.no_grad()
def measure_pair(shapes: Shapes, template: Template, pair: Pair, steps: FloatArray, pixels: int) -> FloatArray:
    """Distances for each step, (steps, 1 + losses): in space, then those of `LOSSES`.

    Args:
        shapes: codes to vertices, in double precision: a step of 1e-6 is lost in single.
        template: of the vertices.
        pair: what to compare.
        steps: lengths of the changes.
        pixels: side of the masks.
    """
    lengths = torch.cat([torch.zeros(1, dtype=torch.float64), torch.from_numpy(steps)])
    vertices = shapes(pair.code + lengths[:, None] * pair.direction)
    vertices = vertices - vertices[0].mean(dim=0)
    camera = framed(vertices[:1].expand_as(vertices), torch.full((len(vertices),), pair.azimuth))
    seen = Renderer(image_size=(pixels, pixels))(vertices, template, camera)
    points = in_picture(vertices, camera)
    foreground = mask_points(seen.mask[0, 0])
    at_first = chamfer_mask_loss(points[0], foreground)
    rows: list[list[float]] = []
    for k in range(1, len(vertices)):
        masks = [(values[k : k + 1], values[:1]) for values in (seen.mask, seen.silhouette)]
        rows.append([
            chamfer(vertices[k], vertices[0]),
            chamfer(points[k], points[0]),
            float((chamfer_mask_loss(points[k], foreground) - at_first).abs()),
            *(value for pair in masks for value in (_iou_loss(*pair), float((pair[0] - pair[1]).abs().mean()))),
        ])  # fmt: skip
    return np.array(rows)


def _iou_loss(changed: Tensor, first: Tensor) -> float:
    """By how much less the changed mask overlaps the first one than that does itself: soft ones do not to 1."""
    return float((mask_iou(first, first) - mask_iou(changed, first)).abs())


def mask_points(mask: Float[Tensor, "H W"]) -> Float[Tensor, "N 2"]:
    """Centres of the foreground's pixels, NDC."""
    row, column = torch.nonzero(mask > 0.5, as_tuple=True)
    height, width = mask.shape
    return torch.stack([(2.0 * column + 1.0) / width - 1.0, 1.0 - (2.0 * row + 1.0) / height], dim=1).to(mask)


def chamfer(a: Float[Tensor, "V D"], b: Float[Tensor, "N D"]) -> float:
    """Mean distance, not squared, to the nearest point of the other set, averaged over both directions."""
    first, second = a.numpy(), b.numpy()
    there, back = cKDTree(second).query(first)[0], cKDTree(first).query(second)[0]
    return float((np.mean(there) + np.mean(back)) / 2.0)


def summarise(measured: Float[np.ndarray, "P S L"], steps: FloatArray) -> tuple[list[float], Losses]:
    """Means over the pairs by step, and for each loss how straight and how steep its line is.

    `slope`: of the least-squares line through the logarithms of the means that are not 0. `felt`: by step, the share of
    pairs whose loss is not exactly 0. `felt_from`: the least mean distance in space from which on `FELT` of the pairs
    are felt. `scatter`: over the pairs of steps up to `FINE` that are felt, the standard deviation of log10(loss /
    distance in space).
    """
    space, small = measured[..., 0], steps <= FINE
    losses: Losses = {}
    for number, name in enumerate(LOSSES, start=1):
        values = measured[..., number]
        felt = values > 0.0
        few = felt & small
        ratio = np.log10(values[few] / space[few])
        losses[name] = {
            "mean": values.mean(axis=0).tolist(),
            "median": np.median(values, axis=0).tolist(),
            "felt": felt.mean(axis=0).tolist(),
            "slope": slope(space.mean(axis=0), values.mean(axis=0)),
            "felt_from": _felt_from(space.mean(axis=0), felt.mean(axis=0)),
            "scatter": float(ratio.std()) if len(ratio) else None,
        }
    return space.mean(axis=0).tolist(), losses


def slope(x: FloatArray, y: FloatArray) -> float | None:
    """Of the line through log10 of the points that have one; none with fewer than two."""
    there = (x > 0.0) & (y > 0.0)
    if there.sum() < 2:
        return None
    return float(np.polyfit(np.log10(x[there]), np.log10(y[there]), 1)[0])


def _felt_from(space: FloatArray, felt: FloatArray) -> float | None:
    missed = np.flatnonzero(felt < FELT)
    first = int(missed[-1]) + 1 if len(missed) else 0
    return float(space[first]) if first < len(space) else None
