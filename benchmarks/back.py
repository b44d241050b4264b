"""How good the unseen side is: mirrored, and completed by the network, on the same shapes.

usage: python benchmarks/back.py SET ... [--network NAME] [--photos N] [--shape inflation] [--sheet 24] [--out FILE]

SETs are folders that `mirror synthesize people|garments SET --views` made. Of the first N photos of each, given their
masks, the shape is made once and textured twice. Measured against the true picture from 180 degrees, equally high and
centred as docs/benchmark_3d.md says: SSIM on white, and the mean absolute difference of the colours (sRGB, 0..255)
where both show the object; the latter once more on the upper seventh of people, where the head is. With --sheet,
FILE's .png shows the first photos: photo, true back, mirrored, completed.
"""

import argparse
import itertools
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import torch

from mirror_core.attributes import Camera
from mirror_core.completion import BackNetwork
from mirror_core.completion.network import SHIPPED
from mirror_core.fitting.settings import FitSettings
from mirror_core.fitting.texture import bake_texture
from mirror_core.metrics import ssim
from mirror_core.pipelines.reconstruct import Reconstruct
from training.evaluation.three_d_methods import Prediction, given
from training.evaluation.three_d_views import covered, on_white, render_prediction, side_by_side
from training.figures.sheet import Block, sheet
from training.synthetic.shards import read_truths
from training.synthetic.truth import Truth

TEXTURE = 512
HEAD = 1 / 7
SHAPES = {
    "inflation": FitSettings(start="outline", effort=0.0, texture_size=TEXTURE, back="mirrored"),
    "reconstruct": FitSettings(texture_size=TEXTURE, back="mirrored"),
    "fast": FitSettings(fast=True, texture_size=TEXTURE, back="mirrored"),
}
TILE = 192


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path, nargs="+")
    parser.add_argument("--network", default=SHIPPED, help="name or folder")
    parser.add_argument("--photos", type=int, default=40)
    parser.add_argument("--shape", default="inflation", choices=SHAPES)
    parser.add_argument("--sheet", type=int, default=0, help="rows of the contact sheet")
    parser.add_argument("--out", type=Path, default=Path(__file__).with_suffix(".json"))
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    network = BackNetwork.from_pretrained(arguments.network)
    report: dict[str, object] = {"network": Path(arguments.network).name, "shape": arguments.shape}
    lines = []
    for folder in arguments.data:
        rows = []
        for truth in itertools.islice(read_truths(folder), arguments.photos):
            answers = both(truth, SHAPES[arguments.shape], network)
            pairs = {name: views(truth, answer) for name, answer in answers.items()}
            rows.append({name: measure(*pair, truth.category) for name, pair in pairs.items()})
            if len(lines) < arguments.sheet:
                lines.append([photo(truth), *(tile(pair[0]) for pair in list(pairs.values())[:1])])
                lines[-1] += [tile(pair[1]) for pair in pairs.values()]
        report[folder.name] = {"photos": len(rows), **{name: mean(rows, name) for name in rows[0]}}
        print(folder.name, json.dumps(report[folder.name]), flush=True)
    arguments.out.write_text(json.dumps(report, indent=1) + "\n")
    if lines:
        arguments.out.with_suffix(".png").write_bytes(sheet(fold(lines)))


def both(truth: Truth, settings: FitSettings, network: BackNetwork) -> dict[str, Prediction]:
    """The photo's shape with a mirrored and with a completed texture."""
    picture, mask = given(truth)
    found = Reconstruct(settings)(picture, mask)
    pixels = max(round(found.crop.size), 256)
    window = np.clip(found.crop.apply(picture.pixels, pixels), 0.0, 1.0)
    inside = found.crop.apply(mask.values, pixels) > 0.5
    pose = found.camera
    camera = Camera.single(pose.azimuth, pose.elevation, pose.distance, pose.offset)
    baked = bake_texture(found.vertices, camera, window, inside, TEXTURE, lambda _: None, network)
    mirrored = Prediction(
        found.vertices, found.template, camera, _texture(found.texture), torch.from_numpy(found.light)[None], found.crop
    )
    return {"mirrored": mirrored, "completed": replace(mirrored, texture=_texture(baked.colours))}


def _texture(colours: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(colours).permute(2, 0, 1)[None].float() / 255.0


def views(truth: Truth, answer: Prediction) -> tuple[np.ndarray, np.ndarray]:
    """The true back and the answer's, comparable."""
    return side_by_side(covered(truth.views[180]), render_prediction(answer, 180.0))


def measure(true: np.ndarray, shown: np.ndarray, category: str) -> dict[str, float]:
    """SSIM and differences of colour."""
    a, b = (torch.from_numpy(on_white(values)).permute(2, 0, 1)[None] for values in (shown, true))
    apart = 255.0 * np.abs(on_white(true) - on_white(shown)).mean(axis=2)
    shared = (true[..., 3] > 0.9) & (shown[..., 3] > 0.9)
    measures = {"ssim_180": ssim(a, b), "colour_180": float(apart[shared].mean())}
    rows = np.flatnonzero(shared.any(axis=1))
    shared[rows[0] + round(HEAD * len(rows)) :] = False
    return measures | ({"colour_head": float(apart[shared].mean())} if category == "people" else {})


def mean(rows: list, name: str) -> dict[str, float]:
    """Of each measure over the photos."""
    return {key: round(float(np.mean([row[name][key] for row in rows])), 4) for key in rows[0][name]}


def photo(truth: Truth) -> np.ndarray:
    """The photo, reduced, on a white square."""
    scale = TILE / max(truth.photo.shape[:2])
    small = cv2.resize(truth.photo, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    square = np.full((TILE, TILE, 3), 255, np.uint8)
    left, top = (TILE - small.shape[1]) // 2, (TILE - small.shape[0]) // 2
    square[top : top + small.shape[0], left : left + small.shape[1]] = small
    return square


def tile(picture: np.ndarray) -> np.ndarray:
    """A view, reduced, on white."""
    return np.rint(cv2.resize(on_white(picture), (TILE, TILE), interpolation=cv2.INTER_AREA) * 255).astype(np.uint8)


def fold(lines: list) -> list[Block]:
    """Three photos in a row, with what belongs to each."""
    headings = ["photo", "true back", "mirrored", "completed"] * 3
    lines = lines + [[np.full_like(lines[0][0], 255)] * 4] * (-len(lines) % 3)
    return [Block(headings, [[*a, *b, *c] for a, b, c in zip(*[iter(lines)] * 3, strict=True)])]


if __name__ == "__main__":
    main()
