"""Means of groups of people with bootstrap intervals, and how far each group is from the others."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from training.evaluation.three_d_report import COLUMNS, Row

MEASURES = {
    **{name: COLUMNS[name] for name in ("mask_iou", "chamfer", "distance_unseen", "ssim_front", "ssim_180")},
    "found_iou": ("mask found, IoU ↑", 3),
}
"""Measures of the tables, their headings and decimals."""
LEVEL = 95.0
"""Per cent of the bootstrap's draws that an interval holds."""
DRAWS = 2000
FEW = 8
"""Of fewer photos the bootstrap knows too little: such a group, or so few twins, are not compared."""
Values = npt.NDArray[np.float64]
Figures = dict[str, int | float]


def compare_groups(rows: Sequence[Row], dimension: str, measure: str) -> dict[str, Figures]:
    """One measure of each group of a dimension, by the group's name, and of "all".

    Of each: count, mean with its interval, and the difference to the mean of all others with its interval. Viewpoints
    are harder or easier than each other and fall to small groups unevenly, so differences are of what is left of the
    measure when the mean of the photo's viewpoint is taken away.
    """
    known = [row for row in rows if measure in row and dimension in row]
    values = np.array([row[measure] for row in known], np.float64)
    names = np.array([str(row[dimension]) for row in known])
    rest = values - _means_of([str(row["viewpoint"]) for row in known], values)
    figures = {"all": _mean(values)}
    for group in dict.fromkeys(names.tolist()):
        inside = names == group
        figures[group] = _mean(values[inside])
        if min(inside.sum(), (~inside).sum()) >= FEW:
            figures[group] |= _difference(rest[inside], rest[~inside])
    return figures


def compare_twins(rows: Sequence[Row], tone: str, reference: str, measure: str) -> Figures:
    """How much a measure differs between two tones of the same people, with its interval: pairs, not groups.

    Args:
        rows: each with the person's "name" and "skin".
        tone: whose measure it is.
        reference: the tone it is compared with.
        measure: its name.
    """
    by_tone = {
        wanted: {row["name"]: float(str(row[measure])) for row in rows if row["skin"] == wanted and measure in row}
        for wanted in (tone, reference)
    }
    both = [name for name in by_tone[tone] if name in by_tone[reference]]
    mine, theirs = (np.array([by_tone[wanted][name] for name in both]) for wanted in (tone, reference))
    if len(both) < FEW:
        return _mean(mine)
    low, high = _interval(_resampled(mine - theirs))
    apart = {"difference": _short((mine - theirs).mean()), "difference_low": low, "difference_high": high}
    return _mean(mine) | apart


def table(figures: Mapping[str, Mapping[str, Mapping[str, int | float]]], order: Sequence[str], heading: str) -> str:
    """Markdown: a line for each group; each measure's mean, its difference to the others and that one's interval.

    Args:
        figures: by measure, then by group.
        order: of groups; those that are not there are left out.
        heading: of the groups' column.
    """
    measures = [name for name in MEASURES if name in figures]
    heads = [heading, "photos", *(MEASURES[name][0] for name in measures)]
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for group in (name for name in order if any(name in by_group for by_group in figures.values())):
        photos = max(int(by_group[group]["count"]) for by_group in figures.values() if group in by_group)
        cells = [_cell(figures[name].get(group, {}), MEASURES[name][1]) for name in measures]
        lines.append(f"| {group} | {photos} | {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def is_clear(figures: Mapping[str, int | float]) -> bool:
    """Whether the interval of a difference leaves zero out."""
    return "difference" in figures and figures["difference_low"] * figures["difference_high"] > 0.0


def _cell(figures: Mapping[str, int | float], decimals: int) -> str:
    if not figures:
        return "–"
    text = f"{figures['mean']:.{decimals}f}"
    if "difference" not in figures:
        return text
    apart, low, high = (figures[name] for name in ("difference", "difference_low", "difference_high"))
    words = f"{apart:+.{decimals}f} ({low:+.{decimals}f} to {high:+.{decimals}f})"
    return f"{text}; {'**' + words + '**' if is_clear(figures) else words}"


def _means_of(names: Sequence[str], values: Values) -> Values:
    """For each value the mean of those with its name."""
    means = {name: values[np.array(names) == name].mean() for name in set(names)}
    return np.array([means[name] for name in names])


def _mean(values: Values) -> Figures:
    low, high = _interval(_resampled(values))
    return {"count": len(values), "mean": _short(values.mean()), "low": low, "high": high}


def _difference(mine: Values, theirs: Values) -> Figures:
    low, high = _interval(_resampled(mine, seed=1) - _resampled(theirs, seed=2))
    return {"difference": _short(mine.mean() - theirs.mean()), "difference_low": low, "difference_high": high}


def _resampled(values: Values, seed: int = 0) -> Values:
    """Means of as many values, drawn with replacement, `DRAWS` times."""
    drawn = np.random.default_rng(seed).integers(len(values), size=(DRAWS, len(values)))
    return values[drawn].mean(axis=1)


def _interval(draws: Values) -> tuple[float, float]:
    tail = (100.0 - LEVEL) / 2.0
    low, high = np.percentile(draws, [tail, 100.0 - tail])
    return _short(low), _short(high)


def _short(value: np.floating) -> float:
    """Five digits are more than a few hundred photos decide."""
    return float(f"{value:.5g}")
