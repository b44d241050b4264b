"""Garments laid flat: where each sheet lies on a table, and from that its place in the texture."""

import numpy as np
import numpy.typing as npt

from training.synthetic.piece import FloatArray
from training.synthetic.tailor.pattern import SHOULDER, Plan

SHOULDERS = 1.12
"""Width of shoulders on the table, of that on the body."""
Sizes = dict[str, tuple[float, float]]


def unroll_sheets(plan: Plan, points: FloatArray) -> tuple[FloatArray, Sizes]:
    """UV of all sheets' points, and the sheets' sizes in metres.

    Args:
        plan: the topology.
        points: (main, 3), on the body.
    """
    uv: list[FloatArray] = []
    sizes: Sizes = {}
    for name, sheet in plan.sheets.items():
        cloth = unroll(name, points[sheet.ids])
        low, high = (getattr(cloth.reshape(-1, 2), end)(axis=0) for end in ("min", "max"))
        left, bottom, right, top = sheet.rect
        place = (cloth - low) / np.maximum(high - low, 1e-6)
        place = np.array([left, bottom]) + place * (right - left, top - bottom)
        uv.append(place.reshape(-1, 2).astype(np.float32))
        sizes[name] = (float(high[0] - low[0]), float(high[1] - low[1]))
    return np.concatenate(uv), sizes


def unroll(name: str, grid: FloatArray) -> npt.NDArray[np.floating]:
    """(R, C, 2) metres of a sheet: across from the middle column, and up; seen from outside."""
    level = not (name.startswith("sleeve") or name == "collar")
    steps = np.linalg.norm(np.diff(grid[..., [0, 2]] if level else grid, axis=1), axis=2)
    across = np.concatenate([np.zeros((len(grid), 1)), np.cumsum(steps, axis=1)], axis=1)
    middle = grid.shape[1] // 2
    across = across - across[:, middle : middle + 1]
    if level:
        return np.stack([across, grid[..., 1]], axis=-1)
    lengths = np.linalg.norm(np.diff(grid, axis=0), axis=2)
    if name == "collar":
        lengths = np.broadcast_to(lengths.mean(axis=1, keepdims=True), lengths.shape)
    rise = np.concatenate([np.zeros((1, grid.shape[1])), np.cumsum(lengths, axis=0)])
    return np.stack([across, rise], axis=-1)


def lay_flat(plan: Plan, points: FloatArray, angle: int | float, puff: int | float = 0.012) -> FloatArray:
    """A garment on a table, its front towards +z: (main, 3).

    Args:
        plan: the topology.
        points: (main, 3), on the body.
        angle: of the sleeves below the horizontal, or of the legs from the vertical; degrees.
        puff: metres that the front stands above the back.
    """
    flat = np.zeros_like(points)
    grids = {name: points[sheet.ids] for name, sheet in plan.sheets.items()}
    front, back = (unroll(name, grids[name]) for name in ("front", "back"))
    across = 0.5 * (front[..., 0] - back[:, ::-1, 0])
    if plan.armpit < len(across) - 1:  # shoulders lie nearly as they are worn
        rise = np.clip((np.arange(len(across)) - plan.armpit) / (len(across) - 1 - plan.armpit), 0, 1)[:, None]
        across = across * (1 - rise) + SHOULDERS * 0.5 * (grids["front"] + grids["back"][:, ::-1])[..., 0] * rise
    if plan.armpit:  # a wavy hem is longer than the cloth above it
        width = np.abs(across).max(axis=1)
        across[0] *= min(1.0, (2 * width[1] - width[2]) / width[0])
    across = _hug(across, (0, -1))
    share = across / np.maximum(np.abs(across).max(axis=1, keepdims=True), 1e-6)
    height = puff * np.sqrt(np.clip(1 - share**2, 0, 1))
    for name, part, x, z in (("back", back, across[:, ::-1], 0 * height), ("front", front, across, height)):
        laid = np.stack([x, part[..., 1], z], axis=-1)
        if plan.armpit < len(across) - 1:  # shoulders are folded sharply
            seam = [*range(SHOULDER + 1), *range(-SHOULDER - 1, 0)]
            laid[-2, seam] += 0.6 * (laid[-1, seam] - laid[-2, seam])
        flat[plan.sheets[name].ids] = laid
    for side, sign in (("L", 1.0), ("R", -1.0)):
        if f"sleeve {side}" in plan.sheets:
            ids = plan.sheets[f"sleeve {side}"].ids
            flat[ids] = _sleeve(points[ids], flat[ids[-1]], sign, angle, puff)
        if f"leg {side}" in plan.sheets:
            ids = plan.sheets[f"leg {side}"].ids
            flat[ids] = _leg(points[ids], flat[ids[-1]], sign, angle, puff)
    if "collar" in plan.sheets:
        ids = plan.sheets["collar"].ids
        lift = points[ids] - points[ids[:1]]
        flat[ids] = flat[ids[:1]] + lift * (1.0, 1.0, 0.25)
    return flat


def _around(grid: FloatArray) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """Of a tube's rows how far columns are from the first when it lies folded there and half way; and the width."""
    steps = np.linalg.norm(np.diff(grid, axis=1), axis=2)
    length = np.concatenate([np.zeros((len(grid), 1)), np.cumsum(steps, axis=1)], axis=1)
    width = length[:, -1:] / 2
    middle = grid.shape[1] // 2
    front, back = length[:, : middle + 1], 2 * width - length[:, middle + 1 :]
    turn = length[:, middle : middle + 1]  # halves that differ are made to lie on each other
    across = np.concatenate([front * (width / turn), back * (width / (2 * width - turn))], axis=1)
    return _hug(across, (0, middle, -1)), width


def _hug(across: npt.NDArray[np.floating], borders: tuple[int, ...]) -> npt.NDArray[np.floating]:
    """Draw the columns beside borders towards these, so that the fold there is sharp."""
    result, count = across.copy(), across.shape[1]
    for border in borders:
        for beside in (border % count - 1, border % count + 1):
            if 0 <= beside < count:
                result[:, beside] = 0.3 * across[:, beside] + 0.7 * across[:, border % count]
    return result


def _sleeve(grid: FloatArray, loop: FloatArray, sign: float, angle: float, puff: float) -> FloatArray:
    """A sleeve's rows (R, C, 3) on the table, from the opening `loop` (C, 3) that lies there."""
    turn = np.radians(angle)
    direction, upward = np.array([sign * np.cos(turn), -np.sin(turn)]), np.array([sign * np.sin(turn), np.cos(turn)])
    steps = np.linalg.norm(np.diff(grid, axis=0), axis=2)[::-1]
    along = np.concatenate([np.zeros((1, grid.shape[1])), np.cumsum(steps, axis=0)])[::-1]
    across, width = _around(grid)
    half = grid.shape[1] // 2
    middle = (loop[0, :2] + loop[half, :2]) / 2
    straight = middle + along.mean(axis=1)[:, None, None] * direction + (across - width / 2)[..., None] * upward
    sewn = loop[:, :2] + along[..., None] * direction
    rows = np.linspace(1, 0, len(grid))[:, None]
    share = np.clip(np.maximum(along / 0.2, rows * 1.3), 0, 1)
    share = (share * share * (3 - 2 * share))[..., None]
    place = across / np.maximum(width, 1e-6)
    front = np.arange(grid.shape[1]) < half if sign > 0 else np.arange(grid.shape[1]) > half
    z = puff * np.where(front, 2 * np.sqrt(np.clip(place * (1 - place), 0, 1)), 0.0)
    return np.concatenate([sewn * (1 - share) + straight * share, z[..., None]], axis=2).astype(np.float32)


def _leg(grid: FloatArray, loop: FloatArray, sign: float, angle: float, puff: float) -> FloatArray:
    """A leg's rows on the table; the cloth that goes round the crotch is tucked in."""
    across, width = _around(grid)
    half = grid.shape[1] // 2
    top, outer = grid[-1, half, 1], sign * loop[half, 0]
    down = np.clip(top - grid[..., 1], 0, None)
    gap = 0.004 * np.clip(down / 0.02, 0, 1)
    moved = outer - 0.35 * np.maximum(outer - width, 0)
    x = np.maximum(moved - width + across, gap) + np.tan(np.radians(angle)) * down
    place = across / np.maximum(width, 1e-6)
    front = np.arange(grid.shape[1]) < half if sign > 0 else np.arange(grid.shape[1]) > half
    z = puff * np.where(front, 2 * np.sqrt(np.clip(place * (1 - place), 0, 1)), 0.0)
    laid = np.stack([sign * x, grid[..., 1], z], axis=-1)
    laid[-1, :, 2] = loop[:, 2]
    return laid.astype(np.float32)
