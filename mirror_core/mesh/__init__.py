"""Meshes of one topology: templates, neighbourhoods, normals, and maps of longitude and latitude."""

from mirror_core.mesh.exchange import exchange_texture, exchange_vertices
from mirror_core.mesh.sphere_map import SphereMap
from mirror_core.mesh.template import LEVELS, Template, make_template
from mirror_core.mesh.two_pole import make_two_pole

__all__ = [
    "LEVELS",
    "SphereMap",
    "Template",
    "exchange_texture",
    "exchange_vertices",
    "make_template",
    "make_two_pole",
]
