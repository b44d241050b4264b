# pyright: basic, reportMissingImports=false
"""From a result's attributes to its camera, material and world; called whenever one of them changes."""

import json
from contextlib import contextmanager
from typing import Any

import bpy
import numpy as np

from ..geometry import TO_BLENDER, Placement, Pose, camera_axes
from ..lighting import polynomial
from . import camera, material, world

_held: list[bpy.types.Object] = []


@contextmanager
def together(thing: bpy.types.Object):
    """Change several attributes, and have the camera and light follow once, at the end."""
    _held.append(thing)
    try:
        yield thing.mirror
    finally:
        _held.remove(thing)
    apply(thing)


def pose_of(values: Any) -> Pose:
    """The camera pose that an object's attributes say."""
    return Pose(values.azimuth, values.elevation, values.distance, tuple(values.offset))


def placement_of(values: Any) -> Placement:
    """How an object's template units became metres."""
    return Placement(values.scale, values.lift)


def apply(thing: bpy.types.Object) -> None:
    """Make camera, material and world agree with the object's attributes."""
    values = thing.mirror
    if thing in _held or not values.is_result:
        return
    pose = pose_of(values)
    if values.camera is not None:
        camera.place_camera(values.camera, pose, placement_of(values))
    axes = camera_axes(pose) @ TO_BLENDER.T
    coefficients = np.array(values.light)
    for slot in thing.material_slots:
        if material.is_built(slot.material):
            material.set_light(slot.material, polynomial(coefficients, axes), values.shading == "ESTIMATED")
    if values.world is not None:
        turn = np.array(thing.matrix_world.to_3x3().normalized())
        world.set_environment(values.world, polynomial(coefficients, axes @ turn.T))


def reset(thing: bpy.types.Object) -> None:
    """Bring camera and light back to what was estimated."""
    with together(thing) as values:
        estimated = values.estimated_camera
        values.azimuth, values.elevation, values.distance = estimated[:3]
        values.offset = estimated[3:]
        values.light = values.estimated_light


def note_texture(thing: bpy.types.Object, source: bpy.types.Object) -> None:
    """Write down whose texture an object wears, as the command `mirror swap` does."""
    provenance, other = (json.loads(one.mirror.provenance or "{}") for one in (thing, source))
    about = {"texture_photo": source.mirror.photo, "texture_photo_sha256": source.mirror.photo_sha256}
    worn = other.get("settings", {})
    about |= {name: worn[name] for name in about if name in worn}  # its texture came from a third one
    provenance["settings"] = {**provenance.get("settings", {}), **about}
    thing.mirror.provenance = json.dumps(provenance)


def texture_photo(thing: bpy.types.Object) -> str:
    """The photo whose texture an object wears, if that is not its own; else empty."""
    return json.loads(thing.mirror.provenance or "{}").get("settings", {}).get("texture_photo", "")
