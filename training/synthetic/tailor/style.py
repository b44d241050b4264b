"""What a garment shall be like."""

from dataclasses import dataclass

import numpy as np

from mirror_core.errors import InputError

KINDS = (
    "t-shirt", "top", "polo", "shirt", "blouse", "sweater", "hoodie", "dress", "coat", "jacket", "blazer",
    "skirt", "pants", "jeans", "shorts",
)  # fmt: skip
LOWER = ("pants", "jeans", "shorts")
COLLARS = ("round", "v", "shirt", "turtle")


@dataclass(frozen=True)
class Style:
    """A cut, without its fabric. Shares are 0..1 of what a body has, so that one style fits all bodies."""

    kind: str
    """One of `KINDS`; its class in part maps."""
    length: int | float
    """Where the hem is: 0 at the waist, 0.25 at the crotch, 0.6 at the knee, 1 at the ankle."""
    sleeve: int | float = 0.0
    """0 none, 0.5 to the elbow, 1 to the wrist."""
    collar: str = "round"
    """One of `COLLARS`."""
    neck: int | float = 0.3
    """How far the front's neckline is cut down, of the way from the neck to the bust."""
    ease: int | float = 0.02
    """Metres between body and cloth."""
    loose: int | float = 0.4
    """0 follows the body's shape inwards, 1 hangs straight down from where it is widest."""
    flare: int | float = 0.0
    """Metres that the hem stands out per metre below the waist (of sleeves and legs, too, but a third of it)."""
    thickness: int | float = 0.004
    """Metres."""
    folds: int = 0
    """Waves around a wide hem."""
    gathered: bool = False
    """Hem and cuffs are ribbed and narrow."""
    hood: bool = False
    """Instead of the collar."""

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"{self.kind!r} is not a kind of garment.", f"Choose one of {', '.join(KINDS)}.")
        if self.collar not in COLLARS:
            raise InputError(f"{self.collar!r} is not a collar.", f"Choose one of {', '.join(COLLARS)}.")

    @property
    def slot(self) -> str:
        """What it covers; see `Garment`."""
        if self.kind in ("skirt", *LOWER):
            return "lower"
        return {"dress": "whole", "coat": "outer", "jacket": "outer", "blazer": "outer"}.get(self.kind, "upper")


def sample_style(kind: str, rng: np.random.Generator) -> Style:
    """A usual cut of a kind of garment."""
    if kind in ("skirt", *LOWER):
        return _lower(kind, rng)
    between = rng.uniform
    loose, ease = between(0.2, 0.8), between(0.010, 0.028)
    if kind == "dress":
        sleeve = float(rng.choice([0.0, 0.28, 0.45, 1.0], p=[0.45, 0.3, 0.1, 0.15]))
        length = between(0.42, 0.95)
        flare = between(0.0, 0.18) / length
        return Style(
            kind, length, sleeve, str(rng.choice(["round", "v"], p=[0.65, 0.35])), between(0.15, 0.75),
            between(0.008, 0.018), between(0.0, 0.35), flare, 0.003, int(rng.integers(6, 12)) if flare > 0.15 else 0,
        )  # fmt: skip
    long = float(between(0.93, 1.0))
    if kind in ("coat", "jacket", "blazer"):
        length = {"coat": between(0.4, 0.75), "jacket": between(0.12, 0.2), "blazer": between(0.2, 0.27)}[kind]
        collar = str(rng.choice(["turtle", "shirt"])) if kind == "jacket" else "shirt"
        neck = between(0.05, 0.15)
        ribbed = kind == "jacket" and bool(rng.random() < 0.6)
        return Style(
            kind, length, long, collar, neck, between(0.03, 0.05), between(0.4, 0.9), between(0, 0.1), 0.008, 0, ribbed
        )
    if kind in ("sweater", "hoodie"):
        hood = kind == "hoodie"
        collar = "round" if hood else str(rng.choice(["round", "v", "turtle"], p=[0.6, 0.2, 0.2]))
        neck = between(0.04, 0.12) if collar == "turtle" else between(0.15, 0.3)
        return Style(
            kind,
            between(0.1, 0.2),
            long,
            collar,
            neck,
            between(0.018, 0.038),
            between(0.4, 0.9),
            0.0,
            0.006,
            0,
            True,
            hood,
        )
    sleeves = {"t-shirt": between(0.2, 0.42), "polo": between(0.25, 0.42), "top": 0.0}
    sleeve = sleeves.get(kind, long if rng.random() < 0.6 else between(0.25, 0.45))
    collar = "shirt" if kind in ("shirt", "polo") else str(rng.choice(["round", "v"], p=[0.75, 0.25]))
    neck = between(0.06, 0.16) if collar == "shirt" else between(0.18, 0.5 if kind != "top" else 0.75)
    if kind == "t-shirt" and rng.random() < 0.15:
        sleeve = long
    return Style(kind, between(0.08, 0.24), float(sleeve), collar, neck, ease, loose, between(0, 0.08), 0.003)


def _lower(kind: str, rng: np.random.Generator) -> Style:
    between = rng.uniform
    if kind == "skirt":
        length = between(0.36, 0.85)
        flare = between(0.0, 0.24) / length
        folds = int(rng.integers(6, 14)) if flare > 0.2 else 0
        return Style(kind, length, ease=0.008, loose=0.1, flare=flare, thickness=0.003, folds=folds)
    length = between(0.32, 0.56) if kind == "shorts" else between(0.9, 1.0)
    slim = rng.random() < 0.4
    ease, loose = (between(0.004, 0.008), 0.0) if slim else (between(0.012, 0.024), between(0.3, 1.0))
    flare = between(0.0, 0.10) if kind == "shorts" else 0.0 if slim else between(0.0, 0.03)
    return Style(kind, length, ease=ease, loose=loose, flare=flare, thickness=0.004)
