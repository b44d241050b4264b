"""From a deformation map to vertices."""

from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.mesh import SphereMap, Template, exchange_vertices, make_template, make_two_pole

MIDDLE = 1e-4
"""A vertex with |x| below this lies on the mirror plane (ConvMesh)."""


@runtime_checkable
class SurfaceSettings(Protocol):
    """What a config says about the surface; see `ConvMeshConfig`."""

    @property
    def template(self) -> str: ...
    @property
    def symmetric(self) -> bool: ...
    @property
    def axes(self) -> str: ...
    @property
    def half_axes(self) -> tuple[float, float, float]: ...


def make_surface_template(config: SurfaceSettings) -> Template:
    """The mesh that a network deforms."""
    if config.template.startswith("two-pole"):
        return make_two_pole(int(config.template.rpartition("-")[2]), half_axes=config.half_axes)
    return make_template(int(config.template), config.half_axes)


def deform(
    deformation: Float[Tensor, "B 3 h w"], config: SurfaceSettings, vertex_count: int | None = None
) -> Float[Tensor, "B V 3"]:
    """Move each vertex of the template by what it reads from the map, along the config's axes.

    With `symmetric` only vertices with x >= 0 read; the others become their mirror images, and those on the mirror
    plane stay in it (ConvMesh).

    Args:
        deformation: what is added to the template.
        config: of the network.
        vertex_count: give the same surface with the vertices of this level of the project's template. They do not read
            the map themselves: training only says what it is where the network's own vertices lie.
    """
    template = make_surface_template(config)
    vertices = _deform(deformation, config, template)
    if vertex_count is None or template is make_template(vertex_count, config.half_axes):
        return vertices
    return exchange_vertices(vertices, template, make_template(vertex_count, config.half_axes))


def _deform(deformation: Tensor, config: SurfaceSettings, template: Template) -> Float[Tensor, "B V 3"]:
    places = SphereMap.of(template)
    moved = places.read(deformation)
    if config.axes == "tangent":
        moved = torch.einsum("bvk,vkc->bvc", moved, places.frame.to(moved))
    base = template.vertices.to(moved)
    if not config.symmetric:
        return base + moved
    aside = moved.new_tensor([-1.0, 1.0, 1.0])
    moved = torch.where(base[:, :1] < 0, moved[:, template.left_right.to(moved.device)] * aside, moved)
    middle = (base[:, :1].abs() < MIDDLE) & (aside < 0)
    return base + moved.masked_fill(middle, 0.0)
