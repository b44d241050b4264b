# pyright: basic, reportMissingImports=false
"""A result folder to a collection with the object, its camera and its world: all of it, or nothing."""

import json
from contextlib import contextmanager

import bpy

from ..geometry import DEFAULT_HEIGHT, place, to_metres
from ..result_folder import Result
from . import attributes
from .camera import build_camera, match_render
from .material import build_material
from .mesh import build_mesh
from .room import room_for
from .world import build_world

KINDS = ("objects", "meshes", "materials", "images", "cameras", "worlds", "collections", "node_groups")
"""The kinds of data that building makes."""


def build_result(
    context: bpy.types.Context, result: Result, *, height: float = 0.0, match_scene: bool = True
) -> bpy.types.Object:
    """Add a result to the scene.

    Args:
        context: whose scene and view layer it goes to.
        result: what to build.
        height: metres; 0 takes the kind's usual height.
        match_scene: make its camera and world the scene's, with the photo's size.
    """
    height = height or DEFAULT_HEIGHT.get(result.kind, DEFAULT_HEIGHT["garment"])
    placement = place(result.vertices, height)
    name = result.name
    with all_or_nothing():
        thing = build_mesh(result, placement, name)
        thing.location.x = room_for(to_metres(result.vertices, placement), context)
        thing.data.materials.append(build_material(result, name))
        camera = build_camera(result, name)
        camera.parent = thing
        collection = bpy.data.collections.new(name)
        for member in (thing, camera):
            collection.objects.link(member)
        with attributes.together(thing) as values:
            values.camera, values.world = camera, build_world(name)
            values.scale, values.lift, values.height = placement.scale, placement.lift, height
            _note_result(values, result)
        context.scene.collection.children.link(collection)
    _select(context, thing)
    if match_scene:
        context.scene.camera, context.scene.world = camera, values.world
        match_render(context.scene, result.photo_size)
    context.view_layer.update()
    return thing


def _note_result(values, result: Result) -> None:
    pose = result.pose
    values.azimuth, values.elevation, values.distance, values.offset = (
        pose.azimuth,
        pose.elevation,
        pose.distance,
        pose.offset,
    )
    values.estimated_camera = (pose.azimuth, pose.elevation, pose.distance, *pose.offset)
    values.light = values.estimated_light = result.light
    values.crop, values.photo_size = result.crop, result.photo_size
    values.photo, values.photo_sha256, values.kind = str(result.photo), result.photo_sha256, result.kind
    values.metrics, values.provenance = json.dumps(result.metrics), json.dumps(result.provenance)
    values.is_result = True


def _select(context: bpy.types.Context, thing: bpy.types.Object) -> None:
    for other in context.view_layer.objects:
        other.select_set(False)
    thing.select_set(True)
    context.view_layer.objects.active = thing


@contextmanager
def all_or_nothing():
    """Take away whatever was added to the .blend file, should something go wrong on the way."""
    before = {kind: set(getattr(bpy.data, kind)) for kind in KINDS}
    try:
        yield
    except BaseException:
        for kind in KINDS:
            bpy.data.batch_remove([block for block in getattr(bpy.data, kind) if block not in before[kind]])
        raise
