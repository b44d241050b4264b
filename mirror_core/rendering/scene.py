"""What a back end is given: a posed mesh before and after projection."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int
from torch import Tensor


@dataclass(frozen=True)
class ProjectedFaces:
    """Triangles on the image plane, as kaolin's DIB-R takes them.

    Attributes:
        image: corners in normalised device coordinates: x right, y up, -1..1 over the image on both axes.
        z: camera-space z of the corners; negative in front of the camera.
        valid: faces the hard rasterizer may draw; the soft silhouette takes all faces.
    """

    image: Float[Tensor, "B F 3 2"]
    z: Float[Tensor, "B F 3"]
    valid: Bool[Tensor, "B F"]


@dataclass(frozen=True)
class Scene:
    """A batch of meshes in front of their cameras.

    Attributes:
        vertices: camera space: x right, y up, z towards the eye (negative in front of it), template units.
        faces: vertex numbers, counter-clockwise seen from outside.
        uv: UV points, origin at the lower left of the texture.
        uv_faces: UV point numbers of each face's corners.
        texture: row 0 is the top (v = 1); None for geometry alone.
        light: spherical-harmonic coefficients; None leaves the texture unlit.
        smooth_normals: shade with normals interpolated between vertices instead of one normal per face.
    """

    vertices: Float[Tensor, "B V 3"]
    faces: Int[Tensor, "F 3"]
    uv: Float[Tensor, "N 2"]
    uv_faces: Int[Tensor, "F 3"]
    texture: Float[Tensor, "B 3 Ht Wt"] | None = None
    light: Float[Tensor, "B 9"] | None = None
    smooth_normals: bool = False
