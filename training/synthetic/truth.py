"""Everything that is known about one synthetic photo."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mirror_core.attributes import Camera
from training.synthetic.piece import ByteArray, FloatArray, IntArray


@dataclass(frozen=True)
class Truth:
    """A photo and its causes.

    Lengths are template units in model space: y up, front +z, the longer of height and width 1.8, centred.

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
        template: (2562, 3), the project's template laid onto the surface; see `training.synthetic.laid`.
        texture: (Ht, Wt, 3), in the template's UV, sRGB without light.
        visible: (Ht, Wt), 255 where the photo shows that texel.
        key_points: (18, 3), OpenPose's order, of people; empty (0, 3) for garments.
        views: pictures (H, W, 4) with alpha, sRGB, of the truth from elsewhere, by degrees added to the camera's
            azimuth (90, 180, 270), under the same light, which turns with the camera.
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
    template: FloatArray
    texture: ByteArray
    visible: ByteArray
    key_points: FloatArray = field(default_factory=lambda: np.zeros((0, 3), np.float32))
    views: dict[int, ByteArray] = field(default_factory=lambda: {})
    shape: dict[str, float] = field(default_factory=lambda: {})
    pose: dict[str, tuple[float, float, float]] = field(default_factory=lambda: {})
    credits: tuple[dict[str, Any], ...] = ()
