"""Textures of garments: cloth laid onto the sheets' places, with what is sewn and printed on."""

from dataclasses import dataclass

import cv2
import numpy as np

from training.synthetic.piece import ByteArray
from training.synthetic.tailor.cloth import METRES, TILE, Colour, contrasting, weave
from training.synthetic.tailor.flat import Sizes
from training.synthetic.tailor.pattern import Plan
from training.synthetic.tailor.prints import print_on
from training.synthetic.tailor.style import LOWER, Style
from training.synthetic.tailor.swatches import Swatches

SIZE = 512
"""Pixels of a texture's side."""
Points = list[tuple[int | float, int | float]]


@dataclass(frozen=True)
class Field:
    """A sheet's place in a picture, drawn on in metres from its lower middle.

    Attributes:
        picture: (h, w, 3), a view into the texture.
        size: width and height, metres.
    """

    picture: ByteArray
    size: tuple[float, float]

    def pixel(self, x: int | float, y: int | float) -> tuple[int, int]:
        """Column and row."""
        height, width = self.picture.shape[:2]
        return round((x / self.size[0] + 0.5) * width), round((1 - y / self.size[1]) * height)

    def line(self, points: Points, shade: int | float, width: int = 1) -> None:
        """A polyline that darkens (below 1) or lightens the cloth."""
        corners = np.array([self.pixel(*point) for point in points], np.int32)
        low = np.maximum(corners.min(axis=0) - width - 1, 0)
        high = np.maximum(corners.max(axis=0) + width + 2, low)
        part = self.picture[low[1] : high[1], low[0] : high[0]]
        if part.size:
            mask = np.zeros(part.shape[:2], np.uint8)
            cv2.polylines(mask, [corners - low.astype(np.int32)], False, 255, width, cv2.LINE_AA)
            _tint(part, mask, shade)

    def band(self, low: int | float, high: int | float, shade: int | float) -> None:
        """A level band that is darker or lighter."""
        top, bottom = self.pixel(0, high)[1], self.pixel(0, low)[1]
        part = self.picture[max(top, 0) : max(bottom, 0)]
        part[:] = np.clip(part * np.float32(shade), 0, 255).astype(np.uint8)

    def disk(self, x: int | float, y: int | float, radius: int | float, colour: Colour) -> None:
        """A button."""
        height, width = self.picture.shape[:2]
        axes = max(1, round(radius / self.size[0] * width)), max(1, round(radius / self.size[1] * height))
        cv2.ellipse(self.picture, self.pixel(x, y), axes, 0, 0, 360, colour, -1, cv2.LINE_AA)


def _tint(picture: ByteArray, mask: ByteArray, shade: int | float) -> None:
    rows, columns = np.nonzero(mask)
    share = mask[rows, columns, None] / 255.0
    factor = 1 + (shade - 1) * share
    picture[rows, columns] = np.clip(picture[rows, columns] * factor, 0, 255).astype(np.uint8)


def paint(
    plan: Plan, sizes: Sizes, style: Style, rng: np.random.Generator, swatches: Swatches | None = None
) -> ByteArray:
    """A garment's texture (SIZE, SIZE, 4).

    Args:
        plan: whose sheets' places are painted.
        sizes: metres of these places.
        style: decides on seams, pockets, buttons.
        rng: decides on the rest.
        swatches: cloth from photos; half of all garments are of it.
    """
    name, tile = weave(style.kind, rng)
    cut = swatches.draw(rng) if swatches is not None and rng.random() < 0.5 else None
    if cut is not None and style.kind != "jeans":
        name, tile = "swatch", cut
    picture = np.empty((SIZE, SIZE, 3), np.uint8)
    picture[:, SIZE * 7 // 10 :] = tile[0, 0]  # what lies between the sheets' places
    fields = {sheet: _lay(picture, tile, plan.sheets[sheet].rect, size) for sheet, size in sizes.items()}
    red, green, blue, _ = (int(value) for value in cv2.mean(tile))
    colour: Colour = (red, green, blue)
    if style.kind in (*LOWER, "skirt"):
        _sew_lower(fields, style, name, rng)
    else:
        _sew_upper(fields, style, colour, rng)
        if (
            style.kind in ("t-shirt", "top", "hoodie", "sweater")
            and name in ("plain", "mottled")
            and rng.random() < 0.55
        ):
            print_on(fields["front"], rng, contrasting(colour, rng))
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2RGBA), np.uint8)


def _lay(
    picture: ByteArray, tile: ByteArray, rect: tuple[float, float, float, float], size: tuple[float, float]
) -> Field:
    """Cover a sheet's place, and a little around it, with cloth."""
    left, bottom, right, top = (round(value * SIZE) for value in rect)
    width, height = right - left, top - bottom
    across, up = (max(4, round(METRES / metres * pixels)) for metres, pixels in zip(size, (width, height), strict=True))
    small = cv2.resize(tile, (across, up), interpolation=cv2.INTER_AREA if across < TILE else cv2.INTER_LINEAR)
    shift = (width - across) // 2 % across  # the tile's middle is the sheet's
    cloth = np.tile(np.roll(small, shift, axis=1), (-(-height // up), -(-width // across), 1))[-height:, :width]
    part = picture[SIZE - top : SIZE - bottom, left:right]
    part[:] = cloth
    return Field(part, size)


def _sew_upper(fields: dict[str, Field], style: Style, colour: Colour, rng: np.random.Generator) -> None:
    """Hems, collar, cuffs, and a front that closes."""
    for name, field in fields.items():
        if name in ("front", "back"):
            field.line([(-1, 0.018), (1, 0.018)], 0.82)
            if style.gathered:
                field.band(0, 0.06, 0.88)
        elif name.startswith("sleeve"):
            field.line([(-1, 0.018), (1, 0.018)], 0.82)
            if style.gathered or (style.collar == "shirt" and style.sleeve > 0.8):
                field.band(0, 0.06, 0.9)
        elif name == "collar" and style.collar in ("round", "v") and not style.hood:
            _collar(field, colour, rng)
    front = fields["front"]
    height = front.size[1]
    if style.kind in ("shirt", "blouse", "coat", "blazer", "jacket") or (style.kind == "hoodie" and rng.random() < 0.4):
        _close(front, style, colour, rng)
    if style.kind == "polo":
        front.line([(-0.016, height - 0.24), (-0.016, height), (0.016, height), (0.016, height - 0.24)], 0.8)
        for number in range(3):
            front.disk(0, height - 0.12 - 0.04 * number, 0.005, (225, 222, 215))
    if style.kind in ("shirt", "coat", "jacket") and rng.random() < 0.6:
        _pocket(front, 0.10, height - 0.34 if style.kind == "shirt" else 0.22, 0.11, 0.13)
    if style.kind == "hoodie":
        front.line([(-0.17, 0.07), (-0.11, 0.24), (0.11, 0.24), (0.17, 0.07)], 0.75)


def _collar(field: Field, colour: Colour, rng: np.random.Generator) -> None:
    """A band of the cloth, or of another colour."""
    if rng.random() < 0.25:
        field.picture[:] = contrasting(colour, rng)
    else:
        field.picture[:] = np.clip(field.picture * np.float32(0.88), 0, 255).astype(np.uint8)


def _close(front: Field, style: Style, colour: Colour, rng: np.random.Generator) -> None:
    """Buttons or a zip down the middle."""
    height = front.size[1]
    if style.kind in ("jacket", "hoodie"):
        metal: Colour = (150, 150, 152) if rng.random() < 0.5 else (40, 40, 42)
        cv2.line(front.picture, front.pixel(0, 0), front.pixel(0, height), metal, 2, cv2.LINE_AA)
        front.line([(-0.02, 0), (-0.02, height)], 0.85)
        return
    lap = 0.018 if style.kind in ("shirt", "blouse") else 0.05
    front.line([(-lap, 0), (-lap, height)], 0.72)
    if style.kind in ("shirt", "blouse"):
        front.line([(lap, 0), (lap, height)], 0.86)
    else:
        front.line([(0.05, height - 0.10), (0.13, height - 0.16), (-lap, height - 0.42)], 0.7)
        front.line([(-0.05, height - 0.10), (-0.13, height - 0.16), (-lap, height - 0.42)], 0.7)
    button: Colour = (232, 230, 224) if sum(colour) > 330 or rng.random() < 0.3 else (36, 33, 30)
    step = 0.085 if lap < 0.03 else 0.14
    first = height - (0.10 if lap < 0.03 else 0.42)
    for number in range(int(max(first - 0.05, 0) / step)):
        front.disk(0, first - step * number, 0.006 if lap < 0.03 else 0.010, button)


def _pocket(field: Field, x: int | float, y: int | float, width: float, height: float) -> None:
    left, right = x - width / 2, x + width / 2
    field.line([(left, y), (left, y - height * 0.85), (x, y - height), (right, y - height * 0.85), (right, y)], 0.78)
    field.line([(left, y), (right, y)], 0.7)


def _sew_lower(fields: dict[str, Field], style: Style, name: str, rng: np.random.Generator) -> None:
    """Waistband, fly, pockets, hems, worn thighs."""
    front, back = fields["front"], fields["back"]
    for field in (front, back):
        field.line([(-1, field.size[1] - 0.04), (1, field.size[1] - 0.04)], 0.75)
    for hem in (fields.get("leg L"), fields.get("leg R"), front if style.kind == "skirt" else None):
        if hem is not None:
            hem.line([(-1, 0.02), (1, 0.02)], 0.8)
    if style.kind == "skirt":
        return
    stitch = 1.25 if name == "denim" else 0.75
    top, half = front.size[1], front.size[0] / 2
    front.line([(0, 0), (0, top)], 0.7)
    front.line([(0.035, top - 0.04), (0.035, 0.07), (0, 0.03)], stitch)
    for sign in (-1, 1):
        slant = 0.10 if name == "denim" else 0.03
        front.line(
            [(sign * half * 0.5, top - 0.04), (sign * half * (0.56 + slant), top - 0.10), (sign * half, top - 0.13)],
            stitch,
        )
        _pocket(back, sign * back.size[0] * 0.22, top - 0.085, 0.12, 0.12)
    back.line([(0, 0), (0, top)], 0.7)
    front.disk(0.005, top - 0.02, 0.009, (120, 110, 90) if name == "denim" else (40, 38, 36))
    if name == "denim" and rng.random() < 0.7:
        _wear_out(fields, rng.uniform(1.1, 1.45))


def _wear_out(fields: dict[str, Field], shade: int | float) -> None:
    """Lighter thighs and knees on jeans' fronts."""
    for name, side in (("leg L", -1), ("leg R", 1)):
        picture = fields[name].picture
        height, width = picture.shape[:2]
        x = (np.arange(width) / width - 0.5 - side * 0.24) / 0.13
        y = (np.arange(height) / height - 0.34) / 0.22
        spot = np.exp(-(x[None] ** 2) - y[:, None] ** 2)[..., None]
        picture[:] = np.clip(picture * (1 + (shade - 1) * spot), 0, 255).astype(np.uint8)
