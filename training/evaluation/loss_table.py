"""The rows of MeshInversion's Table 4, beside what it says, and whether its ordering was found again."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

Measured = Mapping[str, Mapping[str, list[float]]]


@dataclass(frozen=True)
class Row:
    """A combination of losses.

    Attributes:
        name: of the row.
        mask: `InversionSettings.mask_loss`, or "none".
        texture: `InversionSettings.texture_loss`.
        fixed: the first camera stays.
        paper: IoU, FID_1, FID_10 and FID_12 there, on CUB; none: the row is ours.
    """

    name: str
    mask: str
    texture: str
    fixed: bool
    paper: tuple[float, float, float, float] | None


ROWS = (
    Row("iou, l1+perceptual", "iou", "l1+perceptual", False, (0.580, 82.8, 78.3, 92.01)),
    Row("chamfer, l1", "chamfer", "l1", False, (0.732, 58.9, 78.3, 74.7)),
    Row("chamfer, l1+perceptual", "chamfer", "l1+perceptual", False, (0.741, 56.3, 44.0, 64.9)),
    Row("chamfer, contextual", "chamfer", "contextual", False, (0.718, 69.0, 57.7, 75.5)),
    Row("l1, chamfer", "l1", "chamfer", False, (0.589, 71.8, 73.2, 74.1)),
    Row("iou, chamfer", "iou", "chamfer", False, (0.604, 72.1, 71.8, 70.5)),
    Row("chamfer, chamfer, fixed camera", "chamfer", "chamfer", True, (0.695, 40.9, 41.38, 60.0)),
    Row("chamfer, chamfer", "chamfer", "chamfer", False, (0.752, 37.3, 38.7, 56.8)),
)
"""In the paper's order: mask loss, texture loss. The last is its own."""

EXTRA = (Row("none, chamfer", "none", "chamfer", False, None),)
"""Ours. A loss of hard masks, which the paper's release renders, changes in jumps and so has no gradient: descending it
is descending without. The rows "iou" and "l1" have soft silhouettes."""

CLAIMS = {
    "L_CM over IoU as mask loss": "iou, chamfer",
    "L_CM over L1 as mask loss": "l1, chamfer",
    "L_CM over a loss of hard masks": "none, chamfer",
    "L_pCT + L_fCT over L1": "chamfer, l1",
    "L_pCT + L_fCT over L1 + perceptual": "chamfer, l1+perceptual",
    "L_pCT + L_fCT over contextual": "chamfer, contextual",
    "camera fine-tuned over fixed": "chamfer, chamfer, fixed camera",
    "all over IoU with L1 + perceptual": "iou, l1+perceptual",
}
"""What the table shows, and the row that the last one is compared with."""

COLUMNS = {
    "iou": ("IoU ↑", 3, 1),
    "ssim_views": ("SSIM of 12 views ↑", 3, 1),
    "vertices": ("vertices % ↓", 2, -1),
    "azimuth": ("azimuth ° ↓", 1, -1),
}
"""Measures with a value for each target: heading, decimals, and 1 where higher is better."""
SURE = 2.0
"""Standard errors of the paired difference from which on one row is called better."""


@dataclass(frozen=True)
class Verdict:
    """Whether a claim was found again, measure by measure: "holds", "reversed" or "undecided"."""

    claim: str
    differences: dict[str, float]
    """Mean over the targets of how much better the paper's own row is, in the measure's unit."""
    errors: dict[str, float]
    """Standard errors of these."""
    outcome: dict[str, str]

    @property
    def says(self) -> str:
        """One line."""
        return ", ".join(
            f"{name} {word} ({self.differences[name]:+.3g} ± {self.errors[name]:.2g})"
            for name, word in self.outcome.items()
        )


def verdicts(rows: Measured) -> list[Verdict]:
    """Of all claims whose rows were measured."""
    own = rows.get(ROWS[-1].name)
    if own is None:
        return []
    said: list[Verdict] = []
    for claim, other in CLAIMS.items():
        if other not in rows:
            continue
        differences, errors, outcome = dict[str, float](), dict[str, float](), dict[str, str]()
        for name, (_, _, sign) in COLUMNS.items():
            better = sign * (np.array(own[name]) - np.array(rows[other][name]))
            mean, error = float(better.mean()), float(better.std(ddof=min(1, len(better) - 1)) / np.sqrt(len(better)))
            sure = abs(mean) > SURE * error
            differences[name], errors[name] = mean, error
            outcome[name] = ("holds" if mean > 0 else "reversed") if sure else "undecided"
        said.append(Verdict(claim, differences, errors, outcome))
    return said


def loss_table(rows: Measured) -> str:
    """Markdown: means over the targets, the distances, and the paper's figures."""
    first = next(iter(rows.values()))
    distances = [name for name in first if name.endswith(("_1", "_10", "_12"))]
    heads = ["mask loss, texture loss", *(head for head, _, _ in COLUMNS.values()), *distances, "paper: IoU", "FID_12"]
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for row in (*ROWS, *EXTRA):
        if row.name not in rows:
            continue
        values = rows[row.name]
        cells = [f"{np.mean(values[name]):.{digits}f}" for name, (_, digits, _) in COLUMNS.items()]
        cells += [f"{values[name][0]:.3g}" for name in distances]
        cells += ["–", "–"] if row.paper is None else [f"{row.paper[0]:.3f}", f"{row.paper[3]:.1f}"]
        lines.append(f"| {row.name} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
