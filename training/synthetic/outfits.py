"""What a person wears, by chance: from a wardrobe, or tailored for them."""

from dataclasses import dataclass, field, replace

import numpy as np

from training.synthetic.colours import Colour, dye, shift
from training.synthetic.makehuman import Item, Wardrobe
from training.synthetic.piece import Garment
from training.synthetic.tailor.anatomy import Wearer
from training.synthetic.tailor.outfit import sew
from training.synthetic.tailor.swatches import Swatches

TAILORED: dict[str, dict[str, tuple[str, ...]]] = {
    "female": {
        "upper": ("t-shirt", "t-shirt", "top", "shirt", "blouse", "blouse", "sweater", "hoodie"),
        "lower": ("jeans", "jeans", "pants", "pants", "skirt", "skirt", "shorts"),
        "whole": ("dress",),
        "outer": ("coat", "coat", "jacket", "blazer"),
    },
    "male": {
        "upper": ("t-shirt", "t-shirt", "polo", "shirt", "shirt", "sweater", "hoodie"),
        "lower": ("jeans", "jeans", "pants", "pants", "shorts"),
        "outer": ("coat", "jacket", "jacket", "blazer"),
    },
}
"""Kinds of garments for what they cover; one that stands twice is twice as frequent."""


@dataclass(frozen=True)
class Habits:
    """How often people wear what."""

    whole: float = 0.3
    """Of women: a dress or a suit in one piece instead of upper and lower part; of men a third of that."""
    outer: float = 0.15
    """A coat over it."""
    hat: float = 0.08
    """Over a bare head: hats do not fit over hair."""
    glasses: float = 0.08
    bald: float = 0.06
    """Of men."""
    new_colour: float = 0.6
    """A garment of the wardrobe in another colour than its texture's."""
    tailored: float = 0.5
    """A garment of our own making instead of one of the wardrobe."""


@dataclass(frozen=True)
class Outfit:
    """Garments on a body at rest, and whom to thank for them."""

    garments: list[Garment]
    credits: tuple[dict[str, str], ...]


@dataclass(frozen=True)
class Outfitter:
    """Dresses people."""

    wardrobe: Wardrobe
    swatches: Swatches | None = None
    """Cloth from photos, for garments of our own making."""
    habits: Habits = field(default_factory=Habits)

    def dress(self, sex: str, hair: Colour, wearer: Wearer, rng: np.random.Generator) -> Outfit:
        """An outfit for a person with hair of that colour."""
        garments: list[Garment] = []
        thanks: list[dict[str, str]] = []
        for slot in self._slots(sex, rng):
            kinds, items = TAILORED[sex].get(slot, ()), self.wardrobe.choices(slot, sex)
            if kinds and (not items or rng.random() < self.habits.tailored):
                garments.append(sew(kinds[int(rng.integers(len(kinds)))], wearer, rng, self.swatches))
            elif items:
                item = items[int(rng.integers(len(items)))]
                garments.append(self._coloured(item, item.wear(wearer.rest), hair, rng))
                thanks += [item.credit] if item.credit else []
        return Outfit(garments, tuple(thanks))

    def _slots(self, sex: str, rng: np.random.Generator) -> list[str]:
        habits = self.habits
        whole = habits.whole if sex == "female" else habits.whole / 3
        slots = ["whole"] if rng.random() < whole else ["upper", "lower"]
        slots += ["feet"] + ["outer"] * (rng.random() < habits.outer) + ["glasses"] * (rng.random() < habits.glasses)
        if rng.random() < habits.hat:
            slots.append("head")
        elif sex == "female" or rng.random() >= habits.bald:
            slots.append("hair")
        return slots

    def _coloured(self, item: Item, garment: Garment, hair: Colour, rng: np.random.Generator) -> Garment:
        """Hair in the hair's colour, a garment in another than its texture's more often than not."""
        piece = garment.piece
        if item.slot == "hair":
            return replace(garment, piece=replace(piece, texture=dye(piece.texture, hair)))
        if rng.random() >= self.habits.new_colour:
            return garment
        hue = rng.uniform(-8, 8) if item.part == "jeans" else rng.uniform(-180, 180)
        texture = shift(piece.texture, hue, rng.uniform(0.2, 1.1), rng.uniform(0.6, 1.25))
        return replace(garment, piece=replace(piece, texture=texture))
