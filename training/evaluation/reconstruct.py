"""Quality of reconstruction on a folder of photos with given masks."""

import json
import os
import platform
import resource
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from rich.progress import track

from mirror_core import __version__, metrics
from mirror_core.files import write_files
from mirror_core.fitting.settings import FitSettings
from mirror_core.images import Photo
from mirror_core.pipelines.reconstruct import CHECK_PIXELS, Reconstruct, render_result
from mirror_core.pipelines.result import Reconstruction
from training.datasets import find_samples
from training.evaluation.common import spread
from training.evaluation.sheet import Picture, contact_sheet, sheet_line


@dataclass(frozen=True)
class EvaluateReconstruct:
    """Reconstruct every photo of a folder with its given mask; print a table, write JSON and a contact sheet."""

    data: Path
    """Folder with NAME.jpg and NAME_mask.png or NAME_parts.png."""
    out: Path = Path("out/evaluation")
    """Where NAME.json and NAME.png are written."""
    name: str = ""
    """Of the files; none: the last two parts of the folder's path."""
    limit: int = 0
    """Only so many photos, evenly spread; 0: all."""
    pictures: int = 24
    """Rows of the contact sheet."""
    each_photo: bool = True
    """Keep a row for each photo in the JSON; off, only the summary."""
    settings: FitSettings = field(default_factory=FitSettings)

    def run(self) -> None:
        samples = find_samples(self.data)
        if self.limit:
            samples = [samples[i] for i in spread(len(samples), self.limit)]
        name = self.name or "_".join(self.data.resolve().parts[-2:])
        shown = set(spread(len(samples), self.pictures))
        reconstruct = Reconstruct(self.settings)
        photo, mask = samples[0].read()
        reconstruct(photo, mask)  # warm-up: compiled kernels and cached templates are not part of a photo's time
        rows: list[dict[str, float | str]] = []
        pictures: list[Picture] = []
        for number, sample in enumerate(track(samples, description=name)):
            photo, mask = sample.read()
            began, used = time.perf_counter(), time.process_time()
            result = reconstruct(photo, mask)
            times = {"seconds": time.perf_counter() - began, "cpu_seconds": time.process_time() - used}
            rows.append({"photo": sample.photo.stem, **times, **measure(photo, result)})
            if number in shown:
                pictures.append(sheet_line(photo, result))
        report: dict[str, object] = {"dataset": name, "summary": summary(rows), **_circumstances(self.settings)}
        if self.each_photo:
            report["photos"] = rows
        write_files({self.out / f"{name}.json": json.dumps(report, indent=1).encode()}, overwrite=True)
        contact_sheet(pictures, self.out / f"{name}.png")
        print(json.dumps(report["summary"], indent=1))
        print(f"Written: {self.out / name}.json and .png")


def measure(photo: Photo, result: Reconstruction) -> dict[str, float]:
    """The result's own measures, and SSIM of its front view with the photo, both on white outside the mask."""
    window = torch.from_numpy(result.crop.apply(photo.pixels, CHECK_PIXELS)).permute(2, 0, 1)[None]
    mask = (torch.from_numpy(result.crop.apply(result.mask, CHECK_PIXELS))[None, None] > 0.5).float()
    seen = render_result(result, CHECK_PIXELS)
    assert seen.rgb is not None
    rendered = (seen.rgb * seen.mask + 1.0 - seen.mask).clamp(0.0, 1.0)
    return {**result.metrics, "ssim": metrics.ssim(rendered, window * mask + 1.0 - mask)}


def summary(rows: list[dict[str, float | str]]) -> dict[str, int | float]:
    """Medians, means and shares over all photos."""
    column = {key: np.array([float(row[key]) for row in rows]) for key in rows[0] if key != "photo"}
    ratio = column["thickness_over_width"]
    return {
        "photos": len(rows),
        "mask_iou_median": float(np.median(column["mask_iou"])),
        "mask_iou_mean": float(column["mask_iou"].mean()),
        "mask_iou_worst": float(column["mask_iou"].min()),
        "ssim_median": float(np.median(column["ssim"])),
        "ssim_mean": float(column["ssim"].mean()),
        "inverted_faces_mean": float(column["inverted_faces"].mean()),
        "inverted_faces_worst": float(column["inverted_faces"].max()),
        "thickness_plausible_share": float(((ratio >= 0.2) & (ratio <= 0.9)).mean()),
        "seconds_median": float(np.median(column["seconds"])),
        "seconds_worst": float(column["seconds"].max()),
        "cpu_seconds_median": float(np.median(column["cpu_seconds"])),
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _circumstances(settings: FitSettings) -> dict[str, object]:
    return {
        "settings": asdict(settings),
        "version": __version__,
        "torch": torch.__version__,
        "threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
