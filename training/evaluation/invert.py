"""Quality of inversions on a folder of photos: inside the generator's range, and after the last step."""

import dataclasses
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, cast

import numpy as np
import torch
from jaxtyping import Float
from rich.progress import track
from torch import Tensor

from mirror_core import metrics
from mirror_core.errors import MaskError
from mirror_core.features import FeatureExtractor
from mirror_core.files import write_files
from mirror_core.images import Photo
from mirror_core.inversion import InversionSettings, load_decoder
from mirror_core.inversion.finish import as_array, plain
from mirror_core.masking import Mask, find_mask
from mirror_core.pipelines.invert import Invert
from mirror_core.pipelines.reconstruct import render_result
from mirror_core.pipelines.result import Reconstruction
from training.datasets import find_samples
from training.evaluation.common import circumstances, spread
from training.evaluation.fid import FrechetViews, Mesh
from training.evaluation.magic_mirror import feature_network
from training.evaluation.sheet import Picture, contact_sheet, sheet_line

PIXELS = 256
"""Side of the pictures that are measured."""
RANGES = ("inside", "finished")
"""The generator's own answer, and the result after the last step."""
Row = dict[str, float | str]


@dataclass(frozen=True)
class EvaluateInvert:
    """Invert every photo of a folder; print a table, write JSON and a contact sheet."""

    data: Path
    """Folder with NAME.jpg and NAME_mask.png or NAME_parts.png."""
    masks: Literal["given", "estimated"] = "given"
    """What the search is shown: the photos' own masks, or what `mirror` finds without them. Figures always compare with
    the photos' own."""
    out: Path = Path("out/evaluation")
    """Where NAME.json and NAME.png are written."""
    name: str = ""
    """Of the files; none: invert_ and the last two parts of the folder's path."""
    limit: int = 0
    """Only so many photos, evenly spread; 0: all."""
    pictures: int = 12
    """Photos on the contact sheet: each inside the range on the left, finished on the right."""
    each_photo: bool = True
    """Keep a row for each photo in the JSON; off, only the summary."""
    inception: Path | None = None
    """FID's Inception weights; without them distances are measured with the project's garment network."""
    settings: InversionSettings = field(default_factory=InversionSettings)

    def run(self) -> None:
        """Invert, measure, print and write."""
        samples = find_samples(self.data)
        if self.limit:
            samples = [samples[i] for i in spread(len(samples), self.limit)]
        name = self.name or "_".join(["invert", *self.data.resolve().parts[-2:]])
        shown = set(spread(len(samples), self.pictures))
        invert, study = Invert(self.settings), Study(feature_network(self.inception))
        lines: list[Picture] = []
        for number, sample in enumerate(track(samples, description=name)):
            photo, truth = sample.read()
            found = self._mask(photo, truth)
            if found is None:
                study.rows.append({"photo": sample.photo.stem, "failed": "no mask was found"})
                continue
            began, used = time.perf_counter(), time.process_time()
            result = invert(photo, found)
            times = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - used}
            own = inside_of(result)
            study.add(sample.photo.stem, photo, truth, (own, result), times)
            if number in shown:
                lines += [sheet_line(photo, own), sheet_line(photo, result)]
        report = {"dataset": "/".join(self.data.resolve().parts[-2:]), "masks": self.masks, **study.report()}
        report |= {"settings": dataclasses.asdict(self.settings), **circumstances()}
        if self.each_photo:
            report["photos"] = study.rows
        write_files({self.out / f"{name}.json": json.dumps(report, indent=1).encode()}, overwrite=True)
        if lines:
            contact_sheet(lines, self.out / f"{name}.png")
        print(json.dumps(report["summary"], indent=1))
        print(f"Written: {self.out / name}.json" + (" and .png" if lines else ""))

    def _mask(self, photo: Photo, given: Mask) -> Mask | None:
        if self.masks == "given":
            return given
        try:
            return find_mask(dataclasses.replace(photo, alpha=None))
        except MaskError:
            return None


@dataclass
class Study:
    """Measures of inversions, and the pictures' features that the distances are made from.

    Attributes:
        extractor: the feature network.
        rows: one for each photo.
    """

    extractor: FeatureExtractor
    rows: list[Row] = field(default_factory=list[Row])
    _distances: dict[str, FrechetViews] = field(default_factory=dict[str, FrechetViews], init=False)

    def add(
        self,
        name: str,
        photo: Photo,
        truth: Mask,
        answers: tuple[Reconstruction, Reconstruction],
        times: dict[str, float],
    ) -> None:
        """Measure one photo's answers, inside the range and finished, against its own mask."""
        row: Row = {"photo": name, **times}
        for where, answer in zip(RANGES, answers, strict=True):
            picture, mask = _window(photo, truth, answer)
            seen = render_result(answer, PIXELS)
            assert seen.rgb is not None, "results have textures"
            colours = seen.rgb.clamp(0.0, 1.0)
            on_white = [p * m + 1.0 - m for p, m in ((colours, seen.mask), (picture, mask))]
            row[f"mask_iou_{where}"] = float(metrics.mask_iou(seen.mask, mask)[0])
            row[f"ssim_{where}"] = metrics.ssim(*on_white)
            distances = self._distances.setdefault(where, FrechetViews(self.extractor))
            distances.add_pair(picture, mask, colours, seen.mask)
            texture = torch.from_numpy(answer.texture).permute(2, 0, 1)[None].float() / 255.0
            distances.add_mesh(Mesh(torch.from_numpy(answer.vertices), answer.template, texture))
        row |= {key: answers[1].metrics[key] for key in ("inverted_faces", "thickness_over_width", "loss")}
        self.rows.append(row)

    def report(self) -> dict[str, object]:
        """Summary and distances; these need two photos."""
        measured = [row for row in self.rows if "failed" not in row]
        found: dict[str, object] = {"summary": summary(self.rows)}
        if len(measured) > 1:
            found["distances"] = {
                where: {**views.distances(), **views.counts()} for where, views in self._distances.items()
            }
        return found


def inside_of(result: Reconstruction) -> Reconstruction:
    """The generator's own answer to a photo, from the code that the result's provenance has."""
    settings = cast(dict[str, Any], result.provenance.settings)
    decoder = load_decoder(settings["model"], settings["label"])
    code = torch.tensor([settings["code"]], dtype=torch.float32)
    count = len(result.vertices)
    with torch.no_grad():
        texture, vertices = decoder(code).texture[0], decoder.vertices_at(code, count)
    made = plain(as_array(vertices), texture, count, result.texture.shape[0])
    return dataclasses.replace(result, vertices=made.vertices, texture=made.texture, confidence=made.confidence)


def summary(rows: list[Row]) -> dict[str, int | float]:
    """Medians and means over the photos that have an answer."""
    measured = [row for row in rows if "failed" not in row]
    figures: dict[str, int | float] = {"photos": len(rows), "failed": len(rows) - len(measured)}
    if not measured:
        return figures
    column = {key: np.array([float(row[key]) for row in measured]) for key in measured[0] if key != "photo"}
    for key, values in column.items():
        figures[f"{key}_median"] = float(np.median(values))
        figures[f"{key}_mean"] = float(values.mean())
    for where in RANGES:
        figures[f"mask_iou_{where}_worst"] = float(column[f"mask_iou_{where}"].min())
    gained = column["mask_iou_finished"] - column["mask_iou_inside"]
    return figures | {"mask_iou_gained_mean": float(gained.mean())}


def _window(
    photo: Photo, truth: Mask, answer: Reconstruction
) -> tuple[Float[Tensor, "1 3 P P"], Float[Tensor, "1 1 P P"]]:
    """The photo and its own mask through the answer's window."""
    picture = torch.from_numpy(answer.crop.apply(photo.pixels, PIXELS)).permute(2, 0, 1)[None].clamp(0.0, 1.0)
    mask = torch.from_numpy(answer.crop.apply(truth.values, PIXELS))[None, None] > 0.5
    return picture, mask.float()
