"""Photos that a generator can explain perfectly, for comparing losses: everything about them is known."""

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.inversion import Decoded, Decoder
from mirror_core.inversion.decoder import random_codes
from mirror_core.mesh import Template
from mirror_core.metrics import mask_iou, ssim
from mirror_core.rendering import RasterSettings, Renderer
from training.evaluation.fid import FrechetViews, Mesh
from training.evaluation.generated import framed
from training.evaluation.views12 import views_around

AZIMUTH_ERROR, ELEVATION_ERROR = 6.03, 4.33
"""Mean amounts in degrees by which CMR's cameras, the paper's first ones, are wrong (section 4)."""
MEAN_TO_SPREAD = 1.2533
"""Standard deviation of a normal distribution over its mean amount, sqrt(pi / 2)."""
NEARNESS_ERROR, SHIFT_ERROR = 0.03, 0.03
"""Standard deviations of the first camera's other errors: of the distance's logarithm, and of the offset in template
units; ours."""
CELLS = 32
"""Along a side of the texture, of one random colour each, in what no code explains."""
ROUGHNESS = 0.03
"""Template units by which vertices lie beside where a code has them, for `beyond` = 1."""
ELEVATION = 5.0
"""Standard deviation of the true cameras' elevations in degrees."""


@dataclass(frozen=True)
class Targets:
    """Pictures of a generator's random shapes.

    Attributes:
        template: of the vertices.
        truth: the shapes and textures.
        camera: that the pictures were taken with.
        first: the wrong camera that an inversion begins with.
        picture: on black.
        mask: 0 or 1.
    """

    template: Template
    truth: Decoded
    camera: Camera
    first: Camera
    picture: Float[Tensor, "B 3 P P"]
    mask: Float[Tensor, "B 1 P P"]


@torch.no_grad()
def draw_targets(decoder: Decoder, count: int, pixels: int, seed: int, beyond: int | float = 0.0) -> Targets:
    """Random codes from the normal distribution, seen from any side, and cameras as wrong as CMR's.

    Args:
        decoder: makes the shapes.
        count: how many.
        pixels: side of the pictures.
        seed: of everything.
        beyond: how much of what no code explains is added: fine patterns of this standard deviation to the textures,
            and small displacements to the vertices, as photos have them.
    """
    random = torch.Generator().manual_seed(seed)
    made = decoder(random_codes(decoder, count, random))
    if beyond:
        extra = torch.Generator().manual_seed(seed + 1)  # its own, so that the cameras stay the same
        cells = torch.randn(count, 3, CELLS, CELLS, generator=extra)
        fine = torch.nn.functional.interpolate(cells, made.texture.shape[2:], mode="nearest")
        rough = torch.randn(made.vertices.shape, generator=extra)
        made = Decoded(made.vertices + beyond * ROUGHNESS * rough, (made.texture + beyond * fine).clamp(0.0, 1.0))
    azimuth, level = torch.rand(count, generator=random) * 360.0, torch.randn(count, generator=random)
    camera = framed(made.vertices, azimuth, ELEVATION * level)
    wrong = torch.randn(5, count, generator=random)
    first = replace(
        camera,
        azimuth=camera.azimuth + AZIMUTH_ERROR * MEAN_TO_SPREAD * wrong[0],
        elevation=camera.elevation + ELEVATION_ERROR * MEAN_TO_SPREAD * wrong[1],
        distance=camera.distance * torch.exp(NEARNESS_ERROR * wrong[2]),
        offset=camera.offset + SHIFT_ERROR * wrong[3:].T,
    )
    picture, mask = draw_meshes(decoder.template, made, camera, pixels)
    return Targets(decoder.template, made, camera, first, picture, mask)


@torch.no_grad()
def draw_meshes(
    template: Template, made: Decoded, camera: Camera, pixels: int
) -> tuple[Float[Tensor, "B 3 P P"], Float[Tensor, "B 1 P P"]]:
    """Pictures on black and their hard masks."""
    renderer = Renderer(image_size=(pixels, pixels), settings=RasterSettings(boxlen=0.0))
    seen = renderer(made.vertices, template, camera, made.texture)
    assert seen.rgb is not None, "a texture was given"
    return seen.rgb.clamp(0.0, 1.0) * seen.mask, seen.mask


@torch.no_grad()
def judge(targets: Targets, found: Decoded, camera: Camera, distances: FrechetViews) -> dict[str, list[float]]:
    """How near an answer is, one value a target; pictures for the distances are added to `distances`.

    iou: of the hard masks. ssim_views: of the twelve views with the truth's. vertices: mean distance of vertices from
    their true places, in percent of the truth's height. azimuth, elevation: error of the camera in degrees.
    """
    picture, mask = draw_meshes(targets.template, found, camera, targets.picture.shape[2])
    height = targets.truth.vertices[..., 1].amax(dim=1) - targets.truth.vertices[..., 1].amin(dim=1)
    apart = (found.vertices - targets.truth.vertices).norm(dim=-1).mean(dim=1)
    turned = (camera.azimuth - targets.camera.azimuth + 180.0) % 360.0 - 180.0
    like: list[float] = []
    for k in range(len(picture)):
        one = slice(k, k + 1)
        meshes = (Mesh(made.vertices[k], targets.template, made.texture[one]) for made in (found, targets.truth))
        ours, theirs = (
            views_around(mesh.vertices, mesh.template, mesh.texture, pixels=distances.pixels) for mesh in meshes
        )
        like.append(ssim(ours, theirs))
        distances.add_pair(targets.picture[one], targets.mask[one], picture[one], mask[one])
        distances.add_views(ours)
    return {
        "iou": mask_iou(mask, targets.mask).tolist(),
        "ssim_views": like,
        "vertices": (100.0 * apart / height).tolist(),
        "azimuth": turned.abs().tolist(),
        "elevation": (camera.elevation - targets.camera.elevation).abs().tolist(),
    }
