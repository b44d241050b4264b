"""What a rasterizer returns, and the settings it honours."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.errors import InputError


@dataclass(frozen=True)
class RasterSettings:
    """Settings of a rasterizer; the defaults are kaolin's DIB-R."""

    sigmainv: float = 7000.0
    """Sharpness of the soft silhouette: 1 / sigma, in 1 / NDC^2."""
    boxlen: float = 0.02
    """How far (NDC) beyond its bounding box a face reaches into the soft silhouette."""
    knum: int = 30
    """How many faces, in index order, a pixel's soft silhouette takes into account."""
    perspective_correct: bool = False
    """Interpolate as seen in perspective; False is screen-space linear, as in kaolin."""
    isotropic: bool = False
    """Measure soft-silhouette distances in units of half the image's height on both axes."""
    cull_by_view: bool = False
    """Draw the faces turned towards the eye; False, as in kaolin, those whose normal has z >= 0 in camera space,
    which loses visible faces beside the optical axis."""

    def __post_init__(self) -> None:
        if not (self.sigmainv > 0 and self.boxlen >= 0 and self.knum >= 1):
            raise InputError(
                "sigmainv must be positive, boxlen not negative and knum at least 1, "
                f"but they are {self.sigmainv:g}, {self.boxlen:g} and {self.knum}."
            )


@dataclass(frozen=True)
class Fragments:
    """Per pixel, what a rasterizer found; row 0 is the top.

    Attributes:
        face_index: the nearest front-facing face; -1 where there is none.
        barycentric: weights of its three corners; 0 where there is none. Differentiable.
        depth: camera-space z (negative in front of the camera); 0 where there is none. Not differentiable.
        silhouette: 1 where covered, falling off outside (DIB-R). Differentiable.
    """

    face_index: Int[Tensor, "B H W"]
    barycentric: Float[Tensor, "B H W 3"]
    depth: Float[Tensor, "B H W"]
    silhouette: Float[Tensor, "B H W"]


@dataclass(frozen=True)
class RenderedImage:
    """A batch of pictures; everything is 0 where there is no face.

    Attributes:
        rgb: texture times light, sRGB 0..1, not clamped; None when rendered without a texture.
        silhouette: soft mask (differentiable).
        mask: hard mask, 0 or 1.
        normals: unit, in camera space (x right, y up, z towards the camera).
        depth: distance in front of the camera along its axis, template units, positive.
        uv: where in the texture each pixel looks; origin at the lower left.
    """

    rgb: Float[Tensor, "B 3 H W"] | None
    silhouette: Float[Tensor, "B 1 H W"]
    mask: Float[Tensor, "B 1 H W"]
    normals: Float[Tensor, "B 3 H W"]
    depth: Float[Tensor, "B 1 H W"]
    uv: Float[Tensor, "B 2 H W"]
