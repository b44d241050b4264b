"""Garments of a kind by chance: cut, sewn, and of some fabric."""

from dataclasses import replace

import numpy as np

from training.synthetic.tailor.anatomy import Wearer
from training.synthetic.tailor.cut import Tailored, make_garment
from training.synthetic.tailor.fabric import paint
from training.synthetic.tailor.style import KINDS, sample_style
from training.synthetic.tailor.swatches import Swatches

SHARES = (0.24, 0.05, 0.05, 0.12, 0.03, 0.08, 0.05, 0.11, 0.05, 0.05, 0.03, 0.04, 0.03, 0.03, 0.04)
"""How often shop photos show each of `KINDS`."""


def draw_kind(rng: np.random.Generator) -> str:
    """A kind of garment, as often as shops show it."""
    return KINDS[int(rng.choice(len(KINDS), p=np.array(SHARES) / sum(SHARES)))]


def sew(kind: str, wearer: Wearer, rng: np.random.Generator, swatches: Swatches | None = None) -> Tailored:
    """A garment of a kind that fits a body at rest.

    Args:
        kind: one of `KINDS`.
        wearer: see `anatomy.measure`.
        rng: decides on cut and fabric.
        swatches: cloth from photos, for half of all garments.
    """
    return dye(make_garment(sample_style(kind, rng), wearer), rng, swatches)


def dye(garment: Tailored, rng: np.random.Generator, swatches: Swatches | None = None) -> Tailored:
    """The garment in another fabric."""
    texture = paint(garment.plan, garment.sizes, garment.style, rng, swatches)
    return replace(garment, piece=replace(garment.piece, texture=texture))
