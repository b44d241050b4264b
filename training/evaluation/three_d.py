"""How good shapes are where the photo does not look: the 3D benchmark."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from rich.progress import track

from mirror_core.errors import InputError, MirrorError
from mirror_core.files import write_files
from training.evaluation.common import circumstances, spread
from training.evaluation.three_d_measures import Reference, measure, prepare
from training.evaluation.three_d_methods import Method, Prediction, find_method, label
from training.evaluation.three_d_report import Row, group_table, main_table, summarise, viewpoint
from training.evaluation.three_d_views import covered, on_white, render_prediction, side_by_side
from training.figures.sheet import Block, sheet
from training.synthetic.shards import read_truths
from training.synthetic.truth import Truth

BACK, SIDE = 180, 90
TILE = 160
"""Side of a picture of the contact sheet."""
Tile = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Evaluate3D:
    """Measure reconstructed shapes, cameras and unseen sides against synthetic truths, by method and viewpoint."""

    data: Path
    """Folder of shards that `mirror synthesize people|garments ... --views` made."""
    methods: tuple[str, ...] = ("template", "inflation", "fit")
    """template, inflation, fit, reconstruct, fast, a model's name or folder, or that with "+fit" or "+fast"; a
    generator's with "+invert", "+invert+random" or "+invert+fit"; ceiling: the template laid onto the truth, with its
    texture and camera, which no method can exceed by much."""
    out: Path = Path("out/evaluation")
    """Where NAME.json and NAME.png are written."""
    name: str = ""
    """Of the files; none: benchmark_3d_ and the folder's name."""
    limit: int = 0
    """Only so many photos, evenly spread; 0: all."""
    pictures: int = 16
    """Rows of the contact sheet."""
    each_photo: bool = True
    """Keep a row for each photo and method in the JSON; off, only the summary."""
    resume: bool = False
    """Keep the rows of NAME.json that were measured before; their methods' code must not have changed since."""

    def run(self) -> None:
        """Measure, print and write."""
        title = self.name or f"benchmark_3d_{self.data.resolve().name}"
        path = self.out / f"{title}.json"
        bench = Bench({label(name): find_method(name) for name in self.methods}, self._rows(path))
        count = sum(1 for _ in read_truths(self.data))
        chosen = spread(count, self.limit or count)
        shown = {chosen[i] for i in spread(len(chosen), self.pictures)}
        report: dict[str, object] = {"dataset": self.data.resolve().name, "photos": len(chosen), **circumstances()}
        truths = (pair for pair in enumerate(read_truths(self.data)) if pair[0] in set(chosen))
        for number, truth in track(truths, description=title, total=len(chosen)):
            bench.add(truth, shown=number in shown)
            report |= {"summary": summarise(bench.rows), "rows": bench.rows}
            write_files({path: json.dumps(report, indent=1).encode()}, overwrite=True)
        summary = summarise(bench.rows)
        if not self.each_photo:
            kept = {name: value for name, value in report.items() if name != "rows"} | {"summary": summary}
            write_files({path: json.dumps(kept, indent=1).encode()}, overwrite=True)
        if shown:
            write_files({self.out / f"{title}.png": bench.sheet()}, overwrite=True)
        print(main_table(summary))
        for measured in ("chamfer", "distance_unseen", "ssim_180"):
            print(group_table(summary, measured, "viewpoint "))
        print(group_table(summary, "chamfer", "kind "))
        print(f"Written: {path}{' and .png' if shown else ''}")

    def _rows(self, path: Path) -> list[Row]:
        if not (self.resume and path.is_file()):
            return []
        try:
            return list(json.loads(path.read_text())["rows"])
        except (ValueError, KeyError) as error:
            raise InputError(f"{path} holds no rows to go on from: {error!r}.", "Leave --resume away.") from error


@dataclass
class Bench:
    """Rows and pictures of methods on truths.

    Attributes:
        methods: by name.
        rows: measured so far, or before.
    """

    methods: Mapping[str, Method]
    rows: list[Row] = field(default_factory=list[Row])
    _lines: list[list[Tile]] = field(default_factory=list[list[Tile]], init=False)

    def add(self, truth: Truth, shown: bool = False) -> None:
        """Measure every method on a truth that has no row yet; all of them where the sheet shows it."""
        known = {row["method"] for row in self.rows if row["name"] == truth.name}
        wanted = [name for name in self.methods if shown or name not in known]
        if not wanted:
            return
        reference = prepare(truth)
        answers: dict[str, Prediction | None] = {}
        for name in wanted:
            row, answers[name] = _ask(self.methods[name], reference)
            if name not in known:
                self.rows.append({"name": truth.name, "method": name, **_description(truth), **row})
        if shown:
            self._lines.append(_line(truth, answers))

    def sheet(self) -> bytes:
        """PNG: the photos; the backs of truth and methods; their right sides."""
        each = ["truth", *self.methods]
        headings = ["photo", *(f"back: {name}" for name in each), *(f"side: {name}" for name in each)]
        return sheet([Block(headings, self._lines)])


def _ask(method: Method, reference: Reference) -> tuple[dict[str, float | str], Prediction | None]:
    """A method's measures and its answer; where it refuses the photo, its words."""
    began, used = time.perf_counter(), time.process_time()
    try:
        answer = method(reference.truth)
    except MirrorError as error:
        return {"failed": str(error)}, None
    times = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - used}
    return {**measure(reference, answer), **times}, answer


def _description(truth: Truth) -> dict[str, str]:
    side = viewpoint(float(truth.camera.azimuth[0]))
    return {"category": truth.category, "kind": truth.kind, "viewpoint": side}


def _line(truth: Truth, answers: Mapping[str, Prediction | None]) -> list[Tile]:
    """A row of the contact sheet."""
    photo = np.full((TILE, TILE, 3), 255, np.uint8)
    height, width = truth.photo.shape[:2]
    scale = TILE / max(height, width)
    small = cv2.resize(truth.photo, (round(width * scale), round(height * scale)), interpolation=cv2.INTER_AREA)
    left, top = (TILE - small.shape[1]) // 2, (TILE - small.shape[0]) // 2
    photo[top : top + small.shape[0], left : left + small.shape[1]] = small
    line: list[Tile] = [photo]
    for turn in (BACK, SIDE):
        theirs = covered(truth.views[turn])
        line.append(_tile(side_by_side(theirs, theirs)[0]))
        for answer in answers.values():
            seen = None if answer is None else side_by_side(theirs, render_prediction(answer, float(turn)))[1]
            line.append(_tile(np.zeros((TILE, TILE, 4), np.float32) if seen is None else seen))
    return line


def _tile(picture: npt.NDArray[np.float32]) -> Tile:
    small = cv2.resize(on_white(picture), (TILE, TILE), interpolation=cv2.INTER_AREA)
    return np.asarray(np.rint(small * 255.0), np.uint8)
