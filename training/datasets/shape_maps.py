"""Shapes as the deformation maps of a generator."""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.generators import ConvMeshConfig
from mirror_core.mesh import SphereMap, make_template
from mirror_core.trainers.convmesh.batch import mirror_maps

CHUNK = 256
"""Shapes whose maps are found at once: bounds memory."""


def map_axes(config: ConvMeshConfig) -> str:
    """How a mirror changes a generator's maps, for `mirror_maps`: its axes, or "symmetric", whatever these are."""
    return "symmetric" if config.symmetric else config.axes


def maps_of(vertices: Float[Tensor, "B V 3"], config: ConvMeshConfig) -> Float[Tensor, "B 3 h w"]:
    """The deformation maps that make a generator's template these shapes, nearly.

    A symmetric generator's maps are alike on both sides in all channels, also along x and the tangent, because left
    vertices do not read them. So are these: of the shape and its mirror image the mean.

    Args:
        vertices: on the project's template of 642 or more, template units.
        config: of the generator: axes, half axes and size of the map.
    """
    return torch.cat([_maps_of(chunk, config) for chunk in vertices.split(CHUNK)])


def _maps_of(vertices: Float[Tensor, "B V 3"], config: ConvMeshConfig) -> Float[Tensor, "B 3 h w"]:
    template = make_template(vertices.shape[1], config.half_axes)
    places = SphereMap.of(template)
    moved = vertices - template.vertices
    if config.axes == "tangent":
        moved = torch.einsum("bvc,vkc->bvk", moved, places.frame)
    maps = places.write(moved, (config.map, config.map))
    if not config.symmetric:
        return maps
    right = ((maps + mirror_maps(maps, config.axes)) / 2)[..., config.map // 2 :]
    return torch.cat([right.flip(3), right], dim=3)
