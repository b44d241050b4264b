"""A plot with two logarithmic axes, drawn with Pillow."""

import math
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

Series = dict[str, list[tuple[float, float]]]
COLOURS = ("#1f6fb4", "#d1561a", "#2c8a3c", "#7a4fa3")
LEFT, TOP, RIGHT, BOTTOM = 90, 50, 610, 410


def plot(path: Path, title: str, axes: tuple[str, str], series: Series) -> None:
    """Draw each series as points joined by lines, with a dashed line of slope 1 through its last point."""
    image = Image.new("RGB", (640, 480), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.load_default(14)
    points = [point for line in series.values() for point in line]
    x_range, y_range = (_decades([point[axis] for point in points]) for axis in (0, 1))

    def place(x: float, y: float) -> tuple[float, float]:
        return _along(x, x_range, LEFT, RIGHT), _along(y, y_range, BOTTOM, TOP)

    draw.text((LEFT, 16), title, "black", font)
    draw.text((RIGHT, 450), axes[0], "black", font, anchor="rs")
    draw.text((8, 30), axes[1], "black", font)
    for exponent in range(x_range[0], x_range[1] + 1):
        x, _ = place(10.0**exponent, 10.0 ** y_range[0])
        draw.line([(x, TOP), (x, BOTTOM)], "#dddddd")
        draw.text((x, BOTTOM + 8), f"{10.0**exponent:g}", "black", font, anchor="ma")
    for exponent in range(y_range[0], y_range[1] + 1):
        _, y = place(10.0 ** x_range[0], 10.0**exponent)
        draw.line([(LEFT, y), (RIGHT, y)], "#dddddd")
        draw.text((LEFT - 8, y), f"{10.0**exponent:g}", "black", font, anchor="rm")
    for number, (name, line) in enumerate(series.items()):
        colour = COLOURS[number % len(COLOURS)]
        _dashed(draw, [place(x, line[-1][1] * x / line[-1][0]) for x, _ in line], colour)
        draw.line([place(*point) for point in line], colour, width=2)
        for point in line:
            x, y = place(*point)
            draw.ellipse([x - 4, y - 4, x + 4, y + 4], colour)
        draw.text((LEFT + 12, TOP + 6 + 18 * number), name, colour, font)
    path.parent.mkdir(parents=True, exist_ok=True)
    image.save(path)


def _decades(values: list[float]) -> tuple[int, int]:
    return math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))


def _along(value: float, decades: tuple[int, int], start: float, end: float) -> float:
    share = (math.log10(value) - decades[0]) / max(decades[1] - decades[0], 1)
    return start + share * (end - start)


def _dashed(draw: ImageDraw.ImageDraw, points: list[tuple[float, float]], colour: str) -> None:
    (x0, y0), (x1, y1) = points[0], points[-1]
    for dash in range(0, 40, 2):
        ends = [(x0 + (x1 - x0) * t / 40, y0 + (y1 - y0) * t / 40) for t in (dash, dash + 1)]
        draw.line([end for end in ends if end[1] <= BOTTOM], colour)
