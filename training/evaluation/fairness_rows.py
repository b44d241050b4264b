"""What fairness is read from: a row of measures for each photo of a set of people, and for each twin."""

import itertools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

import numpy as np
from rich.progress import track

from mirror_core.errors import InputError, MaskError, MirrorError
from mirror_core.files import write_files
from mirror_core.masking import find_mask
from training.evaluation.fairness_groups import groups_of
from training.evaluation.fairness_report import MEASURES
from training.evaluation.fairness_twins import LAB, Twins
from training.evaluation.three_d_measures import Reference, measure, prepare
from training.evaluation.three_d_methods import Method, given
from training.evaluation.three_d_report import Row, viewpoint
from training.synthetic.shards import read_truths
from training.synthetic.truth import Truth

Fields = dict[str, object]


@dataclass
class Ledger:
    """Rows by photo, on the disk after each, so that a run that was stopped goes on.

    Attributes:
        path: of the JSON file.
        rows: by the photo's name, of twins with their tone behind it.
    """

    path: Path
    rows: dict[str, Row] = field(default_factory=dict[str, Row])

    def read(self) -> None:
        """Take the rows that are there.

        Raises:
            InputError: the file holds none.
        """
        for row in read_rows(self.path):
            self.rows[_key(str(row["name"]), row)] = row

    def keep(self, row: Row) -> None:
        """Take a row and write all."""
        self.rows[_key(str(row["name"]), row)] = row
        self.write({})

    def write(self, report: Mapping[str, object]) -> None:
        """The report with all rows."""
        text = json.dumps({**report, "rows": list(self.rows.values())}, indent=1)
        write_files({self.path: text.encode()}, overwrite=True)

    def measure_set(self, method: Method, data: Path, limit: int = 0) -> list[Row]:
        """The rows of a set's photos: groups and measures.

        Raises:
            InputError: the set has something else than people, or the method refuses all photos.
        """
        names: list[str] = []
        for truth in track(itertools.islice(read_truths(data), limit or None), "Set", total=limit or None):
            names.append(truth.name)
            if truth.name not in self.rows:
                self.keep({"name": truth.name, **groups_of(truth), **ask(method, prepare(truth))})
        return self._answered(names)

    def measure_twins(self, method: Method, twins: Twins, count: int) -> list[Row]:
        """The rows of so many people, each in every tone.

        Raises:
            InputError: the method refuses all photos.
        """
        names: list[str] = []
        for number in track(range(count), "Twins"):
            mine = [f"{twins.name(number)} {tone}" for tone in LAB]
            names += mine
            if all(name in self.rows for name in mine):
                continue
            reference: Reference | None = None
            for tone, truth in twins.draw(number):
                reference = prepare(truth) if reference is None else replace(reference, truth=truth)
                self.keep({"name": truth.name, "twin": True, "skin": tone, **ask(method, reference)})
        return self._answered(names)

    def _answered(self, names: list[str]) -> list[Row]:
        rows = [self.rows[name] for name in names]
        if all("failed" in row for row in rows):
            raise InputError(f"The method answers none of {len(rows)} photos.", "Choose another method or set.")
        return rows


def read_rows(report: Path) -> list[Row]:
    """The rows of a report.

    Raises:
        InputError: it has none.
    """
    try:
        return cast(list[Row], json.loads(report.read_text(encoding="utf-8"))["rows"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            f"{report} holds no rows: {error!r}.", "Name what `mirror evaluate fairness` or `evaluate 3d` wrote."
        ) from error


def ask(method: Method, reference: Reference) -> Fields:
    """A method's measures on a photo with its mask, and how well the mask is found without one.

    Where the method refuses the photo, its words; a mask that is not found has no overlap with the true one.
    """
    truth = reference.truth
    row: Fields = {"viewpoint": viewpoint(float(truth.camera.azimuth[0]))}
    try:
        found = measure(reference, method(truth))
        row |= {name: found[name] for name in MEASURES if name in found}
    except MirrorError as error:
        row["failed"] = str(error)
    return row | _found(truth)


def _found(truth: Truth) -> Fields:
    """Intersection over union in the photo's own pixels, and the way of masking that was chosen."""
    photo, mask = given(truth)
    try:
        found = find_mask(photo)
    except MaskError:
        return {"found_iou": 0.0, "found_by": "nothing"}
    theirs, ours = mask.values > 0.5, found.values > 0.5
    overlap = (ours & theirs).sum() / np.maximum((ours | theirs).sum(), 1)
    return {"found_iou": float(overlap), "found_by": found.method}


def _key(name: str, row: Row) -> str:
    return f"{name} {row['skin']}" if "twin" in row else name
