"""Where the sheets of shirts, dresses, coats and skirts lie: tubes around the torso, and the yoke above the armpits."""

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from training.synthetic.piece import FloatArray
from training.synthetic.tailor.anatomy import Wearer, outline, sections
from training.synthetic.tailor.pattern import COLLAR, COLUMNS, SHOULDER, YOKE
from training.synthetic.tailor.style import Style

FINE = 96
"""Points of an outline before it is divided into columns."""


def tube(style: Style, wearer: Wearer, rows: int, span: tuple[float, float]) -> tuple[FloatArray, FloatArray]:
    """Front and back (rows + 1, COLUMNS + 1, 3) from one height up to another."""
    heights = np.linspace(min(span[0], span[1] - 0.05), span[1], rows + 1)
    waist = wearer.levels["waist"]
    body = np.concatenate([wearer.groups.torso, *wearer.groups.legs.values()])
    points = wearer.rest[body]
    reach = sections(points[:, 1], points[:, [0, 2]], heights)
    hung = np.maximum.accumulate(reach[::-1], axis=0)[::-1]
    skirt = np.clip((wearer.levels["crotch"] + 0.12 - heights) / 0.08, 0, 1)[:, None]  # below the hips cloth hangs
    loose = np.maximum(style.loose, skirt * min(1.0, 0.75 + 2 * style.flare))
    reach = reach + (hung - reach) * loose + style.ease
    below = np.clip(waist - heights, 0, None)[:, None]
    reach = reach + style.flare * below
    if style.gathered:
        reach[:3] -= np.array([0.8, 0.7, 0.35])[:, None] * style.ease
    if style.folds:
        depth = 0.3 * style.flare * np.clip(below - 0.12, 0, None)
        waves = depth * np.cos(style.folds * np.linspace(0, 2 * np.pi, 2 * COLUMNS, endpoint=False))[None]
    else:
        waves = np.zeros((rows + 1, 2 * COLUMNS))
    ring = _divide(reach)
    centre = ring.mean(axis=1, keepdims=True)
    outward = ring - centre
    ring = ring + outward / np.linalg.norm(outward, axis=2, keepdims=True) * waves[..., None]
    ring = np.concatenate([ring, ring[:, :1]], axis=1)
    placed = np.stack([ring[..., 0], np.broadcast_to(heights[:, None], ring.shape[:2]), ring[..., 1]], axis=-1)
    placed = placed.astype(np.float32)
    return placed[:, : COLUMNS + 1], placed[:, COLUMNS:]


def _divide(reach: FloatArray) -> FloatArray:
    """Rings (T, 2 * COLUMNS, 2), evenly spaced from the right side over the front to the left and over the back."""
    turns = np.pi - np.arange(2 * FINE + 1) * (np.pi / FINE)
    curves = outline(reach, np.broadcast_to(turns, (len(reach), len(turns))))
    rings = np.empty((len(reach), 2 * COLUMNS, 2), np.float32)
    even = np.arange(COLUMNS) / COLUMNS
    for curve, ring in zip(curves, rings, strict=True):
        for half in range(2):
            part = curve[half * FINE : (half + 1) * FINE + 1]
            steps = np.hypot(*np.diff(part, axis=0).T)
            length = np.concatenate([[0.0], np.cumsum(steps + 1e-7)])
            for axis in range(2):
                ring[half * COLUMNS : (half + 1) * COLUMNS, axis] = np.interp(
                    even * length[-1], length, part[:, axis]
                )
    return rings


def yoke(style: Style, wearer: Wearer, front: FloatArray, back: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rows above the armpit of front and back, (YOKE, COLUMNS + 1, 3), on the uppermost rows of their tubes."""
    n = COLUMNS
    levels = wearer.levels
    tip, side = _shoulder(style, wearer)
    depth = style.neck * (side[1] - levels["armpit"])
    tops = [_upper_edge(style, tip, side, cut) for cut in (max(depth, 0.015), 0.022)]
    near = wearer.rest[np.concatenate([wearer.groups.torso, *wearer.groups.arms.values()])]
    normal = wearer.normals[np.concatenate([wearer.groups.torso, *wearer.groups.arms.values()])]
    kept = near[:, 1] > levels["armpit"] - 0.12
    near, normal = near[kept], normal[kept]
    seam = _ridge(near, tops[0][:, 0])
    share = np.arange(1, YOKE + 1)[:, None] / YOKE
    grids: list[FloatArray] = []
    for base, top, sign in ((front[-1], tops[0], 1.0), (back[-1, ::-1], tops[1], -1.0)):
        bow = 0.02 * np.sin(np.pi * share) * np.linspace(-1, 1, n + 1) ** 3
        x = base[:, 0] * (1 - share) + top[:, 0] * share - bow
        y = base[:, 1] * (1 - share) + top[:, 1] * share
        facing = sign * normal[:, 2] > 0.15
        z = _depth(near[facing], x, y) + sign * (style.ease * (1 - share) + 0.5 * style.ease * share)
        edge = np.clip(np.abs(np.linspace(-1, 1, n + 1)) * 3 - 2, 0, 1)
        rise = np.sqrt(np.clip(share * 2.5, 0, 1)) * edge + (1 - edge)
        z = base[:, 2] * (1 - rise) + z * rise
        shoulder = np.abs(np.arange(n + 1) - n / 2) >= n / 2 - SHOULDER
        y[-1, shoulder] = seam[shoulder, 0] + 0.35 * style.ease
        z[-1, shoulder] = seam[shoulder, 1]
        grids.append(np.stack([x, y, z], axis=-1).astype(np.float32))
    return grids[0], grids[1][:, ::-1]


def _shoulder(style: Style, wearer: Wearer) -> tuple[FloatArray, FloatArray]:
    """The shoulder's tip and the neckline's end at its side, (x, y), of the left half."""
    joint = wearer.joints["upperarm01.L"]
    narrow = 0.0 if style.sleeve > 0 else 0.02
    tip = np.array([joint[0] - 0.005 - narrow, joint[1] + 0.05])
    scale = joint[0] / 0.185
    wide = {"round": 0.012, "v": 0.008, "shirt": 0.0, "turtle": -0.008}[style.collar] + 0.035 * style.neck
    side = np.array([min((0.066 + wide) * scale, tip[0] - 0.035), wearer.levels["neck"] - 0.015])
    return tip.astype(np.float32), side.astype(np.float32)


def _upper_edge(style: Style, tip: FloatArray, side: FloatArray, depth: float) -> FloatArray:
    """Shoulder, neckline, shoulder from right to left: (COLUMNS + 1, 2), x and y."""
    across = COLUMNS - 2 * SHOULDER
    share = np.linspace(0, 1, SHOULDER + 1)[:, None]
    left = side + (tip - side) * share
    place = np.linspace(-1, 1, across + 1)
    if style.collar == "v" and depth > 0.03:
        neck = np.stack([side[0] * place, side[1] - depth * (1 - np.abs(place))], axis=1)
    else:
        turn = place * np.pi / 2
        neck = np.stack([side[0] * np.sin(turn), side[1] - depth * np.cos(turn)], axis=1)
    right = left[::-1] * (-1, 1)
    return np.concatenate([right[:-1], neck, left[1:]]).astype(np.float32)


def _ridge(near: FloatArray, x: npt.NDArray[np.floating]) -> FloatArray:
    """Height and depth of the body's top over each x: (len(x), 2)."""
    width = 0.014
    found = np.empty((len(x), 2), np.float32)
    for number, place in enumerate(np.abs(x)):
        some = near[np.abs(np.abs(near[:, 0]) - place) < width]
        if len(some) == 0:
            some = near
        best = some[np.argsort(-some[:, 1])[:4]]
        found[number] = best[:, 1:].mean(axis=0)
    return found


def _depth(near: FloatArray, x: npt.NDArray[np.floating], y: npt.NDArray[np.floating]) -> npt.NDArray[np.floating]:
    """z of one side of the body at (x, y)."""
    distance, number = cKDTree(near[:, :2]).query(np.stack([x.ravel(), y.ravel()], axis=1), k=5)
    weight = 1.0 / (distance**2 + 1e-5)
    return ((near[number, 2] * weight).sum(axis=1) / weight.sum(axis=1)).reshape(x.shape)


PROFILES = {
    "round": ((0.15, 0.005), (0.25, 0.010), (0.35, 0.014), (0.42, 0.017)),
    "v": ((0.05, 0.003), (0.10, 0.006), (0.14, 0.009), (0.18, 0.011)),
    "shirt": ((0.5, 0.016), (0.75, 0.034), (0.35, 0.026), (-0.25, -0.002)),
    "turtle": ((0.65, 0.018), (0.95, 0.036), (1.0, 0.054), (0.95, 0.070)),
    "hood": ((0.3, 0.02), (0.1, 0.055), (-0.8, 0.06), (-1.9, 0.01)),
}
"""Of collars: for each row how far it goes from the neckline (0) to the neck (1), and up, metres."""


def collar(style: Style, neck: FloatArray, wearer: Wearer) -> FloatArray:
    """Rows (COLLAR, N, 3) on the neckline (N, 3)."""
    low, high = wearer.joints["neck01"], wearer.joints["head"]
    out = neck[:, [0, 2]] - low[[0, 2]]
    away = np.maximum(np.linalg.norm(out, axis=1, keepdims=True), 1e-6)
    out = out / away
    room = np.minimum(away - 0.062 * low[1] / 0.75, 0.07)  # from the neckline to the neck
    lift = np.clip(low[1] + 0.005 - neck[:, 1:2], 0, 0.06)
    share = 1.0
    if style.hood:  # it lies on the back
        share = np.clip(0.45 - 0.75 * out[:, 1:], 0.15, 1.0)
    elif style.collar == "shirt":
        share = np.clip(1.0 + 0.3 * out[:, 1:], 0.85, 1.3)  # points in front
    rows = np.repeat(neck[None], COLLAR, axis=0)
    for row, (inward, up) in zip(rows, PROFILES["hood" if style.hood else style.collar], strict=True):
        rise = up * share + lift * np.clip(inward, 0, 1) * (0.75 if style.collar in ("turtle", "shirt") else 0.0)
        step = np.where(inward > 0, inward * room, inward * 0.045 * share)
        row[:, [0, 2]] -= out * step
        row[:, 1:2] += rise
        row[:, 2:] += np.clip(inward, 0, 1) * np.clip(rise, 0, None) * (high - low)[2] / (high - low)[1]
    return rows.astype(np.float32)
