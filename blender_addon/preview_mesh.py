"""The mesh of a search's best so far, from the file that the worker wrote. No bpy."""

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .geometry import DEFAULT_HEIGHT, place, to_metres


@dataclass(frozen=True)
class PreviewMesh:
    """Coloured triangles where the result will stand."""

    points: npt.NDArray[np.float32]
    """(V, 3), metres, in Blender's axes, lowest at z = 0."""
    faces: npt.NDArray[np.int32]
    """(F, 3)."""
    colours: npt.NDArray[np.float32]
    """(V, 4), sRGB and opacity, 0..1."""


def read_preview_mesh(path: Path, height: float) -> PreviewMesh | None:
    """What `protocol.Preview.mesh` names; None where the file is gone or damaged: the next preview comes soon.

    Args:
        path: a .npz file.
        height: metres; 0 takes the kind's usual height.
    """
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as file:
            vertices, faces, colours = file["vertices"], file["faces"], file["colours"]
            height = height or DEFAULT_HEIGHT[str(file["kind"])]
        points = to_metres(vertices, place(vertices, height)).astype(np.float32)
        opaque = np.full((len(points), 1), 255, dtype=np.uint8)
        tinted = (np.concatenate([colours, opaque], axis=1) / 255.0).astype(np.float32)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return None
    return PreviewMesh(points, faces.astype(np.int32), tinted)
