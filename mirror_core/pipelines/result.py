"""The result of a reconstruction, in memory and as a folder of plain files."""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from mirror_core.images import Crop
from mirror_core.mesh import Template


@dataclass(frozen=True)
class CameraPose:
    """One camera of 3D Magic Mirror: degrees and template units; see `mirror_core.attributes.Camera`."""

    azimuth: float = 0.0
    elevation: float = 0.0
    distance: float = 2.5
    offset: tuple[float, float] = (0.0, 0.0)


@dataclass(frozen=True)
class Provenance:
    """Where a result came from: enough to make it again."""

    photo: str
    photo_sha256: str
    photo_size: tuple[int, int]
    """Height and width in pixels."""
    version: str
    mask_method: str
    mask_confidence: float
    seed: int
    settings: dict[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True)
class Reconstruction:
    """A textured mesh with the camera and the light that explain the photo.

    Attributes:
        template: vertex order, faces and UV map; the same for every result of one vertex count.
        vertices: (V, 3) float32, template units, y up, front +z.
        texture: (U, U, 3) uint8, sRGB; row 0 is the top (v = 1).
        confidence: (U, U) uint8; 255 where the photo shows the texel straight on, 0 where it was made up.
        completed: (U, U) uint8; how sure the completion network is of a colour that it gave, 255 being sure; 0 where it
            gave none.
        camera: pose of the camera that looks through `crop` with a vertical field of view of 43.6 degrees.
        light: (9,) float32, spherical harmonics in kaolin's order, on camera-space normals.
        crop: the part of the photo the camera sees.
        mask: (H, W) float32, 0..1, the photo's foreground.
        kind: "garment" or "person"; decides the default height in metres.
        metrics: name to value, such as mask_iou.
        provenance: photo, version, settings, seed.
    """

    template: Template
    vertices: npt.NDArray[np.float32]
    texture: npt.NDArray[np.uint8]
    confidence: npt.NDArray[np.uint8]
    completed: npt.NDArray[np.uint8]
    camera: CameraPose
    light: npt.NDArray[np.float32]
    crop: Crop
    mask: npt.NDArray[np.float32]
    kind: str
    metrics: dict[str, float]
    provenance: Provenance
