"""Which vertices a garment has and how they are sewn together: sheets of a grid each, with turned-in rims.

Seen from outside a sheet's columns run to the right and its rows upwards. All garments of a plan have the same faces.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from training.synthetic.piece import FloatArray, IntArray

COLUMNS = 26
"""Columns of a front, and of a back; even."""
SHOULDER = 8
"""Of these lie on either shoulder."""
YOKE = 9
"""Rows from the armpit to the shoulder."""
COLLAR = 4
"""Rows of a collar."""
FORK = 5
"""Edges from the crotch's lowest point to the front's middle, and to the back's."""

Rect = tuple[float, float, float, float]
"""Left, bottom, right, top in UV."""


@dataclass(frozen=True)
class Sheet:
    """A grid of vertex numbers (R, C) and where it lies in the texture."""

    name: str
    ids: IntArray
    rect: Rect


@dataclass(frozen=True)
class Rim:
    """An edge that is turned in: walk along it with the cloth to the left.

    Attributes:
        edge, beside: (E,), vertices on the edge and one row inside.
        edge_uv, beside_uv: (E,), their UV points.
    """

    edge: IntArray
    beside: IntArray
    edge_uv: IntArray
    beside_uv: IntArray


@dataclass(frozen=True)
class Plan:
    """A topology.

    Attributes:
        sheets: of which it is sewn.
        rims: that are turned in.
        main: number of vertices in sheets; each vertex of a rim has two more, at the edge's inside and above it.
        armpit: row of fronts and backs at the armpit (or the last one); of legs, none.
    """

    sheets: dict[str, Sheet]
    rims: tuple[Rim, ...]
    main: int
    armpit: int

    @cached_property
    def edge(self) -> IntArray:
        """(E,), vertices that rims are made of, each once."""
        return self._edges[0]

    @cached_property
    def beside(self) -> IntArray:
        """(E,), for each of them the one beside it."""
        return self._edges[1]

    @cached_property
    def _edges(self) -> tuple[IntArray, IntArray]:
        edges, first = np.unique(np.concatenate([rim.edge for rim in self.rims]), return_index=True)
        return edges.astype(np.int32), np.concatenate([rim.beside for rim in self.rims])[first].astype(np.int32)

    @cached_property
    def main_faces(self) -> IntArray:
        """(F, 3), without rims."""
        return np.concatenate([_quads(sheet.ids) for sheet in self.sheets.values()])

    @cached_property
    def faces(self) -> IntArray:
        """(F, 3)."""
        place = np.zeros(self.main, np.int32)
        place[self.edge] = np.arange(len(self.edge))
        count, parts = len(self.edge), [self.main_faces]
        for rim in self.rims:
            first = self.main + place[rim.edge]
            parts.append(_quads(np.stack([first + count, first, rim.edge])))
        return np.concatenate(parts)

    @cached_property
    def uv_faces(self) -> IntArray:
        """(F, 3), UV points of `faces`; sheets' points come one after the other, row by row."""
        parts = [_quads(number) for number in self.uv_numbers.values()]
        parts += [_quads(np.stack([rim.beside_uv, rim.edge_uv, rim.edge_uv])) for rim in self.rims]
        return np.concatenate(parts)

    @cached_property
    def uv_numbers(self) -> dict[str, IntArray]:
        """For each sheet (R, C)."""
        numbers: dict[str, IntArray] = {}
        count = 0
        for name, sheet in self.sheets.items():
            numbers[name] = np.arange(count, count + sheet.ids.size, dtype=np.int32).reshape(sheet.ids.shape)
            count += sheet.ids.size
        return numbers

    @cached_property
    def edges(self) -> IntArray:
        """(E, 2), all edges of `main_faces`' quads, without diagonals."""
        pairs = [
            np.stack([ids[first].ravel(), ids[second].ravel()], axis=1)
            for ids in (sheet.ids for sheet in self.sheets.values())
            for first, second in (
                (np.s_[:, :-1], np.s_[:, 1:]),
                (np.s_[:-1], np.s_[1:]),
            )
        ]
        found = np.sort(np.concatenate(pairs), axis=1)
        return np.unique(found, axis=0).astype(np.int32)


def _quads(ids: IntArray) -> IntArray:
    a, b, c, d = ids[:-1, :-1].ravel(), ids[:-1, 1:].ravel(), ids[1:, 1:].ravel(), ids[1:, :-1].ravel()
    return np.concatenate([np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]).astype(np.int32)


class _Numbers:
    """Hands out vertex numbers."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, *shape: int) -> IntArray:
        size = int(np.prod(shape))
        self.count += size
        return np.arange(self.count - size, self.count, dtype=np.int32).reshape(shape)


@lru_cache(maxsize=32)
def upper_plan(rows: int, sleeve: int, collar: bool) -> Plan:
    """A tube with a yoke and, if wanted, sleeves and a collar.

    Args:
        rows: from the hem to the armpit.
        sleeve: rows of a sleeve; 0 for none.
        collar: rows above the neckline.
    """
    n, new = COLUMNS, _Numbers()
    ring = new(rows + 1, 2 * n)
    front = np.concatenate([ring[:, : n + 1], new(YOKE, n + 1)])
    back = np.concatenate([ring[:, [*range(n, 2 * n), 0]], np.zeros((YOKE, n + 1), np.int32)])
    back[rows + 1 : -1] = new(YOKE - 1, n + 1)
    back[-1] = front[-1, ::-1]  # the shoulder seam; the neck's back is its own
    back[-1, SHOULDER + 1 : n - SHOULDER] = new(n - 2 * SHOULDER - 1)
    f, b = front[rows:], back[rows:]
    loops = {
        "L": np.concatenate([f[:, n], b[-2:0:-1, 0], f[:1, n]]),
        "R": np.concatenate([b[:, n], f[-2:0:-1, 0], b[:1, n]]),
    }
    neck = np.concatenate([front[-1, SHOULDER : n - SHOULDER + 1], back[-1, SHOULDER + 1 : n - SHOULDER + 1]])
    sheets = {
        "front": Sheet("front", front, (0.0, 0.0, 0.36, 1.0)),
        "back": Sheet("back", back, (0.36, 0.0, 0.72, 1.0)),
    }
    spots: dict[str, Rect] = {"L": (0.73, 0.48, 1.0, 0.92), "R": (0.73, 0.01, 1.0, 0.45)}
    for side, loop in loops.items():
        if sleeve:
            ids = np.concatenate([_closed(new(sleeve, 2 * YOKE)), loop[None]])
            sheets[f"sleeve {side}"] = Sheet(f"sleeve {side}", ids, spots[side])
    if collar:
        ids = np.concatenate([neck[None], _closed(new(COLLAR, len(neck) - 1))])
        sheets["collar"] = Sheet("collar", ids, (0.73, 0.95, 1.0, 1.0))
    edges = [("front", "bottom"), ("back", "bottom")]
    edges += [("sleeve L", "bottom"), ("sleeve R", "bottom")] if sleeve else []
    plan = Plan(sheets, (), new.count, rows)
    rims = [_rim(plan, *edge) for edge in edges]
    if collar:
        rims.append(_rim(plan, "collar", "top"))
    else:
        inside = slice(SHOULDER, n - SHOULDER + 1)
        rims += [_rim(plan, "front", "top", inside), _rim(plan, "back", "top", inside)]
    if not sleeve:
        above = slice(rows, None)
        rims += [_rim(plan, sheet, edge, above) for sheet in ("front", "back") for edge in ("left", "right")]
    return Plan(sheets, tuple(rims), new.count, rows)


@lru_cache(maxsize=4)
def skirt_plan(rows: int) -> Plan:
    """A tube."""
    n, new = COLUMNS, _Numbers()
    ring = new(rows + 1, 2 * n)
    sheets = {
        "front": Sheet("front", ring[:, : n + 1], (0.0, 0.0, 0.5, 1.0)),
        "back": Sheet("back", ring[:, [*range(n, 2 * n), 0]], (0.5, 0.0, 1.0, 1.0)),
    }
    plan = Plan(sheets, (), new.count, rows)
    return Plan(sheets, tuple(_rim(plan, name, edge) for name in sheets for edge in ("bottom", "top")), new.count, rows)


@lru_cache(maxsize=4)
def trouser_plan(hips: int, legs: int) -> Plan:
    """A tube for the hips, and one for each leg.

    Args:
        hips: rows from the crotch to the waist.
        legs: rows of a leg.
    """
    n, new = COLUMNS, _Numbers()
    half = n // 2
    ring = new(hips + 1, 2 * n)
    fork = new(2 * FORK - 1)  # from the front's middle to the back's
    front, back = ring[:, : n + 1], ring[:, [*range(n, 2 * n), 0]]
    before, after, lowest = fork[: FORK - 1], fork[FORK:], fork[FORK - 1 : FORK]
    loops = {
        "L": np.concatenate([lowest, before[::-1], front[0, half:], back[0, 1 : half + 1], after[::-1], lowest]),
        "R": np.concatenate([lowest, after, back[0, half:], front[0, 1 : half + 1], before, lowest]),
    }
    sheets = {
        "front": Sheet("front", front, (0.0, 0.62, 0.5, 1.0)),
        "back": Sheet("back", back, (0.5, 0.62, 1.0, 1.0)),
    }
    spots: dict[str, Rect] = {"L": (0.5, 0.0, 1.0, 0.61), "R": (0.0, 0.0, 0.5, 0.61)}
    for side, loop in loops.items():
        ids = np.concatenate([_closed(new(legs, len(loop) - 1)), loop[None]])
        sheets[f"leg {side}"] = Sheet(f"leg {side}", ids, spots[side])
    plan = Plan(sheets, (), new.count, 0)
    edges = (("front", "top"), ("back", "top"), ("leg L", "bottom"), ("leg R", "bottom"))
    return Plan(sheets, tuple(_rim(plan, *edge) for edge in edges), new.count, 0)


def _closed(ring: IntArray) -> IntArray:
    return np.concatenate([ring, ring[:, :1]], axis=1)


def _rim(plan: Plan, name: str, edge: str, part: slice = slice(None)) -> Rim:
    pick = {
        "bottom": lambda grid: (grid[0, part], grid[1, part]),
        "top": lambda grid: (grid[-1, part][::-1], grid[-2, part][::-1]),
        "left": lambda grid: (grid[part, 0][::-1], grid[part, 1][::-1]),
        "right": lambda grid: (grid[part, -1], grid[part, -2]),
    }[edge]
    return Rim(*pick(plan.sheets[name].ids), *pick(plan.uv_numbers[name]))


def place_sheets(plan: Plan, grids: dict[str, FloatArray]) -> FloatArray:
    """Points (main, D) from points (R, C, D) of each sheet; where sheets share one, the later sheet decides."""
    width = next(iter(grids.values())).shape[-1]
    points = np.zeros((plan.main, width), np.float32)
    for name, grid in grids.items():
        points[plan.sheets[name].ids] = grid
    return points
