"""Where a method fails worst on a synthetic set, for its model's card: `mirror figure failures METHOD ...`."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import tyro

from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError
from mirror_core.files import write_files
from training.evaluation.fairness_rows import read_rows
from training.evaluation.three_d_methods import Method, find_method, label
from training.evaluation.three_d_report import COLUMNS, Row
from training.evaluation.three_d_views import (
    PIXELS,
    covered,
    on_white,
    render_prediction,
    side_by_side,
    to_window,
)
from training.figures.sheet import Block, sheet
from training.figures.synthetic import credits_of
from training.figures.views import Picture
from training.synthetic.shards import read_truths
from training.synthetic.truth import Truth

TILE = 160
"""Side of a picture."""
SIDE, BACK = 90, 180
HEADINGS = ("answer", "side, truth", "answer", "back, truth", "answer")


@dataclass(frozen=True)
class FigureFailures:
    """The worst photos of a synthetic set by some measures: photo, answer, and both from the side and from behind."""

    method: tyro.conf.Positional[str]
    """A model's name or folder, or another method that `evaluate 3d` knows."""
    data: Path
    """Folder of shards."""
    report: Path
    """JSON with a row for each photo, as `evaluate fairness` and `evaluate 3d` write it."""
    measures: tuple[str, ...] = ("mask_iou", "chamfer", "ssim_180")
    """A block of pictures for each."""
    count: int = 3
    """Rows of a block."""
    out: Path = Path("out/figures")
    """Where NAME.png is written."""
    name: str = ""
    """Of the file; none: failures_ and the method's name."""

    def run(self) -> None:
        """Draw, write, and print the measures of what is shown and who must be named."""
        check_range("count", self.count, 1, 100)
        for measure in self.measures:
            check_choice("measures", measure, list(COLUMNS))
        method = find_method(self.method)
        rows = [row for row in read_rows(self.report) if row.get("method", label(self.method)) == label(self.method)]
        truths = {truth.name for truth in read_truths(self.data)}
        known = [row for row in rows if row["name"] in truths]
        chosen = {measure: worst(known, measure, self.count) for measure in self.measures}
        names = {str(row["name"]) for some in chosen.values() for row in some}
        shown = {truth.name: truth for truth in read_truths(self.data) if truth.name in names}
        lines = {name: _line(truth, method) for name, truth in shown.items()}
        blocks: list[Block] = []
        for measure, some in chosen.items():
            heading = f"worst {COLUMNS[measure][0].rstrip(' ↑↓')}"
            blocks.append(Block((heading, *HEADINGS), [lines[str(row["name"])] for row in some]))
            print(heading, *(f"{row['name']} {row[measure]:.3f}" for row in some), sep="  ")
        path = self.out / f"{self.name or f'failures_{label(self.method)}'}.png"
        write_files({path: sheet(blocks)}, overwrite=True)
        for item, author, licence in credits_of(list(shown.values())):
            print(f"{item} by {author}, {licence}")
        print(path)


def worst(rows: Sequence[Row], measure: str, count: int) -> list[Row]:
    """So many rows with the worst values of a measure, the worst first.

    Raises:
        InputError: no row has it.
    """
    having = [row for row in rows if measure in row]
    if not having:
        raise InputError(f"No photo of the set has the measure {measure!r} in the report.", "Check set and report.")
    high_is_bad = COLUMNS[measure][0].endswith("↓")
    return sorted(having, key=lambda row: float(str(row[measure])), reverse=high_is_bad)[:count]


def _line(truth: Truth, method: Method) -> list[Picture]:
    """The photo in its window, the answer there, and truth and answer from elsewhere."""
    answer = method(truth)
    photo = answer.crop.apply(truth.photo.astype(np.float32) / 255.0, PIXELS, outside=1.0)
    pictures = [photo, on_white(to_window(render_prediction(answer, 0.0)))]
    for turn in (SIDE, BACK):
        pair = side_by_side(covered(truth.views[turn]), render_prediction(answer, float(turn)))
        pictures += [on_white(picture) for picture in pair]
    return [_tile(picture) for picture in pictures]


def _tile(picture: npt.NDArray[np.float32]) -> Picture:
    small = cv2.resize(picture.clip(0.0, 1.0), (TILE, TILE), interpolation=cv2.INTER_AREA)
    return np.asarray(np.rint(small * 255.0), np.uint8)
