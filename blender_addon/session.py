# pyright: basic, reportMissingImports=false
"""What is running now, and what went wrong last: the add-on's only state outside Blender's data."""

from pathlib import Path
from typing import Any

import bpy

from .live import Live
from .runtime import find_runtime
from .worker_client import WorkerClient


class Session:
    """The worker, the task in hand and what is shown of it, the last failure. One for the whole of Blender."""

    def __init__(self) -> None:
        self.client: WorkerClient | None = None
        # A Task and an AddonError, or None; Any, because the operators check for None in their poll functions.
        self.task: Any = None
        self.failure: Any = None
        self.live = Live()

    def worker(self) -> WorkerClient:
        """A worker without a job, started if there is none."""
        if self.client is None or not self.client.alive or self.client.busy:
            self.stop_worker()
            preferences = addon_preferences()
            runtime = find_runtime(bpy.path.abspath(preferences.interpreter), user_folder())
            self.client = WorkerClient(runtime)
        return self.client

    def stop_worker(self) -> None:
        """End the worker, whatever it is doing."""
        if self.client is not None:
            self.client.close()
        self.client = None

    def stop(self) -> None:
        """End everything: the add-on is being switched off, or Blender closed."""
        if self.task is not None:
            self.task.cancel()
        self.task = None
        self.live.clear()
        self.stop_worker()


session = Session()


def addon_preferences() -> Any:
    """The add-on's preferences."""
    return bpy.context.preferences.addons[str(__package__)].preferences


def user_folder() -> Path:
    """The folder that Blender gives this extension to write to."""
    return Path(bpy.utils.extension_path_user(__package__, path="", create=True))


def redraw(*, sidebar_only: bool = False) -> None:
    """Have every 3D view drawn again; the sidebar alone costs little, whatever the scene in the view does."""
    for window in bpy.context.window_manager.windows:
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                for region in area.regions:
                    if region.type == "UI" or not sidebar_only:
                        region.tag_redraw()
