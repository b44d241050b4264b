# pyright: basic, reportMissingImports=false
"""The mesh: vertices in the template's order, UV map, and the shape keys Template and Reconstruction."""

import bpy
import numpy as np

from ..geometry import Placement, to_metres
from ..result_folder import Result

TEMPLATE_KEY = "Template"
RECONSTRUCTION_KEY = "Reconstruction"


def build_mesh(result: Result, placement: Placement, name: str) -> bpy.types.Object:
    """An object that is in no collection yet; its mesh stands on the ground at the reconstruction's shape."""
    mesh = bpy.data.meshes.new(name)
    _add_faces(mesh, len(result.vertices), result.faces)
    template = to_metres(result.template_vertices, placement)
    mesh.vertices.foreach_set("co", template.astype(np.float32).ravel())
    layer = mesh.uv_layers.new(name="UVMap")
    layer.uv.foreach_set("vector", result.uv[result.uv_faces].astype(np.float32).ravel())
    mesh.update(calc_edges=True)
    mesh.shade_smooth()

    thing = bpy.data.objects.new(name, mesh)
    thing.shape_key_add(name=TEMPLATE_KEY, from_mix=False)
    key = thing.shape_key_add(name=RECONSTRUCTION_KEY, from_mix=False)
    key.data.foreach_set("co", to_metres(result.vertices, placement).astype(np.float32).ravel())
    key.value = 1.0
    thing.active_shape_key_index = 1
    return thing


def _add_faces(mesh: bpy.types.Mesh, vertex_count: int, faces: np.ndarray) -> None:
    mesh.vertices.add(vertex_count)
    mesh.loops.add(faces.size)
    mesh.polygons.add(len(faces))
    mesh.loops.foreach_set("vertex_index", faces.astype(np.int32).ravel())
    mesh.polygons.foreach_set("loop_start", np.arange(0, faces.size, 3, dtype=np.int32))


def rescale(thing: bpy.types.Object, factor: float) -> None:
    """Scale the mesh and all its shape keys about the origin, which is on the ground."""
    blocks = [thing.data.vertices, *(key.data for key in thing.data.shape_keys.key_blocks)]
    for block in blocks:
        points = np.empty(3 * len(block), dtype=np.float32)
        block.foreach_get("co", points)
        block.foreach_set("co", points * np.float32(factor))
    thing.data.update()
