"""Garments cut to a body at rest."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csr_matrix

from training.synthetic.parts import part_number
from training.synthetic.piece import BoolArray, ByteArray, FloatArray, Garment, IntArray, Piece
from training.synthetic.tailor import limbs, torso
from training.synthetic.tailor.anatomy import Wearer
from training.synthetic.tailor.flat import unroll_sheets
from training.synthetic.tailor.pattern import FORK, Plan, place_sheets, skirt_plan, trouser_plan, upper_plan
from training.synthetic.tailor.settle import Surface, find_normals, relax, settle
from training.synthetic.tailor.style import LOWER, Style

CLASSES = {"polo": "t-shirt"}
"""Of part maps, for kinds that these do not know."""
INFLUENCES = 6
"""Joints a vertex follows at most."""
INSIDE = 0.035
"""Metres from a rim from which on a garment hides the body."""
HIDING = 0.09
"""Metres from the skin up to which cloth hides it."""

BLANK = np.full((4, 4, 4), (128, 128, 128, 255), np.uint8)
"""The texture of a garment that has no fabric yet."""


@dataclass(frozen=True)
class Tailored(Garment):
    """A garment of our own making: it also knows how it was sewn.

    Attributes:
        plan: its topology.
        style: its cut.
        lengths: (E,), metres of `plan.edges` at rest.
        free: (main,), 0 for what lies on the body, 1 for what hangs.
        softness: (main,), how much creases show: less on seams and hems.
        near: (main,), the vertex of the wearer's skin nearest to each.
        sizes: width and height of each sheet's place in the texture, metres.
    """

    plan: Plan
    style: Style
    lengths: FloatArray
    free: FloatArray
    softness: FloatArray
    near: IntArray
    sizes: dict[str, tuple[float, float]]


def choose_plan(style: Style) -> Plan:
    """The topology for a cut."""
    if style.kind in LOWER:
        return trouser_plan(12, 10 if style.length < 0.5 else 30)
    if style.kind == "skirt":
        return skirt_plan(16 if style.length < 0.55 else 32)
    sleeve = 0 if style.sleeve <= 0 else 9 if style.sleeve < 0.5 else 26
    return upper_plan(24 if style.length < 0.35 else 44, sleeve, True)


def make_garment(style: Style, wearer: Wearer, texture: ByteArray = BLANK) -> Tailored:
    """Cut and sew.

    Args:
        style: the cut.
        wearer: see `anatomy.measure`.
        texture: (H, W, 4), in the layout of the plan's sheets; see `fabric`.
    """
    plan = choose_plan(style)
    grids = _trousers(style, wearer, plan) if style.kind in LOWER else _upper(style, wearer, plan)
    points = _fit(place_sheets(plan, grids), plan, style, wearer)
    uv, sizes = unroll_sheets(plan, points)
    free = _skirt_share(plan, points, wearer)
    near = wearer.nearest(points)
    joints, weights = _weights(plan, points, wearer, near, free)
    vertices = with_rims(plan, points, style.thickness)
    rows = np.concatenate([np.arange(plan.main), plan.edge, plan.edge])
    piece = Piece(
        style.kind, part_number(CLASSES.get(style.kind, style.kind)), vertices, plan.faces, uv, plan.uv_faces, texture
    )
    hides, lengths = _hidden(plan, points, wearer), edge_lengths(plan, points)
    return Tailored(
        piece, joints[rows], weights[rows], hides, style.slot, plan, style, lengths, free, _softness(plan),
        wearer.groups.covered[near], sizes,
    )  # fmt: skip


def edge_lengths(plan: Plan, points: FloatArray) -> FloatArray:
    """Metres of all edges of a plan."""
    step = points[plan.edges[:, 0]] - points[plan.edges[:, 1]]
    return np.asarray(np.linalg.norm(step, axis=1), np.float32)


def with_rims(plan: Plan, points: FloatArray, thickness: int | float) -> FloatArray:
    """All vertices, from those of the sheets: rims are turned in."""
    normals = find_normals(points, plan.main_faces)
    inward = -thickness * normals
    rims = [points[row] + inward[row] for row in (plan.edge, plan.beside)]
    return np.concatenate([points, *rims]).astype(np.float32)


def _upper(style: Style, wearer: Wearer, plan: Plan) -> dict[str, FloatArray]:
    """Skirts, and all that hangs on shoulders."""
    hem = wearer.height(style.length)
    if style.kind == "skirt":
        front, back = torso.tube(style, wearer, plan.armpit, (hem, wearer.levels["waist"] + 0.02))
        return {"front": front, "back": back}
    front, back = torso.tube(style, wearer, plan.armpit, (hem, wearer.levels["armpit"] - 0.4 * style.ease))
    above = torso.yoke(style, wearer, front, back)
    grids = {"front": np.concatenate([front, above[0]]), "back": np.concatenate([back, above[1]])}
    points = place_sheets(plan, grids)
    for side in "LR":
        if f"sleeve {side}" in plan.sheets:
            ids = plan.sheets[f"sleeve {side}"].ids
            loop = points[ids[-1]]
            grids[f"sleeve {side}"] = np.concatenate(
                [limbs.sleeve(style, wearer, side, len(ids) - 1, loop), loop[None]]
            )
    neck = points[plan.sheets["collar"].ids[0]]
    grids["collar"] = np.concatenate([neck[None], torso.collar(style, neck, wearer)])
    return grids


def _trousers(style: Style, wearer: Wearer, plan: Plan) -> dict[str, FloatArray]:
    hips = len(plan.sheets["front"].ids) - 1
    low = wearer.levels["crotch"] + 0.03
    front, back = torso.tube(replace(style, flare=0.0), wearer, hips, (low, wearer.levels["waist"] - 0.03))
    half = front.shape[1] // 2
    grids = {"front": front, "back": back}
    points = place_sheets(plan, grids)
    seam = limbs.fork(wearer, front[0, half], back[0, half], 2 * FORK - 1)
    ids = plan.sheets["leg L"].ids[-1]
    points[ids[1:FORK][::-1]] = seam[: FORK - 1]
    points[ids[0]] = seam[FORK - 1]
    points[ids[-FORK:-1][::-1]] = seam[FORK:]
    for side in "LR":
        ids = plan.sheets[f"leg {side}"].ids
        loop = points[ids[-1]]
        grids[f"leg {side}"] = np.concatenate([limbs.leg(style, wearer, side, len(ids) - 1, loop), loop[None]])
    return grids


def _fit(points: FloatArray, plan: Plan, style: Style, wearer: Wearer) -> FloatArray:
    """Smooth, and nowhere in the body."""
    clearance = 0.004 + style.thickness
    for _ in range(2):
        points = relax(points, plan.edges, _freedom(plan), 0.5, rounds=2)
        points = settle(points, plan.main_faces, wearer.surface, clearance, rounds=1, facing=np.zeros_like(points))
    return points


def _freedom(plan: Plan) -> FloatArray:
    """How far smoothing may move each vertex: not rims, which would shrink."""
    weight = np.ones(plan.main, np.float32)
    weight[plan.edge] = 0.0
    if "collar" in plan.sheets:
        weight[plan.sheets["collar"].ids] = 0.0
        weight[plan.sheets["collar"].ids[0]] = 0.3
    return weight


def _weights(
    plan: Plan, points: FloatArray, wearer: Wearer, near: IntArray, skirt: FloatArray
) -> tuple[IntArray, FloatArray]:
    """The nearest skin's weights, smoothed over the cloth."""
    weights = wearer.groups.skinning[near]
    weights = weights * (1 - skirt[:, None]) + _skirt_weights(points, wearer) * skirt[:, None]
    used = np.flatnonzero(weights.max(axis=0) > 0.02)
    weights = np.ascontiguousarray(weights[:, used])
    first, second = plan.edges.T
    rows, columns = np.concatenate([first, second]), np.concatenate([second, first])
    degree = np.bincount(rows, minlength=plan.main)
    smooth = csr_matrix(((0.5 / degree[rows]).astype(np.float32), (rows, columns)), (plan.main, plan.main))
    for _ in range(6):
        weights = 0.5 * weights + smooth @ weights
    chosen = np.argpartition(-weights, INFLUENCES, axis=1)[:, :INFLUENCES]
    kept = np.take_along_axis(weights, chosen, axis=1)
    joints = wearer.groups.active[used][chosen].astype(np.int32)
    return joints, (kept / kept.sum(axis=1, keepdims=True)).astype(np.float32)


def _softness(plan: Plan) -> FloatArray:
    soft = np.ones(plan.main, np.float32)
    soft[plan.edge] = 0.5
    if "collar" in plan.sheets:
        soft[plan.sheets["collar"].ids] = 0.25
    return soft


def _skirt_share(plan: Plan, points: FloatArray, wearer: Wearer) -> FloatArray:
    """1 for vertices of a tube around both legs, 0 for others; between over the hips."""
    share = np.zeros(plan.main, np.float32)
    if "leg L" in plan.sheets:
        return share
    body = np.concatenate([plan.sheets["front"].ids.ravel(), plan.sheets["back"].ids.ravel()])
    crotch = wearer.levels["crotch"]
    share[body] = np.clip((crotch + 0.10 - points[body, 1]) / 0.12, 0, 1)
    return share


def _skirt_weights(points: FloatArray, wearer: Wearer) -> FloatArray:
    """Pelvis and both legs' weights, the legs' by the side a point is on."""
    names = wearer.groups.active
    place = {int(joint): column for column, joint in enumerate(names)}
    numbers, levels = wearer.groups.joints, wearer.levels
    height, weights = points[:, 1], np.zeros((len(points), len(names)), np.float32)
    swing = np.clip((levels["crotch"] + 0.12 - height) / 0.16, 0, 1) * 0.9
    knee = np.clip((levels["knee"] + 0.05 - height) / 0.10, 0, 1) * 0.75
    side = np.clip(0.5 + points[:, 0] / 0.22, 0, 1)
    side = side * side * (3 - 2 * side)
    for name, share in (("L", side), ("R", 1 - side)):
        weights[:, place[numbers[f"upperleg02.{name}"]]] = swing * share * (1 - knee)
        weights[:, place[numbers[f"lowerleg01.{name}"]]] = swing * share * knee
    weights[:, place[numbers["root"]]] = 1 - swing
    return weights


def _hidden(plan: Plan, points: FloatArray, wearer: Wearer) -> BoolArray:
    """Vertices of the body that are under the cloth and not near its rims; collars hide nothing."""
    hides = np.zeros(len(wearer.rest), bool)
    skin = wearer.groups.covered
    body = wearer.rest[skin]
    cloth, rim = np.ones(plan.main, bool), np.zeros(plan.main, bool)
    rim[plan.edge] = True
    if "collar" in plan.sheets:
        cloth[plan.sheets["collar"].ids[1:]] = False
        rim[plan.sheets["collar"].ids[0]] = True
    low, high = points[cloth].min(axis=0) - 0.01, points[cloth].max(axis=0) + 0.01
    inside = np.flatnonzero(((body > low) & (body < high)).all(axis=1))
    normals = find_normals(points, plan.main_faces)
    over = Surface.of(points[cloth], normals[cloth], HIDING / 2)
    near = over.nearest(body[inside])
    step = over.points[near] - body[inside]
    distance = np.sqrt((step * step).sum(axis=1))
    under = (near >= 0) & ((step * over.normals[near]).sum(axis=1) > 0) & (distance < HIDING)
    border = Surface.of(points[cloth & rim], normals[cloth & rim], INSIDE + HIDING)
    beside = border.nearest(body[inside])
    away = body[inside] - border.points[beside]
    free = (beside < 0) | (np.sqrt((away * away).sum(axis=1)) > INSIDE + distance)
    hides[skin[inside[under & free]]] = True
    return hides
