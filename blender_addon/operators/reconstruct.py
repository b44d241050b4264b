# pyright: basic, reportMissingImports=false
"""Meshes from the worker: of a photo, or made up."""

from typing import Any

import bpy

from ..builders.scene import build_result
from ..result_folder import read_result
from ..session import session
from ..tasks import JobTask, Task
from .base import TaskOperator
from .jobs import photo_job, sample_job


class JobOperator(TaskOperator):
    """An operator that waits for a job of the worker and builds its result."""

    verb = "Made"
    report: Any

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Called from scripts and without a window: waits."""
        return self.begin(context)

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """Called from the button: Blender stays usable."""
        return self.begin(context)

    def job(self, settings: Any) -> Any:
        """What the worker has to do, by the panel's settings."""
        raise NotImplementedError

    def start(self, context: bpy.types.Context) -> Task:
        """Hand the job to the worker."""
        job = self.job(context.scene.mirror)
        return JobTask(session.worker(), job)

    def finish(self, context: bpy.types.Context, task: JobTask) -> None:
        """Build the result."""
        settings = context.scene.mirror
        result = read_result(task.folder)
        thing = build_result(context, result, height=settings.height, match_scene=settings.match_scene)
        self.report({"INFO"}, f"{self.verb} {thing.name}: {len(result.vertices)} vertices")


class MIRROR_OT_reconstruct(JobOperator, bpy.types.Operator):
    """Make a textured mesh from the photo. Esc cancels: a GAN inversion keeps its best so far, Esc twice drops it"""

    bl_idname = "mirror.reconstruct"
    bl_label = "Reconstruct"
    bl_options = {"UNDO"}
    verb = "Reconstructed"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """A photo must be chosen."""
        if context.scene.mirror.photo is None:
            cls.poll_message_set("Choose a photo first")
            return False
        return super().poll(context)

    def job(self, settings: Any) -> Any:
        """See `JobOperator`."""
        return photo_job(settings)


class MIRROR_OT_sample(JobOperator, bpy.types.Operator):
    """Make up a new garment or person, without a photo. Each press gives another; the same seed gives the same"""

    bl_idname = "mirror.sample"
    bl_label = "Sample New"
    bl_options = {"UNDO"}
    verb = "Made up"

    def job(self, settings: Any) -> Any:
        """See `JobOperator`."""
        return sample_job(settings)

    def finish(self, context: bpy.types.Context, task: JobTask) -> None:
        """Build the result, and be ready for the next."""
        super().finish(context, task)
        context.scene.mirror.sample_seed += 1


class MIRROR_OT_cancel(bpy.types.Operator):
    """Stop the work in hand. A search ends with its best so far; pressed again, that is dropped too"""

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


CLASSES = (MIRROR_OT_reconstruct, MIRROR_OT_sample, MIRROR_OT_cancel)
