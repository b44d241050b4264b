# pyright: basic, reportMissingImports=false
"""Where there is room for a new result: beside the earlier ones, not inside them."""

import bpy
import numpy as np
import numpy.typing as npt

GAP = 0.1
"""Metres between two results."""


def room_for(points: npt.NDArray[np.floating], context: bpy.types.Context) -> float:
    """How far along x to move a new result; 0 unless earlier ones that are seen are in the way.

    Args:
        points: (V, 3), metres, of the new one at the origin.
        context: whose view layer it goes to.
    """
    low, high = points.min(axis=0), points.max(axis=0)
    shift = 0.0
    # From left to right: what has been passed once is never met again.
    for other_low, other_high in sorted(_boxes(context), key=lambda box: box[0][0]):
        aside = np.array([shift, 0.0, 0.0])
        if ((other_low < high + aside) & (other_high > low + aside)).all():
            shift = float(other_high[0] - low[0]) + GAP
    return shift


def _boxes(context: bpy.types.Context) -> list[tuple[np.ndarray, np.ndarray]]:
    boxes = []
    for thing in context.view_layer.objects:
        if thing.mirror.is_result and thing.visible_get():
            matrix = np.array(thing.matrix_world)
            corners = np.array(thing.bound_box) @ matrix[:3, :3].T + matrix[:3, 3]
            boxes.append((corners.min(axis=0), corners.max(axis=0)))
    return boxes
