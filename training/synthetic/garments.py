"""Garments alone, as shops show them, drawn by chance."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch

from mirror_core.body import AnnyBody
from mirror_core.body.adults import ADULT
from training.synthetic.figure import Figure
from training.synthetic.tailor.anatomy import measure
from training.synthetic.tailor.hang import spread_out, wear_invisibly
from training.synthetic.tailor.outfit import draw_kind, sew
from training.synthetic.tailor.swatches import Swatches

FLAT = 0.35
"""Share of garments that lie on a table or hang on a wall; the others are worn by somebody invisible."""


@dataclass(frozen=True)
class Garments:
    """Draws garments of our own making; needs no assets."""

    body: AnnyBody
    swatches: Swatches | None = None
    """Cloth from photos, for half of the garments."""

    def draw(self, rng: np.random.Generator) -> Figure:
        """A garment; the same state of `rng` gives the same garment."""
        kind = draw_kind(rng)
        shape = draw_shape(kind, rng)
        code = torch.from_numpy(shape)[None]
        wearer = measure(self.body, self.body.rest(code)[0].numpy(), self.body.joints(code)[0].numpy())
        garment = sew(kind, wearer, rng, self.swatches)
        flat = rng.random() < FLAT
        piece = spread_out(garment, rng) if flat else wear_invisibly(garment, self.body, code, rng)
        return Figure("garments", kind, (piece,), closed=False, flat=flat)


def draw_shape(kind: str, rng: np.random.Generator) -> npt.NDArray[np.float32]:
    """The shape code of somebody who wears such a thing: a mannequin, neither thin nor fat."""
    female = kind in ("dress", "skirt", "blouse") or rng.random() < 0.5
    gender = rng.uniform(0.85, 1.0) if female else rng.uniform(0.0, 0.15)
    muscle, weight = (float(np.clip(rng.normal(0.5, 0.12), 0.2, 0.8)) for _ in range(2))
    age = rng.uniform(ADULT, 0.76)
    return np.array([gender, age, muscle, weight, rng.uniform(0.4, 0.6), 0.5, 1.0, 1.0, 1.0], np.float32)
