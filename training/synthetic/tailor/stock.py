"""Ready-made garments: cut once to a usual body, then altered to fit others, which takes a tenth of the time."""

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import torch

from mirror_core.body import AnnyBody
from training.synthetic.piece import FloatArray
from training.synthetic.tailor.anatomy import Wearer, measure
from training.synthetic.tailor.cut import Tailored, edge_lengths, make_garment, with_rims
from training.synthetic.tailor.outfit import dye
from training.synthetic.tailor.settle import relax
from training.synthetic.tailor.style import KINDS, sample_style
from training.synthetic.tailor.swatches import Swatches

USUAL = {
    "female": (1.0, 0.72, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0),
    "male": (0.0, 0.72, 0.55, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0),
}
"""Shape codes of the bodies that stock is cut to."""


@dataclass(frozen=True)
class Stock:
    """Garments of all kinds for both sexes, made when first asked for; number and kind decide what they are like."""

    body: AnnyBody
    count: int = 12
    """Cuts of each kind for each sex."""
    swatches: Swatches | None = None
    _made: dict[tuple[str, str, int], Tailored] = field(default_factory=lambda: {})

    @cached_property
    def wearers(self) -> dict[str, Wearer]:
        """The bodies that stock is cut to."""
        wearers: dict[str, Wearer] = {}
        for sex, code in USUAL.items():
            shape = torch.tensor([code])
            wearers[sex] = measure(self.body, self.body.rest(shape)[0].numpy(), self.body.joints(shape)[0].numpy())
        return wearers

    def take(self, kind: str, sex: str, number: int) -> Tailored:
        """One of `count` cuts, without fabric, for the usual body."""
        key = (kind, sex, number)
        if key not in self._made:
            rng = np.random.default_rng([KINDS.index(kind), sorted(USUAL).index(sex), number])
            self._made[key] = make_garment(sample_style(kind, rng), self.wearers[sex])
        return self._made[key]

    def draw(self, kind: str, sex: str, rest: FloatArray, rng: np.random.Generator) -> Tailored:
        """A garment of a kind for a body at rest, (19158, 3), of any cut and fabric."""
        garment = self.take(kind, sex, int(rng.integers(self.count)))
        return dye(alter(garment, self.wearers[sex].rest, rest), rng, self.swatches)


def alter(garment: Tailored, before: FloatArray, after: FloatArray) -> Tailored:
    """A garment made for one body at rest (19158, 3) for another.

    Cloth moves as the skin below it does, evened out, so that it bridges what it bridged. It may touch the body where
    that is much rounder; `drape` takes it out.
    """
    plan = garment.plan
    moved = (after[garment.near] - before[garment.near]).astype(np.float32)
    moved = relax(moved, plan.edges, np.ones(plan.main, np.float32), 0.6, rounds=6)
    points = garment.piece.vertices[: plan.main] + moved
    piece = garment.piece.at(with_rims(plan, points, garment.style.thickness))
    return replace(garment, piece=piece, lengths=edge_lengths(plan, points))
