"""How good the masks are, and whether their confidence says so.

usage: python benchmarks/masking.py [DATA ...] [--out FILE] [--photos N] [--methods border grabcut ...]

Without DATA it measures the shipped examples, into masking_examples.json; with it, into masking.json.
DATA has a folder for each set of photos; beside each NAME.jpg lies NAME_mask.png (white is the object) or
NAME_parts.png (anything above 0 is the object). Measured for each set and method: IoU at full size, photos refused,
rank correlation of confidence and IoU, mean IoU for confidence from 0.9, and time on one thread. Figures of sets and
methods that are not measured anew stay in the file.
"""

import argparse
import json
import platform
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from scipy.stats import spearmanr

from mirror_core.errors import MaskError
from mirror_core.images import Photo, read_photo
from mirror_core.masking import find_mask

METHODS = ("border", "grabcut", "rectangle", "network", "auto")
SURE = 0.9


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="*", help="folders of photos with their masks")
    parser.add_argument("--out", type=Path, default=None)
    parser.add_argument("--photos", type=int, default=None, help="only the first N of each folder")
    parser.add_argument("--methods", nargs="+", default=METHODS, choices=METHODS)
    arguments = parser.parse_args()
    cv2.setNumThreads(1)
    torch.set_num_threads(1)
    out = arguments.out or Path(__file__).with_name("masking.json" if arguments.data else "masking_examples.json")
    report = json.loads(out.read_text()) if out.exists() else {}
    report |= {"machine": platform.machine(), "opencv": cv2.__version__, "threads": 1}
    for folder in arguments.data or [Path(__file__).parents[1] / "examples"]:
        name = "-".join(folder.resolve().parts[-2:])
        report[name] = report.get(name, {}) | measure(folder, arguments.methods, arguments.photos)
        print(name, json.dumps(report[name], indent=2))
        out.write_text(json.dumps(report, indent=2) + "\n")


def measure(folder: Path, methods: list[str], count: int | None) -> dict[str, dict[str, float]]:
    """Figures of each method over one folder."""
    rows: dict[str, list[tuple[float, float, float]]] = {method: [] for method in methods}
    photos = sorted(folder.glob("*.jpg"))[:count]
    for path in photos:
        photo, truth = read_photo(path), read_truth(path)
        for method in methods:
            start = time.perf_counter()
            try:
                mask = find(photo, truth, method)
            except MaskError:
                continue
            overlap = mask.values > 0.5
            iou = float((overlap & truth).sum() / (overlap | truth).sum())
            rows[method].append((iou, mask.confidence, time.perf_counter() - start))
    return {method: summary(np.array(rows[method]), len(photos)) for method in methods}


def find(photo: Photo, truth: np.ndarray, method: str):
    """A mask; "rectangle" is GrabCut within the truth's bounding box and a margin of 3 %, as a user would draw it."""
    if method != "rectangle":
        return find_mask(photo, method)
    rows, columns = np.flatnonzero(truth.any(axis=1)), np.flatnonzero(truth.any(axis=0))
    margin = round(0.03 * max(truth.shape))
    left, top = max(0, int(columns[0]) - margin), max(0, int(rows[0]) - margin)
    right, bottom = min(truth.shape[1], int(columns[-1]) + 1 + margin), min(truth.shape[0], int(rows[-1]) + 1 + margin)
    return find_mask(photo, "grabcut", rectangle=(left, top, right, bottom))


def read_truth(path: Path) -> np.ndarray:
    """The right mask (H, W), bool."""
    mask, parts = (path.with_name(f"{path.stem}_{kind}.png") for kind in ("mask", "parts"))
    values = cv2.imread(str(mask if mask.exists() else parts), cv2.IMREAD_GRAYSCALE)
    return values > (127 if mask.exists() else 0)


def summary(rows: np.ndarray, photos: int) -> dict[str, float]:
    """Rows (IoU, confidence, seconds) in figures."""
    iou, confidence, seconds = rows.T
    sure = confidence >= SURE
    figures = {
        "photos": photos,
        "refused": photos - len(rows),
        "mean_iou": iou.mean(),
        "median_iou": np.median(iou),
        "share_above_0.9": (iou > 0.9).mean(),
        "rank_correlation_of_confidence": spearmanr(confidence, iou).statistic,
        "mean_error_of_confidence": np.abs(confidence - iou).mean(),
        "share_sure": sure.mean(),
        "mean_iou_where_sure": iou[sure].mean() if sure.any() else np.nan,
        "worst_iou_where_sure": iou[sure].min() if sure.any() else np.nan,
        "median_seconds": np.median(seconds),
    }
    return {name: round(float(value), 4) if np.isfinite(value) else None for name, value in figures.items()}


if __name__ == "__main__":
    main()
