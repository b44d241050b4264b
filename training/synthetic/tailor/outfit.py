"""Garments of a kind by chance: cut, sewn, and of some fabric."""

from dataclasses import replace

import numpy as np

from training.synthetic.piece import FloatArray, Piece
from training.synthetic.tailor.anatomy import Wearer
from training.synthetic.tailor.cut import Tailored, make_garment, with_rims
from training.synthetic.tailor.fabric import paint
from training.synthetic.tailor.flat import lay_flat
from training.synthetic.tailor.settle import find_normals
from training.synthetic.tailor.style import KINDS, Style, sample_style
from training.synthetic.tailor.swatches import Swatches
from training.synthetic.tailor.wrinkle import Creases, crease

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


def spread_out(garment: Tailored, rng: np.random.Generator, creases: Creases | None = None) -> Piece:
    """The garment laid flat or hung up, front towards +z, as shops photograph it."""
    plan, style = garment.plan, garment.style
    rest = garment.piece.vertices[: plan.main]
    upright = rng.random() < 0.35  # on a hanger sleeves hang down
    angle = _angle(style, upright, rng)
    points = lay_flat(plan, rest, angle, float(rng.uniform(0.008, 0.02)) + style.thickness)
    points = _shear(points, rng)
    settings = creases or Creases(height=0.013, pressed=0.0, wave=0.08, upright=0.75 if upright else 0.35)
    normals = find_normals(points, plan.main_faces)
    forward = np.abs(normals[:, 2:]) * np.array([0, 0, 1]) + 0.3 * normals
    points = points + forward * (settings.height * garment.softness * crease(rest, settings, rng))[:, None]
    return garment.piece.at(with_rims(plan, points.astype(np.float32), style.thickness))


def _angle(style: Style, upright: bool, rng: np.random.Generator) -> float:
    if style.slot == "lower":
        return float(rng.uniform(0, 7))
    if upright and style.sleeve > 0.5:
        return float(rng.uniform(72, 84))
    return float(rng.uniform(25, 55) if style.sleeve <= 0.5 else rng.uniform(30, 78))


def _shear(points: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Nobody lays cloth down straight."""
    low, high = points.min(axis=0), points.max(axis=0)
    place = (points - low) / np.maximum(high - low, 1e-6) - 0.5
    result = points.copy()
    wave = rng.uniform(0, 2 * np.pi, 4)
    result[:, 0] += rng.normal(0, 0.008) * place[:, 1] + 0.006 * np.sin(5 * place[:, 1] + wave[0])
    result[:, 1] += rng.normal(0, 0.008) * place[:, 0] + 0.006 * np.sin(5 * place[:, 0] + wave[1])
    return result
