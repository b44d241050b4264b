# pyright: basic, reportMissingImports=false
"""Preparing an interpreter, and getting at what went wrong."""

import platform
import sys
from pathlib import Path

import bpy

from ..errors import AddonError
from ..protocol_file import core_folder
from ..runtime import prepared_folder
from ..session import session, user_folder
from ..tasks import PrepareTask, Task
from .base import SafeOperator, TaskOperator


class MIRROR_OT_prepare_interpreter(TaskOperator, bpy.types.Operator):
    """Make a Python environment for the worker and download what it needs (torch and others, from pip's index)"""

    bl_idname = "mirror.prepare_interpreter"
    bl_label = "Prepare an Interpreter"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Blender must be allowed to go online."""
        if not bpy.app.online_access:
            cls.poll_message_set("Allow Online Access in the preferences (System), or name an interpreter")
            return False
        return super().poll(context)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Ask first."""
        return context.window_manager.invoke_props_dialog(self, width=420)

    def draw(self, _context: bpy.types.Context) -> None:
        """Say what would happen."""
        self.layout.label(text="This downloads torch and other packages, 0.3 to 3 GB, into:")
        self.layout.label(text=str(prepared_folder(user_folder())))

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Called once the user agreed, and by scripts."""
        return self.begin(context)

    def start(self, _context: bpy.types.Context) -> Task:
        """Begin with a virtual environment of Blender's own Python."""
        session.stop_worker()
        requirements = core_folder() / "requirements.txt"
        if not requirements.is_file():
            message = f"The list of requirements is missing: {requirements}."
            raise AddonError(message, "Install the add-on from its zip, which holds it.")
        return PrepareTask(Path(sys.executable), prepared_folder(user_folder()), requirements)

    def finish(self, _context: bpy.types.Context, task: PrepareTask) -> None:
        """Nothing to set: without a named interpreter the prepared one is used."""
        self.report({"INFO"}, f"The interpreter is ready: {task.python}")


class MIRROR_OT_copy_details(SafeOperator, bpy.types.Operator):
    """Copy the last error, with all its details and the versions, to the clipboard"""

    bl_idname = "mirror.copy_details"
    bl_label = "Copy Details"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Something must have gone wrong."""
        if session.failure is None:
            cls.poll_message_set("Nothing went wrong")
            return False
        return True

    def run(self, context: bpy.types.Context) -> None:
        """Copy them."""
        failure = session.failure
        hello = session.client.hello if session.client is not None else None
        parts = [
            f"{type(failure).__name__}: {failure}",
            f"Blender {bpy.app.version_string}, {platform.platform()}, worker {hello}",
            failure.details,
        ]
        context.window_manager.clipboard = "\n\n".join(parts)


class MIRROR_OT_open_preferences(SafeOperator, bpy.types.Operator):
    """Show this add-on's preferences"""

    bl_idname = "mirror.open_preferences"
    bl_label = "Preferences"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """There must be a window to show them in."""
        return not bpy.app.background

    def run(self, _context: bpy.types.Context) -> None:
        """Open Blender's preferences at this add-on."""
        bpy.ops.preferences.addon_show(module=str(__package__).rpartition(".")[0])


CLASSES = (MIRROR_OT_prepare_interpreter, MIRROR_OT_copy_details, MIRROR_OT_open_preferences)
