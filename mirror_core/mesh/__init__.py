"""Meshes of one topology: the template, its neighbourhoods, normals, and files."""

from mirror_core.mesh.template import LEVELS, Template, make_template

__all__ = ["LEVELS", "Template", "make_template"]
