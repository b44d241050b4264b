"""What a garment shall be like."""

from dataclasses import dataclass

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
