# pyright: basic, reportMissingImports=false, reportInvalidTypeForm=false
"""Results on disk, and the size of one in the scene."""

from pathlib import Path
from typing import Any

import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from ..builders import attributes
from ..builders.mesh import rescale
from ..builders.scene import build_result
from ..result_folder import read_result
from .base import SafeOperator


class ResultOperator(SafeOperator):
    """An operator on the active result."""

    poll_message_set: Any

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """The active object must be a result."""
        if context.object is None or not context.object.mirror.is_result:
            cls.poll_message_set("Select an object that Mirror made")
            return False
        return True


class MIRROR_OT_load_result(SafeOperator, bpy.types.Operator):
    """Build a result that the worker, or the command mirror, wrote to a folder"""

    bl_idname = "mirror.load_result"
    bl_label = "Load Result"
    bl_options = {"REGISTER", "UNDO"}

    directory: StringProperty(
        name="Folder", subtype="DIR_PATH", options={"SKIP_SAVE"}, description="Folder that holds result.json"
    )
    height: FloatProperty(
        name="Height", min=0.0, max=100.0, unit="LENGTH", description="Height in metres; 0 takes the kind's usual one"
    )
    match_scene: BoolProperty(
        name="Match Scene", default=True, description="Make the photo's camera and light the scene's"
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask for the folder."""
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def run(self, context: bpy.types.Context) -> None:
        """Build it."""
        result = read_result(Path(bpy.path.abspath(self.directory)))
        build_result(context, result, height=self.height, match_scene=self.match_scene)


class MIRROR_OT_apply_height(ResultOperator, bpy.types.Operator):
    """Give the result another height; its feet stay on the ground and the camera still overlays the photo"""

    bl_idname = "mirror.apply_height"
    bl_label = "Set Height"
    bl_options = {"REGISTER", "UNDO"}

    height: FloatProperty(
        name="Height",
        default=1.7,
        min=0.01,
        max=100.0,
        subtype="DISTANCE",
        unit="LENGTH",
        description="Height of the reconstruction, from its lowest to its highest point",
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Begin with the height it has; the redo panel changes it."""
        self.height = context.object.mirror.height
        return context.window_manager.invoke_props_dialog(self)

    def run(self, context: bpy.types.Context) -> None:
        """Scale mesh, shape keys and camera."""
        thing = context.object
        factor = self.height / thing.mirror.height
        rescale(thing, factor)
        with attributes.together(thing) as values:
            values.scale, values.lift, values.height = values.scale * factor, values.lift * factor, self.height


CLASSES = (MIRROR_OT_load_result, MIRROR_OT_apply_height)
