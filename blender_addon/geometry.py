"""Arrays only, no bpy: from template units to metres, from the camera's numbers to Blender's, light to polynomials.

Model space is right-handed, y up, front +z; Blender's is z up, and the front faces -y: (x, y, z) becomes (x, -z, y).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]

TO_BLENDER = np.array([[1.0, 0.0, 0.0], [0.0, 0.0, -1.0], [0.0, 1.0, 0.0]])
"""Model space to Blender's axes, for column vectors."""

HALF_VIEW = 0.4
"""Tangent of half the field of view over the photo's square crop."""

DEFAULT_HEIGHT = {"person": 1.7, "garment": 0.7}
"""Metres, by kind of result."""

SENSOR = 36.0
"""Millimetres of Blender's sensor along the longer side of the picture."""


@dataclass(frozen=True)
class Pose:
    """Camera of a result: degrees and template units."""

    azimuth: float
    elevation: float
    distance: float
    offset: tuple[float, float]


@dataclass(frozen=True)
class Placement:
    """How template units become metres on the ground: scale, then lift."""

    scale: float
    """Metres per template unit."""
    lift: float
    """Metres to add to the height, so that the lowest point is at 0."""


def place(vertices: Floats, height: float) -> Placement:
    """The placement that makes (V, 3) model-space vertices `height` metres high, standing on z = 0."""
    low, high = float(vertices[:, 1].min()), float(vertices[:, 1].max())
    scale = height / (high - low)
    return Placement(scale, -scale * low)


def to_metres(points: Floats, placement: Placement) -> Floats:
    """Model-space points (..., 3) in Blender's frame, metres."""
    return placement.scale * (points @ TO_BLENDER.T) + np.array([0.0, 0.0, placement.lift])


def camera_axes(pose: Pose) -> Floats:
    """Rows: the camera's right, up and backward axes in model space (3, 3)."""
    eye = camera_eye(pose)
    backward = eye - np.array([*pose.offset, 0.0])
    backward = backward / np.linalg.norm(backward)
    right = np.cross([0.0, 1.0, 0.0], backward)
    if np.linalg.norm(right) < 1e-6:
        # Straight from above or below: the limit that the azimuth gives.
        a = np.radians(pose.azimuth)
        right = np.array([np.cos(a), 0.0, -np.sin(a)])
    right = right / np.linalg.norm(right)
    return np.stack([right, np.cross(backward, right), backward])


def camera_eye(pose: Pose) -> Floats:
    """Position of the eye in model space (3,)."""
    a, e = np.radians(pose.azimuth), np.radians(pose.elevation)
    return pose.distance * np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])


def camera_matrix(pose: Pose, placement: Placement) -> Floats:
    """Camera to object, in metres (4, 4); Blender's cameras look along -z with y up, as the model's do."""
    matrix = np.eye(4)
    matrix[:3, :3] = TO_BLENDER @ camera_axes(pose).T
    matrix[:3, 3] = to_metres(camera_eye(pose), placement)
    return matrix


def lens(crop: tuple[float, float, float], photo: tuple[int, int]) -> tuple[float, float, float]:
    """Focal length in millimetres and the shifts x, y that make a whole-photo camera see what the crop's camera saw.

    Args:
        crop: left, top, size in photo pixels; the camera's axis goes through its centre.
        photo: width and height in pixels; the longer one is fitted to the sensor (Blender's "Auto").
    """
    left, top, size = crop
    width, height = photo
    longer = max(width, height)
    focal_pixels = size / 2 / HALF_VIEW
    shift_x = (width / 2 - (left + size / 2)) / longer
    shift_y = ((top + size / 2) - height / 2) / longer
    return focal_pixels * SENSOR / longer, shift_x, shift_y
