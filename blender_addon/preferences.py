# pyright: basic, reportMissingImports=false, reportInvalidTypeForm=false
"""The add-on's preferences."""

import bpy
from bpy.props import EnumProperty, StringProperty

from .errors import InterpreterError
from .runtime import find_runtime
from .session import session, user_folder

DEVICES = [
    ("auto", "Automatic", "The graphics card if the interpreter's torch can use it, else the processor"),
    ("cpu", "Processor", "Always the processor"),
    ("cuda", "CUDA", "Always the graphics card; an error if it cannot be used"),
]


def _restart(_self: bpy.types.AddonPreferences, _context: bpy.types.Context) -> None:
    if session.task is None:
        session.stop_worker()


class MirrorPreferences(bpy.types.AddonPreferences):
    """Where the work is done, and where its files go."""

    bl_idname = str(__package__)

    interpreter: StringProperty(
        name="Interpreter",
        subtype="FILE_PATH",
        update=_restart,
        description="Python 3.11 or newer that has torch; empty: the one inside the extension, or the prepared one",
    )
    device: EnumProperty(items=DEVICES, name="Device", description="What the reconstruction runs on")
    folder: StringProperty(
        name="Results",
        subtype="DIR_PATH",
        description="Folder that keeps each result's files; empty: only the .blend file keeps them",
    )

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the preferences, and which interpreter they come to."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "interpreter")
        try:
            found = find_runtime(bpy.path.abspath(self.interpreter), user_folder())
        except InterpreterError as error:
            layout.label(text=error.message, icon="ERROR")
            layout.label(text=error.remedy)
        else:
            layout.label(text=f"The worker runs with {found.python}", icon="CHECKMARK")
        layout.operator("mirror.prepare_interpreter", icon="IMPORT")
        layout.prop(self, "device")
        layout.prop(self, "folder")


CLASSES = (MirrorPreferences,)
