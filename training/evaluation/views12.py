"""The twelve views of MeshInversion's FID_12 and FID_10: a shape from all around, whatever its photo showed."""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.attributes.weak_perspective import quaternion
from mirror_core.mesh import Template
from mirror_core.rendering import RasterSettings, Renderer
from training.evaluation.generated import framed

AZIMUTHS = tuple(range(0, 360, 30))
"""The paper's, in degrees: 0 looks at the side."""
FRONT, BACK = 90, 270
"""Exactly from the front and from the back, which FID_10 leaves out: photos of birds hardly ever are."""
TEN = tuple(azimuth for azimuth in AZIMUTHS if azimuth not in (FRONT, BACK))
"""Really ten: the release leaves out one of the two and so has eleven."""
BIRD_SCALE = 0.7
"""Of the weak perspective that the paper sees birds with."""
BIRD_TURN = (0.0, -90.0, 60.0)
"""Degrees about x, then y, then z, that bring a bird of CUB's frame before the camera in profile. Read thus, from the
angles alone, because then the axis of symmetry points along the line of sight at azimuth 0 and across it at 90, as
the paper's "front view (90 degrees)" asks for."""


def views_around(
    vertices: Float[Tensor, "V 3"],
    template: Template,
    texture: Float[Tensor, "1 3 Ht Wt"],
    azimuths: Sequence[int] = AZIMUTHS,
    *,
    pixels: int = 256,
    background: float = 1.0,
) -> Float[Tensor, "K 3 H W"]:
    """Pictures of a shape of the project's model space (front +z) from the paper's azimuths, level and without light.

    Cameras are the project's, at the distance where the shape fills the picture; the paper's weak perspective, which
    is for birds in CUB's frame, is `bird_cameras`.

    Args:
        vertices: template units; moved until their mean is the origin.
        template: of the vertices.
        texture: sRGB.
        azimuths: the paper's degrees: 90 is the front.
        pixels: side of the pictures.
        background: grey level, 1 is white.
    """
    centred = (vertices - vertices.mean(dim=0)).expand(len(azimuths), -1, -1)
    camera = framed(centred, torch.tensor([float(azimuth - FRONT) for azimuth in azimuths]))
    return _draw(centred, template, texture, camera, pixels, background)


def bird_views(
    vertices: Float[Tensor, "V 3"],
    template: Template,
    texture: Float[Tensor, "1 3 Ht Wt"],
    azimuths: Sequence[int] = AZIMUTHS,
    *,
    pixels: int = 256,
    background: float = 1.0,
) -> Float[Tensor, "K 3 H W"]:
    """The same of a bird in CUB's frame through the paper's own cameras; arguments as of `views_around`."""
    centred = (vertices - vertices.mean(dim=0)).expand(len(azimuths), -1, -1)
    return _draw(centred, template, texture, bird_cameras(azimuths), pixels, background)


def bird_cameras(azimuths: Sequence[int] = AZIMUTHS) -> WeakPerspective:
    """The paper's cameras: scale 0.7, no shift; the bird in profile, then turned about the picture's vertical."""
    rotations = [turn_about(1, azimuth) @ _bird_turn() for azimuth in azimuths]
    count = len(azimuths)
    return WeakPerspective.from_cmr(
        torch.full((count,), BIRD_SCALE), torch.zeros(count, 2), quaternion(torch.stack(rotations))
    )


def turn_about(axis: int, degrees: int | float) -> Float[Tensor, "3 3"]:
    """The matrix of a turn about x, y or z (0, 1, 2), counter-clockwise seen against the axis."""
    angle = math.radians(degrees)
    first, second = (axis + 1) % 3, (axis + 2) % 3
    matrix = torch.eye(3)
    matrix[first, first] = matrix[second, second] = math.cos(angle)
    matrix[first, second], matrix[second, first] = -math.sin(angle), math.sin(angle)
    return matrix


def _bird_turn() -> Float[Tensor, "3 3"]:
    x, y, z = (turn_about(axis, degrees) for axis, degrees in enumerate(BIRD_TURN))
    return z @ y @ x


@torch.no_grad()
def _draw(
    vertices: Float[Tensor, "K V 3"],
    template: Template,
    texture: Float[Tensor, "1 3 Ht Wt"],
    camera: Camera | WeakPerspective,
    pixels: int,
    background: float,
) -> Float[Tensor, "K 3 H W"]:
    renderer = Renderer(image_size=(pixels, pixels), settings=RasterSettings(boxlen=0.0))
    seen = renderer(vertices, template, camera, texture.expand(len(vertices), -1, -1, -1).contiguous())
    assert seen.rgb is not None, "a texture was given"
    return seen.rgb.clamp(0.0, 1.0) * seen.mask + background * (1.0 - seen.mask)
