"""Meshes of one topology: the template, its neighbourhoods, normals, and files."""

from mirror_core.mesh.sphere_map import SphereMap
from mirror_core.mesh.template import LEVELS, Template, make_template
from mirror_core.mesh.two_pole import make_two_pole

__all__ = ["LEVELS", "SphereMap", "Template", "make_template", "make_two_pole"]
