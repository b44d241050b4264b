"""What evaluations need of generators: one by its name, cameras around its shapes, places in the picture."""

import math

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.generators import ConvMeshGenerator, make_generator_config
from mirror_core.rendering.projection import camera_space, image_scale

UNTRAINED = "untrained"
FILLED = 0.9
"""Share of the picture's half side that the sphere around a shape reaches."""
SPREAD = 0.1, 0.8
"""Standard deviation that random weights are scaled to: of deformations in template units; of textures before the
squashing to colours."""
WARM = 8, 16
"""Batches, and codes in each, that the running statistics of random weights are taken from."""


def open_generator(model: str) -> ConvMeshGenerator:
    """A trained generator by name or folder, or "untrained": small, with random weights from seed 0.

    Raises:
        InputError: there is no such model.
    """
    return untrained_generator() if model == UNTRAINED else ConvMeshGenerator.from_pretrained(model)


@torch.no_grad()
def untrained_generator(seed: int = 0) -> ConvMeshGenerator:
    """A small generator that never was trained, its last layers scaled until shapes and textures differ.

    Shapes do not at first: training begins at the template.
    """
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        generator = ConvMeshGenerator(make_generator_config("lite"))
        nn.init.normal_(_weights(generator.mesh_map))
    random = torch.Generator().manual_seed(seed)
    generator.train()
    for _ in range(WARM[0]):
        generator(generator.draw(WARM[1], random))
    generator.eval()
    made = generator(generator.draw(WARM[1], random))
    # Their spread over codes, not over the map: what is the same for all shapes tells none from another.
    _weights(generator.mesh_map).mul_(SPREAD[0] / made.deformation.std(dim=0).mean())
    _weights(generator.texture_map).mul_(SPREAD[1] / torch.logit(made.texture, 1e-4).std(dim=0).mean())
    return generator


def _weights(layer: nn.Module) -> nn.Parameter:
    return next(parameter for parameter in layer.parameters() if parameter.ndim == 4)


def framed(
    vertices: Float[Tensor, "B V 3"], azimuth: Float[Tensor, " B"], elevation: Float[Tensor, " B"] | None = None
) -> Camera:
    """Cameras that look at the origin from where the sphere around it that holds the shape fills the picture.

    Args:
        vertices: centred by their mean, as the papers centre them.
        azimuth: degrees.
        elevation: degrees; none: level.
    """
    radius = vertices.norm(dim=-1).amax(dim=1)
    distance = radius / (FILLED * math.sin(math.atan(HALF_VIEW)))
    level = torch.zeros_like(distance)
    return Camera(azimuth.to(distance), level if elevation is None else elevation.to(distance), distance,
                  torch.zeros(len(distance), 2).to(distance))  # fmt: skip


def in_picture(vertices: Float[Tensor, "B V 3"], camera: Camera | WeakPerspective) -> Float[Tensor, "B V 2"]:
    """Where vertices lie in a square picture, NDC."""
    seen = camera_space(vertices, camera)
    return seen[..., :2] * image_scale((1, 1))[0] / -seen[..., 2:]
