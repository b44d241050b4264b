"""Printed and woven fabrics as pictures: each a square tile of so many metres."""

import numpy as np
from PIL import Image, ImageDraw

Tile = tuple[Image.Image, float]
"""The picture and the width, in metres, that it covers before it repeats."""


def hex_colour(text: str) -> tuple[int, int, int]:
    """The colour of a string such as "1d2b4f"."""
    return tuple(int(text[k : k + 2], 16) for k in (0, 2, 4))


def breton() -> Tile:
    """Cream cotton with navy stripes, plain at the shoulders as sailors' shirts are."""
    size, metres = 1024, 1.0
    height = (size - 1 - np.arange(size)) / size  # z from 0 to 1 m, and again from 1 m: shoulders start at 1.34
    striped = (height % 0.04 < 0.015) & ~((height > 0.335) & (height < 0.56))
    rows = np.where(striped[:, None], hex_colour("22305a"), hex_colour("f1ebde"))
    return Image.fromarray(np.repeat(rows[:, None], size, axis=1).astype(np.uint8)), metres


def meadow() -> Tile:
    """Small flowers scattered on deep green."""
    size, metres, scale = 1024, 0.36, 2
    canvas = Image.new("RGB", (size * scale, size * scale), hex_colour("1f4a46"))
    draw, random = ImageDraw.Draw(canvas), np.random.default_rng(7)
    petals = [hex_colour(text) for text in ("f3d9c2", "e8785a", "f0b84a", "f7efe6")]
    placed: list[np.ndarray] = []
    while len(placed) < 46:
        centre = random.uniform(0, size * scale, 2)
        gaps = [np.hypot(*((centre - other + size) % (2 * size) - size)) for other in placed]
        if gaps and min(gaps) < 200:
            continue
        placed.append(centre)
        radius, turn, colour = random.uniform(40, 84), random.uniform(0, 6.28), petals[len(placed) % 4]
        for shift in np.array([(i, j) for i in (-1, 0, 1) for j in (-1, 0, 1)]) * size * scale:
            flower(draw, centre + shift, radius, turn, colour)
    return canvas.resize((size, size), Image.Resampling.LANCZOS), metres


def flower(draw: ImageDraw.ImageDraw, centre: np.ndarray, radius: float, turn: float, colour: tuple) -> None:
    """Two leaves, five petals, and an eye."""
    for angle in (turn + 0.6, turn + 3.5):
        tip = centre + 1.7 * radius * np.array([np.cos(angle), np.sin(angle)])
        side = 0.28 * radius * np.array([-np.sin(angle), np.cos(angle)])
        middle = (centre + tip) / 2
        draw.polygon([tuple(p) for p in (centre, middle + side, tip, middle - side)], fill=hex_colour("6f9a6a"))
    for angle in turn + np.arange(5) * 2 * np.pi / 5:
        x, y = centre + 0.62 * radius * np.array([np.cos(angle), np.sin(angle)])
        r = 0.46 * radius
        draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)
    (x, y), r = centre, 0.26 * radius
    draw.ellipse((x - r, y - r, x + r, y + r), fill=hex_colour("8a4b2a"))


def glen_check() -> Tile:
    """Woven wool: dark and light threads in groups of four and two, crossed by a rust-coloured line."""
    threads, metres, per_thread = 96, 0.115, 8
    k = np.arange(threads)
    dark = np.where(k < 48, k % 8 < 4, k % 4 < 2)
    warp, weft = np.meshgrid(k, k)
    over = (warp + weft) % 4 < 2  # a twill: which of the two threads lies on top
    pale, deep, line = (np.array(hex_colour(text)) for text in ("b9b2a6", "4b4a4c", "9a4f35"))
    cloth = np.where(np.where(over, dark[warp], dark[weft])[..., None], deep, pale)
    cloth = np.where((np.where(over, warp, weft) % 96 // 2 == 36)[..., None], line, cloth)
    return Image.fromarray(cloth.astype(np.uint8)).resize((threads * per_thread,) * 2, Image.Resampling.BICUBIC), metres


def sunrise() -> Tile:
    """A sun over waves, printed once on the chest of a rust-coloured shirt."""
    size, metres, scale = 1024, 1.0, 2
    canvas = Image.new("RGB", (size * scale, size * scale), hex_colour("b65a3c"))
    draw, ink = ImageDraw.Draw(canvas), hex_colour("f4e3c6")
    per_metre = size * scale / metres

    def box(x: float, z: float, r: float) -> tuple[float, ...]:
        column, row = x % metres * per_metre, (metres - z % metres) * per_metre
        return column - r * per_metre, row - r * per_metre, column + r * per_metre, row + r * per_metre

    for x in (0.0, metres - 1e-6):  # the print lies across the tile's edge
        x0 = x if x == 0 else metres
        shift = x0 * per_metre
        left, top, right, bottom = box(0, 1.225, 0.095)
        draw.ellipse((left + shift, top, right + shift, bottom), fill=ink)
        for k in range(6):
            z = 1.235 - 0.021 * k
            row, thick = (metres - z % metres) * per_metre, (0.004 + 0.0013 * k) * per_metre
            columns = np.linspace(-0.115, 0.115, 80)
            waves = row + 0.004 * per_metre * np.sin(columns * 110 + k)
            line = [(shift + c * per_metre, w) for c, w in zip(columns, waves, strict=True)]
            colour = hex_colour("b65a3c") if k < 5 else ink
            draw.line(line, fill=colour, width=int(thick), joint="curve")
    return canvas.resize((size, size), Image.Resampling.LANCZOS), metres


def twill() -> Tile:
    """Plain navy cotton, its diagonal only just visible."""
    size, metres = 256, 0.05
    row, column = np.mgrid[:size, :size]
    shade = 1.0 + 0.06 * np.sin((row + column) * 2 * np.pi * 16 / size)
    return Image.fromarray(np.clip(np.array(hex_colour("2d3a55")) * shade[..., None], 0, 255).astype(np.uint8)), metres
