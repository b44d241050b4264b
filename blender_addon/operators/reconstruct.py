# pyright: basic, reportMissingImports=false
"""Photo to mesh, by the worker."""

import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import bpy

from ..builders.scene import build_result
from ..errors import AddonError
from ..pictures import file_of
from ..protocol_file import protocol
from ..result_folder import read_result
from ..session import addon_preferences, session
from ..tasks import ReconstructTask, Task
from .base import TaskOperator


class MIRROR_OT_reconstruct(TaskOperator, bpy.types.Operator):
    """Make a textured mesh from the photo. Esc cancels"""

    bl_idname = "mirror.reconstruct"
    bl_label = "Reconstruct"
    bl_options = {"UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """A photo must be chosen."""
        if context.scene.mirror.photo is None:
            cls.poll_message_set("Choose a photo first")
            return False
        return super().poll(context)

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Called from scripts and without a window: waits."""
        return self.begin(context)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Called from the button: Blender stays usable."""
        return self.begin(context)

    def start(self, context: bpy.types.Context) -> Task:
        """Hand the job to the worker."""
        client = session.worker()
        return ReconstructTask(client, make_job(context.scene.mirror))

    def finish(self, context: bpy.types.Context, task: ReconstructTask) -> None:
        """Build the result."""
        settings = context.scene.mirror
        result = read_result(task.folder)
        thing = build_result(context, result, height=settings.height, match_scene=settings.match_scene)
        self.report({"INFO"}, f"Reconstructed {thing.name}: {len(result.vertices)} vertices")


def make_job(settings: Any) -> Any:
    """The worker's job for the panel's settings."""
    folder = job_folder(settings.photo.name)
    photo = file_of(settings.photo, folder.with_name(f"{folder.name}-photo"))
    mask: dict[str, Any] = {"method": settings.mask_method}
    if settings.mask is not None:
        if tuple(settings.mask.size) != tuple(settings.photo.size):
            raise AddonError(
                f"The mask {settings.mask.name} is {settings.mask.size[0]} x {settings.mask.size[1]} pixels, "
                f"but the photo is {settings.photo.size[0]} x {settings.photo.size[1]}.",
                "Choose a mask of the photo's size, or none.",
            )
        mask = {"method": "file", "file": str(file_of(settings.mask, folder.with_name(f"{folder.name}-mask")))}
    values = {
        "vertices": int(settings.detail),
        "texture_size": settings.texture_size,
        "kind": settings.kind,
        "fast": settings.fast,
        **start_of(settings),
        "delight": settings.delight,
        "seed": settings.seed,
        "device": addon_preferences().device,
    }
    return protocol.Job(uuid.uuid4().hex, "reconstruct", str(photo), str(folder), mask, values)


def start_of(settings: Any) -> dict[str, str]:
    """The worker's settings for what the reconstruction starts from."""
    if settings.start != "model":
        return {"start": settings.start}
    if not settings.model:
        raise AddonError("No folder of a model of your own was given.", "Choose one, or set Model to Automatic.")
    return {"start": "model", "model": bpy.path.abspath(settings.model)}


def job_folder(name: str) -> Path:
    """A new folder's path for a result: in the folder of the preferences, else among Blender's temporary files."""
    named = addon_preferences().folder
    parent = Path(bpy.path.abspath(named)) if named else Path(bpy.app.tempdir or tempfile.gettempdir())
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The results folder {parent} cannot be made: {error}."
        raise AddonError(message, "Choose another folder in the preferences.") from error
    return parent / f"{bpy.path.clean_name(Path(name).stem)}-{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:4]}"


class MIRROR_OT_cancel(bpy.types.Operator):
    """Stop the work in hand; the scene stays as it is"""

    bl_idname = "mirror.cancel"
    bl_label = "Cancel"

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Something must be running."""
        if session.task is None:
            cls.poll_message_set("Nothing is running")
            return False
        return True

    def execute(self, _context: bpy.types.Context) -> set[str]:
        """Ask it to stop; the operator that waits for it ends."""
        session.task.cancel()
        return {"FINISHED"}


CLASSES = (MIRROR_OT_reconstruct, MIRROR_OT_cancel)
