"""A garment of our own on a posed body: it hangs, stays outside, creases."""

from dataclasses import dataclass, field

import numpy as np

from training.synthetic.piece import FloatArray
from training.synthetic.tailor import settle_kernels as kernels
from training.synthetic.tailor.cut import Tailored, with_rims
from training.synthetic.tailor.settle import Surface, find_normals, settle
from training.synthetic.tailor.wrinkle import Creases, crease, pressed


@dataclass(frozen=True)
class DrapeSettings:
    """How cloth falls."""

    rounds: int = 9
    """Rounds in which loose parts fall and hold their lengths."""
    fall: int | float = 0.018
    """Metres that they fall in a round."""
    creases: Creases | None = field(default_factory=Creases)
    """None for smooth cloth."""


def drape(
    garment: Tailored,
    posed: FloatArray,
    surface: Surface,
    rng: np.random.Generator,
    settings: DrapeSettings | None = None,
) -> FloatArray:
    """Where a garment's vertices are on a posed body.

    Args:
        garment: made for the body at rest.
        posed: (V, 3), its vertices where skinning takes them; see `training.synthetic.dress.follow`.
        surface: of the posed body, and of what is worn under the garment.
        rng: for the creases.
        settings: how cloth falls.

    Returns:
        (V, 3).
    """
    settings = settings or DrapeSettings()
    plan = garment.plan
    points = np.array(posed[: plan.main], np.float32, order="C")
    clearance = np.full(plan.main, 0.003 + garment.style.thickness, np.float32)
    facing = find_normals(points, plan.main_faces)
    if "collar" in plan.sheets:
        facing[plan.sheets["collar"].ids[1:]] = 0  # some are turned down
    _fall(garment, points, surface, (facing, clearance), settings)
    points = settle(points, plan.main_faces, surface, clearance, rounds=1, facing=facing)
    if settings.creases is not None:
        rest = garment.piece.vertices[: plan.main]
        height = settings.creases.height + settings.creases.pressed * pressed(points, plan.edges, garment.lengths)
        height *= garment.softness
        normals = find_normals(points, plan.main_faces)
        points = points + normals * (height * crease(rest, settings.creases, rng))[:, None].astype(np.float32)
    return with_rims(plan, points.astype(np.float32), garment.style.thickness)


def _fall(
    garment: Tailored,
    points: FloatArray,
    surface: Surface,
    cloth: tuple[FloatArray, FloatArray],
    settings: DrapeSettings,
) -> None:
    """Let loose parts hang, in place; the rest only gets its lengths back. `cloth` is where it faces, and clearance."""
    plan, free = garment.plan, garment.free
    rounds = settings.rounds if float(free.mean()) > 0.15 else 3
    weight = np.maximum(free, 0.15 * garment.softness).astype(np.float32)
    fall = settings.fall * (1 + 1.5 * garment.style.flare)
    moved, drop = np.empty_like(points), (fall * free).astype(np.float32)
    slack = np.zeros(len(points), np.float32)
    for number in range(rounds):
        points[:, 1] -= drop * (1 - number / rounds)
        for _ in range(2):
            kernels.hold_lengths(points, plan.edges, garment.lengths, weight, (0.9, 0.12))
        if number % 2 == rounds % 2:  # the last time, settling follows
            kernels.push_out(points, cloth[0], surface.grid, cloth[1], moved, slack)
