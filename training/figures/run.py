"""`python -m training figure run`: the curves of a training run."""

import io
import json
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from mirror_core.errors import InputError
from mirror_core.files import write_files

SIZE = (720, 420)
LEFT, TOP, RIGHT, BOTTOM = 60, 40, 700, 370
COLOURS = {
    "mask_iou": "#1f6fb4",
    "mask_iou_soft": "#7a4fa3",
    "ssim": "#d1561a",
    "iou_people-val": "#1f6fb4",
    "iou_garments-val": "#d1561a",
}
Curves = dict[str, list[tuple[int, int | float]]]


@dataclass(frozen=True)
class FigureRun:
    """Validation figures of a run over its steps, as one picture; thin lines are those of the averaged weights."""

    run_folder: Path
    """Folder of the run."""
    out: Path = Path("out/figures/run.png")
    """The picture."""

    def run(self) -> None:
        """Draw and write."""
        picture = io.BytesIO()
        draw_curves(read_curves(self.run_folder / "metrics.jsonl")).save(picture, format="PNG")
        write_files({self.out: picture.getvalue()}, overwrite=True)
        print(self.out)


def read_curves(metrics: Path) -> Curves:
    """Steps and values of each validation figure.

    Raises:
        InputError: there is no such file, or nothing was validated yet.
    """
    if not metrics.is_file():
        raise InputError(f"{metrics} does not exist.", "Name the folder of a training run.")
    lines = [json.loads(line) for line in metrics.read_text(encoding="utf-8").splitlines()]
    curves: Curves = {}
    for line in lines:
        for name, value in line.items():
            if line["kind"] == "val" and name.removeprefix("averaged_") in COLOURS:
                curves.setdefault(name, []).append((line["step"], value))
    if not curves:
        raise InputError(f"{metrics} has no validation yet.", "Wait for the first one.")
    return curves


def draw_curves(curves: Curves) -> Image.Image:
    """Lines from the lowest value, rounded down to a tenth, to 1."""
    image = Image.new("RGB", SIZE, "white")
    draw, font = ImageDraw.Draw(image), ImageFont.load_default(14)
    last = max(step for line in curves.values() for step, _ in line)
    low = int(10 * min(value for line in curves.values() for _, value in line)) / 10

    def place(step: int | float, value: int | float) -> tuple[float, float]:
        return LEFT + (RIGHT - LEFT) * step / last, BOTTOM - (BOTTOM - TOP) * (value - low) / (1.0 - low)

    for tenth in range(round(low * 10), 11):
        _, y = place(0, tenth / 10)
        draw.line([(LEFT, y), (RIGHT, y)], "#dddddd")
        draw.text((LEFT - 8, y), f"{tenth / 10:g}", "black", font, anchor="rm")
    for quarter in range(5):
        x, _ = place(last * quarter / 4, low)
        draw.text((x, BOTTOM + 8), f"{last * quarter // 4}", "black", font, anchor="ma")
    draw.text((RIGHT, BOTTOM + 28), "step", "black", font, anchor="ra")
    for name, line in curves.items():
        averaged = name.startswith("averaged_")
        draw.line(
            [place(*point) for point in line], COLOURS[name.removeprefix("averaged_")], width=1 if averaged else 3
        )
    for number, name in enumerate(COLOURS):
        draw.text((LEFT + 150 * number, 14), name, COLOURS[name], font)
    return image
