"""Everything that is known about one synthetic photo."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from mirror_core.attributes import Camera
from training.synthetic.piece import ByteArray, FloatArray, IntArray


@dataclass(frozen=True)
class Truth:
    """A photo and its causes. Lengths are template units in model space: y up, front +z, 1.8 high, centred.

    Attributes:
        name: unique in its set.
        category: "people" or "garments".
        kind: of the garment, e.g. "dress"; "person" for people.
        photo: (H, W, 3), sRGB, with its background.
        mask: (H, W), 0 to 255.
        parts: (H, W), class numbers of `parts.CLASSES`.
        camera: one camera (B = 1), as `mirror_core.attributes.Camera` has it.
        light: (9,), spherical-harmonic coefficients in the project's order, on normals in camera space.
        vertices: (V, 3), the outer surface as it stands there, all layers that can be seen.
        faces: (F, 3).
        face_parts: (F,), the class of each face.
        closed: the surface encloses a volume (people do; a skirt does not).
        metres: length of a template unit.
        key_points: (18, 3), OpenPose's order, of people; empty (0, 3) for garments.
        views: pictures (H, W, 4) with alpha, sRGB, of the truth from elsewhere, by degrees added to the camera's
            azimuth (90, 180, 270), under the same light, which turns with the camera.
        texture: (Ht, Wt, 4), the template's UV, sRGB without light; alpha 0 where not defined; None if not asked for.
        visible: (Ht, Wt), 255 where the photo shows that texel; None likewise.
        template: (2562, 3), the project's template laid onto the surface, in correspondence; None likewise.
        shape: the body's shape code by name, empty for garments that no body wears.
        pose: rotation of each joint by name, as axis times degrees.
        credits: assets used, with author and licence where these must be named.
    """

    name: str
    category: str
    kind: str
    photo: ByteArray
    mask: ByteArray
    parts: ByteArray
    camera: Camera
    light: FloatArray
    vertices: FloatArray
    faces: IntArray
    face_parts: ByteArray
    closed: bool
    metres: float
    key_points: FloatArray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    views: dict[int, ByteArray] = field(default_factory=lambda: {})
    texture: ByteArray | None = None
    visible: ByteArray | None = None
    template: npt.NDArray[np.float32] | None = None
    shape: dict[str, float] = field(default_factory=lambda: {})
    pose: dict[str, tuple[float, float, float]] = field(default_factory=lambda: {})
    credits: tuple[dict[str, Any], ...] = ()
