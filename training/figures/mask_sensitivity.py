"""The plot of MeshInversion's supplement, Fig. 1: mask losses over the distance in space, both axes logarithmic."""

import io
import math
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image, ImageDraw, ImageFont

SIZE = (860, 560)
LEFT, TOP, RIGHT, BOTTOM = 80, 60, 600, 490
COLOURS = {
    "chamfer": "#1f6fb4",
    "chamfer_to_mask": "#3aa0a8",
    "iou": "#d1561a",
    "l1": "#b03060",
    "soft_iou": "#e0a080",
    "soft_l1": "#c090b0",
}
WORDS = {
    "chamfer": "Chamfer, projected vertices",
    "chamfer_to_mask": "Chamfer mask loss, change",
    "iou": "IoU loss, hard masks",
    "l1": "L1 loss, hard masks",
    "soft_iou": "IoU loss, soft silhouettes",
    "soft_l1": "L1 loss, soft silhouettes",
}


def draw_sensitivity(space: Sequence[float], losses: Mapping[str, Mapping[str, Any]]) -> bytes:
    """PNG: a line of means for each loss, with thin lines of medians.

    What is 0 has no place on such axes and lies at the lower border.

    Args:
        space: mean distance in space for each step.
        losses: by name, with "mean" and "median" for each step, "slope" and "felt_from".
    """
    image = Image.new("RGB", SIZE, "white")
    pen, font = ImageDraw.Draw(image), ImageFont.load_default(14)
    values = [v for row in losses.values() for v in row["mean"] if v > 0.0]
    x_range, y_range = _decades(space), _decades(values)

    def place(x: float, y: float) -> tuple[float, float]:
        across = (math.log10(x) - x_range[0]) / (x_range[1] - x_range[0])
        up = 0.0 if y <= 0.0 else (math.log10(y) - y_range[0]) / (y_range[1] - y_range[0])
        return LEFT + (RIGHT - LEFT) * across, BOTTOM - (BOTTOM - TOP) * max(up, 0.0)

    for power in range(x_range[0], x_range[1] + 1):
        x, _ = place(10.0**power, 10.0 ** y_range[0])
        pen.line([(x, TOP), (x, BOTTOM)], "#e4e4e4")
        pen.text((x, BOTTOM + 8), f"1e{power}", "black", font, anchor="ma")
    for power in range(y_range[0], y_range[1] + 1):
        _, y = place(10.0 ** x_range[0], 10.0**power)
        pen.line([(LEFT, y), (RIGHT, y)], "#e4e4e4")
        pen.text((LEFT - 8, y), f"1e{power}", "black", font, anchor="rm")
    pen.text((RIGHT, BOTTOM + 30), "Chamfer distance in space, template units", "black", font, anchor="ra")
    pen.text((LEFT, TOP - 36), "mean loss in the picture; thin: median", "black", font)
    for number, (name, row) in enumerate(losses.items()):
        colour = COLOURS[name]
        pen.line([place(x, y) for x, y in zip(space, row["median"], strict=True)], colour, width=1)
        points = [place(x, y) for x, y in zip(space, row["mean"], strict=True)]
        pen.line(points, colour, width=3)
        for x, y in points:
            pen.ellipse((x - 3, y - 3, x + 3, y + 3), colour)
        slope, felt = (f"{row[key]:.2g}" if row[key] else "–" for key in ("slope", "felt_from"))
        pen.text((RIGHT + 16, TOP + 60 * number), WORDS[name], colour, font)
        pen.text((RIGHT + 16, TOP + 60 * number + 18), f"slope {slope}, felt from {felt}", colour, font)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def _decades(values: Sequence[float]) -> tuple[int, int]:
    """Powers of ten around them."""
    logarithms = [math.log10(v) for v in values if v > 0.0]
    low, high = math.floor(min(logarithms)), math.ceil(max(logarithms))
    return low, max(high, low + 1)
