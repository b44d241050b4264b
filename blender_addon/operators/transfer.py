# pyright: basic, reportMissingImports=false
"""The shape of one result in the texture of another."""

from typing import Any

import bpy

from ..builders import attributes
from ..builders.material import take_pictures, textured_material
from ..errors import AddonError
from .base import SafeOperator


class MIRROR_OT_transfer_texture(SafeOperator, bpy.types.Operator):
    """Give the active result the texture of the other selected one; shape, camera and light stay its own"""

    bl_idname = "mirror.transfer_texture"
    bl_label = "Transfer Texture"
    bl_options = {"REGISTER", "UNDO"}

    poll_message_set: Any

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Two results must be selected, one of them active."""
        if other_of(context) is None:
            cls.poll_message_set("Select two objects that Mirror made; the active one keeps its shape")
            return False
        return True

    def run(self, context: bpy.types.Context) -> None:
        """Exchange the pictures of a copy of the material, so that whoever shares it keeps theirs."""
        shape, other = context.object, other_of(context)
        own, source = _material(shape), _material(other)
        slot = next(slot for slot in shape.material_slots if slot.material == own)
        slot.material = own.copy()
        take_pictures(slot.material, source)
        attributes.note_texture(shape, other)
        attributes.apply(shape)


def other_of(context: bpy.types.Context) -> bpy.types.Object | None:
    """The result that is selected beside the active one; None unless exactly these two are."""
    results = [thing for thing in context.selected_objects if thing.mirror.is_result]
    if len(results) != 2 or context.object not in results:
        return None
    return next(thing for thing in results if thing != context.object)


def _material(thing: bpy.types.Object) -> bpy.types.Material:
    material = textured_material(thing)
    if material is None:
        message = f"The material of {thing.name} is not the one that Mirror built any more."
        raise AddonError(message, "Load its result again, or exchange the pictures by hand.")
    return material


CLASSES = (MIRROR_OT_transfer_texture,)
