"""What the kernels are given: one piece before the camera, and the pictures they fill."""

from typing import Any, NamedTuple

import numpy.typing as npt

Array = npt.NDArray[Any]


class Layer(NamedTuple):
    """A piece in front of the camera.

    Attributes:
        camera: (V, 3), camera space, template units.
        image: (V, 2), column and row on the fine picture; pixel (r, c) covers [c, c + 1) x [r, r + 1).
        inverse: (V,), one over the distance along the optical axis; 0 for what is behind the eye.
        normals: (V, 3), unit, camera space.
        faces: (F, 3).
        uv: (N, 2).
        uv_faces: (F, 3).
        texture: (h, w, 4), uint8, shrunk so that a texel is about as large as a pixel.
    """

    camera: Array
    image: Array
    inverse: Array
    normals: Array
    faces: Array
    uv: Array
    uv_faces: Array
    texture: Array


class Frame(NamedTuple):
    """What each fine pixel sees.

    Attributes:
        piece: (H, W), int16, number of the piece; -1 for none.
        face: (H, W), int32, number of the face in its piece; -1 for none.
        inverse: (H, W), one over the distance along the optical axis; 0 for none.
    """

    piece: Array
    face: Array
    inverse: Array


class Surface(NamedTuple):
    """How it looks there; 0 where there is nothing.

    Attributes:
        weights: (H, W, 3), of the face's corners, on the face in space.
        normals: (H, W, 3), unit, camera space, turned towards the viewer.
        albedo: (H, W, 3), sRGB 0..1, the texture without light.
        level: (H, W), what the light multiplies the texture by.
    """

    weights: Array
    normals: Array
    albedo: Array
    level: Array
