"""Figures of several runs as one table, beside what the paper says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from training.recipes.ablation import OURS

COLUMNS = ("mask_iou", "ssim", "recon", "novel", "90")
HEADS = ("MaskIoU %", "SSIM %", "FD recon", "FD novel", "FD 90")
AVERAGED = " + averaging"

PAPER: dict[str, tuple[float, float, float, float, float]] = {
    "SMR": (78.5, 72.9, 38.5, 76.7, 120.5),
    "No IM": (77.3, 72.4, 43.0, 81.6, 107.7),
    "No Prototype Loop": (80.7, 71.9, 37.3, 72.2, 104.1),
    "No Encoder Loop": (76.7, 71.6, 33.1, 67.0, 176.0),
    OURS: (81.1, 72.6, 35.9, 66.8, 93.3),
    OURS + AVERAGED: (84.3, 80.3, 32.6, 65.4, 94.3),
}
"""Tables 4 and 12 on ATR; FID_90, which they do not give there, on Market-HQ."""


@dataclass(frozen=True)
class Outcome:
    """One trained model's figures, as `training.evaluation.magic_mirror` names them."""

    row: str
    averaged: bool
    seed: int
    figures: Mapping[str, float]

    @property
    def name(self) -> str:
        """Of its line in the table."""
        return self.row + AVERAGED if self.averaged else self.row

    @property
    def values(self) -> tuple[float, ...]:
        """In the table's order, the first two in percent."""
        ends = {key.rsplit("_", 1)[-1]: value for key, value in self.figures.items()}
        shares = (self.figures["mask_iou"], self.figures["ssim"])
        return (*(100.0 * share for share in shares), *(ends[column] for column in COLUMNS[2:]))


def table(outcomes: Sequence[Outcome]) -> str:
    """Markdown: the mean over the seeds of each row; lowest and highest in brackets where there are several."""
    lines = [" | ".join(["| row", "seeds", *HEADS, "as in the paper |"]), "| --- " * (len(HEADS) + 3) + "|"]
    named: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        named.setdefault(outcome.name, []).append(outcome)
    for name, found in named.items():
        columns = zip(*(outcome.values for outcome in found), strict=True)
        cells = [_mean_and_range(column) for column in columns]
        lines.append(" | ".join([f"| {name}", str(len(found)), *cells, f"{verdict(name, named)} |"]))
    return "\n".join(lines) + "\n"


def _mean_and_range(values: tuple[float, ...]) -> str:
    mean = f"{sum(values) / len(values):.1f}"
    return mean if len(values) == 1 else f"{mean} ({min(values):.1f} to {max(values):.1f})"


def verdict(name: str, named: Mapping[str, Sequence[Outcome]]) -> str:
    """Where a row's difference from "Ours" has the paper's direction; "?" where the seeds' ranges overlap."""
    if name == OURS or name not in PAPER or OURS not in named:
        return "-"
    words: list[str] = []
    for column, head in enumerate(HEADS):
        row, ours = ([outcome.values[column] for outcome in named[key]] for key in (name, OURS))
        higher = min(row) > max(ours)
        unclear = not higher and max(row) >= min(ours)
        same = higher == (PAPER[name][column] > PAPER[OURS][column])
        words.append(f"{head.removesuffix(' %')} {'?' if unclear else 'yes' if same else 'no'}")
    return ", ".join(words)
