"""Pictures in rows and columns under headings, and bar charts, as PNG files."""

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

from training.figures.views import Picture

GAP, LINE, TEXT = 6, 22, 14
"""Pixels between pictures, of a line of text, of its letters."""
SMALLEST = 6
"""Letters of a heading that is wider than its column."""
INK, PAPER, BAR = (40, 40, 48), (255, 255, 255), (92, 122, 168)


@dataclass(frozen=True)
class Block:
    """Rows of pictures of one size under headings, one for each column."""

    headings: Sequence[str]
    rows: Sequence[Sequence[Picture]]


def sheet(blocks: Sequence[Block]) -> bytes:
    """The blocks below each other, as a PNG file."""
    drawn = [_draw_block(block) for block in blocks]
    height = sum(image.height for image in drawn) + GAP * (len(drawn) - 1)
    page = Image.new("RGB", (max(image.width for image in drawn), height), PAPER)
    top = 0
    for image in drawn:
        page.paste(image, (0, top))
        top += image.height + GAP
    return _png(page)


def _draw_block(block: Block) -> Image.Image:
    tall, wide = block.rows[0][0].shape[:2]
    size = ((wide + GAP) * len(block.headings) + GAP, LINE + (tall + GAP) * len(block.rows) + GAP)
    image = Image.new("RGB", size, PAPER)
    pen = ImageDraw.Draw(image)
    for column, heading in enumerate(block.headings):
        middle = GAP + column * (wide + GAP) + wide // 2
        length = max(pen.textlength(heading, font=_font()), wide)
        letters = _font(max(int(TEXT * wide / length), SMALLEST))
        pen.text((middle, LINE // 2 + 2), heading, INK, font=letters, anchor="mm")
    for number, row in enumerate(block.rows):
        for column, picture in enumerate(row):
            place = (GAP + column * (wide + GAP), LINE + number * (tall + GAP))
            image.paste(Image.fromarray(picture), place)
    return image


@dataclass(frozen=True)
class Histogram:
    """A distribution: its title with the unit, the values, and the range that is shown."""

    title: str
    values: npt.NDArray[np.floating]
    low: float
    high: float


CHART = (360, 240)
"""Width and height of a chart in pixels."""
MARGINS = (48, 34, 20, 26)
"""Left, above, right and below the bars."""


def charts(histograms: Sequence[Histogram], columns: int = 3, bins: int = 36) -> bytes:
    """Bar charts in rows, as a PNG file; heights are shares of all values, in per cent."""
    rows = -(-len(histograms) // columns)
    page = Image.new("RGB", (CHART[0] * columns, CHART[1] * rows), PAPER)
    for number, histogram in enumerate(histograms):
        place = (CHART[0] * (number % columns), CHART[1] * (number // columns))
        page.paste(_draw_chart(histogram, bins), place)
    return _png(page)


def shares(histogram: Histogram, bins: int) -> npt.NDArray[np.float64]:
    """Per cent of the values in each bar; what lies outside the range is in the first or the last."""
    inside = np.clip(histogram.values, histogram.low, histogram.high)
    counts, _ = np.histogram(inside, bins, (histogram.low, histogram.high))
    return 100.0 * counts / max(len(histogram.values), 1)


def _draw_chart(histogram: Histogram, bins: int) -> Image.Image:
    image = Image.new("RGB", CHART, PAPER)
    pen = ImageDraw.Draw(image)
    left, top, right, bottom = MARGINS[0], MARGINS[1], CHART[0] - MARGINS[2], CHART[1] - MARGINS[3]
    bars = shares(histogram, bins)
    highest = max(float(np.ceil(bars.max() / 10) * 10), 10.0)
    for number, share in enumerate(bars):
        edges = [left + (right - left) * (number + step) / bins for step in (0, 1)]
        level = bottom - (bottom - top) * share / highest
        if share:
            pen.rectangle((edges[0], level, edges[1] - 1, bottom), BAR)
    pen.line((left, top, left, bottom, right, bottom), INK)
    for step in range(5):
        value = histogram.low + (histogram.high - histogram.low) * step / 4
        x = left + (right - left) * step / 4
        pen.line((x, bottom, x, bottom + 4), INK)
        pen.text((min(x, right - 6), bottom + 14), f"{value:.3g}", INK, font=_font(12), anchor="mm")
    for share in (0.0, highest / 2, highest):
        y = bottom - (bottom - top) * share / highest
        pen.text((left - 6, y), f"{share:.0f} %", INK, font=_font(12), anchor="rm")
    median = float(np.median(histogram.values))
    pen.text((CHART[0] // 2, 16), f"{histogram.title}, median {median + 0.0:.2f}", INK, font=_font(), anchor="mm")
    return image


def _font(size: int = TEXT) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size)


def _png(image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
