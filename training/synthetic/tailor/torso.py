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
    ring = _divide(reach)
    if style.folds:  # a support function could not hold them
        depth = 0.3 * style.flare * np.clip(below - 0.12, 0, None)
        waves = depth * np.cos(style.folds * np.linspace(0, 2 * np.pi, 2 * COLUMNS, endpoint=False))
        outward = ring - ring.mean(axis=1, keepdims=True)
        ring = ring + outward / np.linalg.norm(outward, axis=2, keepdims=True) * waves[..., None]
    ring = np.concatenate([ring, ring[:, :1]], axis=1)
    placed = np.stack([ring[..., 0], np.broadcast_to(heights[:, None], ring.shape[:2]), ring[..., 1]], axis=-1)
    placed = placed.astype(np.float32)
    return placed[:, : COLUMNS + 1], placed[:, COLUMNS:]


def _divide(reach: npt.NDArray[np.floating]) -> FloatArray:
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
                ring[half * COLUMNS : (half + 1) * COLUMNS, axis] = np.interp(even * length[-1], length, part[:, axis])
    return rings


def yoke(style: Style, wearer: Wearer, front: FloatArray, back: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Rows above the armpit of front and back, (YOKE, COLUMNS + 1, 3), on the uppermost rows of their tubes."""
    n = COLUMNS
    levels = wearer.levels
    tip, side = _shoulder(style, wearer)
    depth = float(style.neck * (side[1] - levels["armpit"]))
    tops = [_upper_edge(style, tip, side, cut) for cut in (max(depth, 0.015), 0.022)]
    near = wearer.rest[np.concatenate([wearer.groups.torso, *wearer.groups.arms.values()])]
    normal = wearer.normals[np.concatenate([wearer.groups.torso, *wearer.groups.arms.values()])]
    kept = near[:, 1] > levels["armpit"] - 0.12
    near, normal = near[kept], normal[kept]
    seam = _ridge(near[near[:, 1] < levels["neck"] - 0.008], tops[0][:, 0])
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
    wide = {"round": 0.026, "v": 0.022, "shirt": 0.013, "turtle": 0.011}[style.collar] + 0.035 * style.neck
    side = np.array([min(_neck(wearer)[1][0] + wide * scale, tip[0] - 0.035), wearer.levels["neck"] - 0.015])
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
    """Depths of one side of the body at (x, y)."""
    distance, number = cKDTree(near[:, :2]).query(np.stack([x.ravel(), y.ravel()], axis=1), k=5)
    weight = 1.0 / (distance**2 + 1e-5)
    return ((near[number, 2] * weight).sum(axis=1) / weight.sum(axis=1)).reshape(x.shape)


BANDS = {
    "round": ((-0.003, 0.005), (-0.006, 0.010), (-0.009, 0.014), (-0.011, 0.017)),
    "v": ((-0.001, 0.003), (-0.002, 0.006), (-0.003, 0.009), (-0.004, 0.011)),
}
"""Rows of collars that lie on the chest: out from the neckline and up, metres."""
STANDS = {
    "shirt": ((0.6, 0.0, 0.010), (0.9, 0.0, 0.028), (1.0, 0.012, 0.026), (1.0, 0.034, -0.014)),
    "turtle": ((0.6, 0.0, 0.012), (0.9, 0.0, 0.024), (1.0, 0.0, 0.036), (1.0, 0.0, 0.046)),
    "hood": ((0.5, 0.0, 0.008), (1.0, 0.012, 0.030), (1.0, 0.085, 0.012), (1.0, 0.075, -0.085)),
}
"""Rows of collars that stand around the neck: share of the way to the neck, then out, and height above its base."""
GAP = 0.006
"""Metres between neck and collar."""


def collar(style: Style, neck: FloatArray, wearer: Wearer) -> FloatArray:
    """Rows (COLLAR, N, 3) on the neckline (N, 3)."""
    base, radius, lean = _neck(wearer)
    turn = np.pi * (1 - 2 * np.arange(len(neck)) / (len(neck) - 1))
    around = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
    behind = -around[:, 1]
    name = "hood" if style.hood else style.collar
    rows = np.repeat(neck[None], COLLAR, axis=0)
    if name in BANDS:
        for row, (out, up) in zip(rows, BANDS[name], strict=True):
            row[:, [0, 2]] += around * out
            row[:, 1] += up
        return rows
    share = np.clip(0.45 + 0.75 * behind, 0.12, 1.0) if name == "hood" else 1.0 - 0.25 * behind * (name == "shirt")
    for row, (way, out, up) in zip(rows, STANDS[name], strict=True):
        height = base[1] + 0.5 * radius[1] * behind + up * (share if up < 0 or name == "hood" else 1.0)
        ring = base[[0, 2]] + around * (radius + GAP + (out * share)[:, None] if np.ndim(share) else radius + GAP + out)
        ring[:, 1] += lean * (height - base[1])
        row[:, [0, 2]] += way * (ring - row[:, [0, 2]])
        row[:, 1] += way * (height - row[:, 1])
    return rows


def _neck(wearer: Wearer) -> tuple[FloatArray, FloatArray, float]:
    """The middle of the neck's base, its radii across and along, and how far it leans forward per height."""
    low, high = wearer.joints["neck02"], wearer.joints["head"]
    points = wearer.rest[wearer.groups.torso]
    points = points[(points[:, 1] > low[1]) & (points[:, 1] < high[1] - 0.01) & (np.abs(points[:, 0]) < 0.1)]
    lean = float((high - low)[2] / (high - low)[1])
    z = points[:, 2] - lean * (points[:, 1] - low[1])
    middle = float(low[2])  # the throat follows the head, so only the nape is measured
    radius = np.array([np.percentile(np.abs(points[:, 0]), 93), middle - np.percentile(z, 5)], np.float32)
    return np.array([0.0, low[1] - 0.025, middle - 0.025 * lean], np.float32), radius, lean
