"""The 3D benchmark's rows, drawn together and written as tables."""

from collections.abc import Mapping, Sequence

import numpy as np

Row = Mapping[str, object]
Figures = dict[str, dict[str, float]]

COLUMNS = {
    "chamfer": ("chamfer % ↓", 2),
    "distance_seen": ("seen % ↓", 2),
    "distance_unseen": ("unseen % ↓", 2),
    "f1": ("F at 1 % ↑", 3),
    "f2": ("F at 2 % ↑", 3),
    "normals": ("normals ↑", 3),
    "volume_iou": ("volume IoU ↑", 3),
    "chamfer_view": ("in view % ↓", 2),
    "chamfer_canonical": ("canonical % ↓", 2),
    "camera": ("camera ° ↓", 1),
    "mask_iou": ("MaskIoU ↑", 3),
    "ssim_front": ("SSIM front ↑", 3),
    "ssim_side": ("sides ↑", 3),
    "ssim_180": ("back ↑", 3),
    "cpu_seconds": ("CPU s ↓", 1),
}
"""Measures of the main table, their headings and decimals."""

VIEWPOINTS = {"front": 30.0, "three-quarter": 60.0, "side": 120.0, "back": 180.0}
"""Name of a photo's viewpoint, and up to which azimuth to either side it has it."""

DESCRIPTIONS = ("name", "method", "category", "kind", "viewpoint", "failed")
"""Fields of a row that are not measures."""


def viewpoint(azimuth: float) -> str:
    """The name of the side that a camera at `azimuth` degrees looks at."""
    turned = abs((azimuth + 180.0) % 360.0 - 180.0)
    return next(name for name, limit in VIEWPOINTS.items() if turned <= limit)


def summarise(rows: Sequence[Row]) -> dict[str, dict[str, Figures]]:
    """By method, then by group, then by measure: mean, median and number of rows that have it.

    Groups are all, and those by category, kind and viewpoint where rows differ in that.
    """
    fields = [name for name in ("category", "kind", "viewpoint") if len({row[name] for row in rows}) > 1]
    return {
        method: {
            group: _figures(some) for group, some in _groups([r for r in rows if r["method"] == method], fields).items()
        }
        for method in _in_order(rows, "method")
    }


def main_table(summary: Mapping[str, Mapping[str, Figures]], group: str = "all") -> str:
    """Markdown: a line for each method, medians over the group."""
    heads = ["method", "photos", *(heading for heading, _ in COLUMNS.values())]
    lines = [f"| {' | '.join(heads)} |", "| --- " * len(heads) + "|"]
    for method, groups in summary.items():
        figures = groups.get(group, {})
        cells = [_cell(figures, name) for name in COLUMNS]
        photos = f"{figures['chamfer']['count']:.0f}" if "chamfer" in figures else "0"
        lines.append(f"| {method} | {photos} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def group_table(summary: Mapping[str, Mapping[str, Figures]], measure: str, prefix: str) -> str:
    """Markdown: a line for each method, the median of one measure in each group whose name begins with `prefix`.

    Nothing where there is no such group.
    """
    named = dict.fromkeys(group for groups in summary.values() for group in groups if group.startswith(prefix))
    if not named:
        return ""
    groups = sorted(named, key=_rank)
    heads = [group.removeprefix(prefix) for group in groups]
    lines = [f"| {COLUMNS[measure][0]} | " + " | ".join(heads) + " |", "| --- " * (len(heads) + 1) + "|"]
    for method, known in summary.items():
        cells = [_cell(known.get(group, {}), measure) for group in groups]
        lines.append(f"| {method} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _groups(rows: Sequence[Row], fields: Sequence[str]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {"all": list(rows)}
    for field in fields:
        for row in rows:
            groups.setdefault(f"{field} {row[field]}", []).append(row)
    return groups


def _figures(rows: Sequence[Row]) -> Figures:
    names = dict.fromkeys(name for row in rows for name in row if name not in DESCRIPTIONS)
    figures: Figures = {}
    for name in names:
        values = np.array([row[name] for row in rows if name in row], np.float64)
        figures[name] = {"mean": _short(values.mean()), "median": _short(np.median(values)), "count": len(values)}
    return figures


def _short(value: np.floating) -> float:
    """Five digits are more than a seed decides."""
    return float(f"{value:.5g}")


def _in_order(rows: Sequence[Row], field: str) -> list[str]:
    return list(dict.fromkeys(str(row[field]) for row in rows))


def _rank(group: str) -> tuple[int, str]:
    """Viewpoints from front to back, other groups by name."""
    word = group.rsplit(" ", 1)[-1]
    return (list(VIEWPOINTS).index(word) if word in VIEWPOINTS else 0, group)


def _cell(figures: Figures, name: str) -> str:
    return f"{figures[name]['median']:.{COLUMNS[name][1]}f}" if name in figures else "–"
