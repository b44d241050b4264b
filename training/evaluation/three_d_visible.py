"""Which of a mesh's faces cameras see."""

import dataclasses

import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.rendering import RasterSettings
from mirror_core.rendering.backends import choose_backend
from mirror_core.rendering.projection import camera_space, gather_corners, project

FloatArray = npt.NDArray[np.floating]
BoolArray = npt.NDArray[np.bool_]

PIXELS = 512
"""Side of the pictures; a pixel is a third of a percent of a person's height."""
AROUND = (
    *((azimuth, elevation) for elevation in (-30.0, 30.0) for azimuth in np.arange(0.0, 360.0, 60.0).tolist()),
    *((azimuth, 0.0) for azimuth in (0.0, 90.0, 180.0, 270.0)),
    (0.0, 85.0),
    (0.0, -85.0),
)
"""Azimuth and elevation of the cameras that see a surface from everywhere."""
FAR = 5.0
"""Their distance in template units: whatever is 1.8 high or wide fits into their pictures."""


def seen_faces(vertices: FloatArray, faces: npt.NDArray[np.integer], camera: Camera) -> BoolArray:
    """Of the faces (F, 3) of a mesh, those of which one camera (B = 1) sees anything; both their sides count."""
    points = torch.from_numpy(np.asarray(vertices, np.float32))[None]
    corners = gather_corners(camera_space(points, camera), torch.from_numpy(np.asarray(faces, np.int64)))
    projected = project(corners, (PIXELS, PIXELS), cull_by_view=False)
    both_sides = dataclasses.replace(projected, valid=(corners[..., 2] < 0.0).all(dim=-1))
    backend = choose_backend("auto", points.device)
    drawn = backend.rasterize(both_sides, (PIXELS, PIXELS), RasterSettings(boxlen=0.0)).face_index
    seen = np.zeros(len(faces) + 1, bool)
    seen[drawn.numpy()] = True  # -1, where there is nothing, is the last
    return seen[:-1]


def outer_faces(vertices: FloatArray, faces: npt.NDArray[np.integer]) -> BoolArray:
    """The faces (F,) that can be seen from somewhere around; skin under a shirt and pockets' insides cannot."""
    seen = np.zeros(len(faces), bool)
    for azimuth, elevation in AROUND:
        seen |= seen_faces(vertices, faces, Camera.single(azimuth, elevation, FAR))
    return seen
