"""Cloth by the metre: seamless tiles of fabric, drawn by rule."""

from collections.abc import Callable
from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

from training.synthetic.piece import ByteArray

TILE = 256
"""Pixels of a tile's side."""
METRES = 0.64
"""What a tile's side is of cloth."""
Colour = tuple[int, int, int]
Pixels = npt.NDArray[np.floating]

COLOURS: tuple[tuple[Colour, float], ...] = (
    ((32, 32, 35), 0.17), ((228, 227, 222), 0.14), ((140, 142, 146), 0.08), ((84, 87, 92), 0.07), ((36, 44, 72), 0.12),
    ((78, 102, 138), 0.09), ((203, 184, 154), 0.06), ((120, 94, 70), 0.04), ((110, 34, 44), 0.04),
    ((186, 46, 50), 0.04), ((66, 86, 62), 0.04), ((92, 142, 188), 0.04), ((226, 172, 178), 0.03),
    ((222, 188, 72), 0.02), ((60, 132, 118), 0.02), ((146, 116, 172), 0.02), ((236, 236, 200), 0.02),
    ((214, 112, 52), 0.02), ((210, 60, 122), 0.02),
)  # fmt: skip
"""Colours of clothes, sRGB, and how often they are."""


def draw_colour(rng: np.random.Generator) -> Colour:
    """A colour that clothes have."""
    shares = np.array([share for _, share in COLOURS])
    base = np.array(COLOURS[int(rng.choice(len(COLOURS), p=shares / shares.sum()))][0])
    return _bytes(base * rng.uniform(0.88, 1.12) + rng.normal(0, 7, 3))


def contrasting(colour: Colour, rng: np.random.Generator) -> Colour:
    """A colour that can be told from another: the most different of three."""
    choices = [draw_colour(rng) for _ in range(3)]
    return max(choices, key=lambda other: sum(abs(a - b) for a, b in zip(colour, other, strict=True)))


def _bytes(values: npt.NDArray[np.floating]) -> Colour:
    low, middle, high = (int(value) for value in np.clip(values, 6, 246))
    return low, middle, high


@lru_cache(maxsize=1)
def _noise() -> dict[str, Pixels]:
    """Seamless noise with mean 0 and deviation 1: threads, mottling, and shade over a hand's breadth."""
    rng = np.random.default_rng(20)
    white = rng.normal(size=(TILE, TILE)).astype(np.float32)
    result: dict[str, Pixels] = {}
    for name, sizes in (("thread", (0.6, 0.6)), ("mottle", (1.2, 3.0)), ("shade", (14.0, 14.0)), ("twill", (0.7, 5.0))):
        padded = cv2.GaussianBlur(np.tile(white, (3, 3)), (0, 0), sigmaX=sizes[0], sigmaY=sizes[1])
        tile = padded[TILE : 2 * TILE, TILE : 2 * TILE]
        if name == "twill":  # threads that run aslant
            tile = np.stack([np.roll(row, number) for number, row in enumerate(tile)])
        result[name] = ((tile - tile.mean()) / tile.std()).astype(np.float32)
    return result


def _moved(name: str, rng: np.random.Generator) -> Pixels:
    down, right = rng.integers(TILE, size=2)
    return np.roll(_noise()[name], (int(down), int(right)), axis=(0, 1))


def _dyed(colour: Colour, rng: np.random.Generator, thread: float = 3.0, **other: float) -> Pixels:
    """(TILE, TILE, 3): a colour with noise, each kind's deviation in values of 255."""
    values = thread * _moved("thread", rng)
    for name, strength in other.items():
        values = values + strength * _moved(name, rng)
    return np.asarray(colour, np.float32) + values[..., None]


def plain(rng: np.random.Generator) -> Pixels:
    """One colour."""
    return _dyed(draw_colour(rng), rng, 2.5, shade=1.5)


def mottled(rng: np.random.Generator) -> Pixels:
    """Threads of several shades (melange)."""
    return _dyed(draw_colour(rng), rng, 4.0, mottle=rng.uniform(5, 11))


def denim(rng: np.random.Generator) -> Pixels:
    """Blue or black twill."""
    shades: tuple[Colour, ...] = (
        (44, 56, 88),
        (62, 82, 120),
        (96, 122, 158),
        (142, 164, 190),
        (38, 40, 46),
        (84, 86, 92),
    )
    return _dyed(shades[int(rng.integers(len(shades)))], rng, 4.0, twill=6.0, shade=4.0)


def knit(rng: np.random.Generator) -> Pixels:
    """Ribs of wool, upright or level."""
    ribs = int(rng.choice([32, 43, 64, 85]))
    wave = np.sin(np.arange(TILE) * (2 * np.pi * ribs / TILE)).astype(np.float32) * rng.uniform(5, 11)
    rib = wave[None, :, None] if rng.random() < 0.75 else wave[:, None, None]
    return _dyed(draw_colour(rng), rng, 5.0, mottle=4.0) + rib


def _bands(rng: np.random.Generator, colours: list[Colour], repeats: int) -> Pixels:
    """(TILE, 3): bands of colours that repeat."""
    edges = np.sort(rng.uniform(0.08, 0.92, len(colours) - 1))
    place = (np.arange(TILE) * repeats / TILE) % 1.0
    return np.asarray(colours, np.float32)[np.searchsorted(edges, place)]


def stripes(rng: np.random.Generator) -> Pixels:
    """Level bands, or now and then upright ones."""
    first = draw_colour(rng)
    colours = [first, contrasting(first, rng)] + [draw_colour(rng)] * int(rng.random() < 0.3)
    bands = _bands(rng, colours, int(rng.choice([6, 8, 10, 14, 20, 28])))
    picture = bands[:, None] if rng.random() < 0.8 else bands[None]
    return np.broadcast_to(picture, (TILE, TILE, 3)) + 2.5 * _moved("thread", rng)[..., None]


def checks(rng: np.random.Generator) -> Pixels:
    """Bands across bands, as tartan or gingham."""
    first = draw_colour(rng)
    colours = [first, contrasting(first, rng), first, draw_colour(rng)][: int(rng.choice([2, 4]))]
    bands = _bands(rng, colours, int(rng.choice([5, 8, 12, 20, 32])))
    return 0.5 * (bands[:, None] + bands[None]) + 2.5 * _moved("thread", rng)[..., None]


def dots(rng: np.random.Generator) -> Pixels:
    """Dots in rows, every other shifted."""
    ground = draw_colour(rng)
    colour, rows = contrasting(ground, rng), int(rng.choice([8, 16, 16, 32]))
    side = TILE // rows
    place = (np.arange(2 * side) + 0.5) / side
    y = place[:, None] % 1.0 - 0.5
    x = (place[None] + 0.5 * (place[:, None] >= 1.0)) % 1.0 - 0.5
    share = np.clip((rng.uniform(0.14, 0.32) - np.hypot(x, y)) * side + 0.5, 0, 1)[..., None]
    share = np.tile(share.astype(np.float32), (rows // 2, rows // 2, 1))
    return _dyed(ground, rng, 2.0) * (1 - share) + np.asarray(colour, np.float32) * share


def flowers(rng: np.random.Generator) -> Pixels:
    """Blossoms or blobs strewn about."""
    ground = draw_colour(rng)
    picture = np.empty((TILE, TILE, 3), np.uint8)
    picture[:] = ground
    colours = [contrasting(ground, rng) for _ in range(3)]
    size = rng.uniform(4, 15)
    count = int(np.clip(rng.uniform(0.12, 0.4) * TILE**2 / (np.pi * (1.6 * size) ** 2), 8, 60))
    petals = int(rng.choice([1, 4, 5, 6]))
    for x, y, turn, kind in rng.random((count, 4)):
        centre, colour = np.array([x, y]) * TILE, colours[int(kind * 3)]
        angles = 2 * np.pi * (turn + np.arange(petals) / petals)
        spots = [(centre + size * np.array([np.cos(a), np.sin(a)]) * (petals > 1), 0.62 * size, colour) for a in angles]
        spots.append((centre, 0.45 * size, colours[int(turn * 3)]))
        for spot, radius, paint in spots:
            _wrapped_circle(picture, spot, radius, paint)
    return cv2.GaussianBlur(picture, (3, 3), 0).astype(np.float32) + 2.0 * _moved("thread", rng)[..., None]


def _wrapped_circle(picture: ByteArray, centre: npt.NDArray[np.floating], radius: float, colour: Colour) -> None:
    """A disk that goes on at the opposite border."""
    ways = [[0] + [TILE] * int(c < radius) + [-TILE] * int(c > TILE - radius) for c in centre % TILE]
    for right in ways[0]:
        for down in ways[1]:
            x, y = (centre % TILE + (right, down)).round().astype(int)
            cv2.circle(picture, (int(x), int(y)), max(1, round(radius)), colour, -1)


WEAVES: dict[str, Callable[[np.random.Generator], Pixels]] = {
    "plain": plain, "mottled": mottled, "denim": denim, "knit": knit, "stripes": stripes, "checks": checks,
    "dots": dots, "flowers": flowers,
}  # fmt: skip
SHARES: dict[str, tuple[float, ...]] = {
    "t-shirt": (0.52, 0.12, 0.0, 0.0, 0.16, 0.02, 0.03, 0.15), "polo": (0.62, 0.12, 0, 0, 0.24, 0.02, 0, 0),
    "top": (0.5, 0.08, 0, 0.05, 0.14, 0.02, 0.06, 0.15), "shirt": (0.36, 0.04, 0.1, 0, 0.14, 0.28, 0.04, 0.04),
    "blouse": (0.42, 0, 0, 0, 0.12, 0.06, 0.1, 0.3), "sweater": (0.3, 0.2, 0, 0.34, 0.16, 0, 0, 0),
    "hoodie": (0.66, 0.3, 0, 0, 0.04, 0, 0, 0), "dress": (0.42, 0.02, 0.03, 0.05, 0.1, 0.06, 0.08, 0.24),
    "coat": (0.68, 0.24, 0, 0, 0, 0.08, 0, 0), "jacket": (0.72, 0.06, 0.22, 0, 0, 0, 0, 0),
    "blazer": (0.74, 0.14, 0, 0, 0.04, 0.08, 0, 0), "skirt": (0.44, 0.04, 0.16, 0.02, 0.06, 0.12, 0.04, 0.12),
    "pants": (0.76, 0.14, 0, 0, 0.03, 0.05, 0, 0.02), "jeans": (0, 0, 1.0, 0, 0, 0, 0, 0),
    "shorts": (0.46, 0.08, 0.22, 0, 0.06, 0.08, 0, 0.1),
}  # fmt: skip
"""How often a kind of garment is of which weave, in the order of `WEAVES`."""


def weave(kind: str, rng: np.random.Generator) -> tuple[str, ByteArray]:
    """A weave for a kind of garment, and a tile of it (TILE, TILE, 3)."""
    shares = np.array(SHARES[kind])
    name = list(WEAVES)[int(rng.choice(len(shares), p=shares / shares.sum()))]
    return name, np.clip(WEAVES[name](rng), 0, 255).astype(np.uint8)
