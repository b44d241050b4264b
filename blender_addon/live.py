# pyright: basic, reportMissingImports=false
"""What a search has found so far, shown while it goes on: an icon for the panel, a drawing in the 3D views.

Neither is part of the .blend file, so there is nothing to undo and nothing to forget there.
"""

from pathlib import Path
from typing import Any

import bpy
import bpy.utils.previews
import numpy as np

from .builders.room import room_for
from .preview_mesh import PreviewMesh, read_preview_mesh


class Live:
    """The newest preview of the task in hand; draws nothing until one comes."""

    def __init__(self) -> None:
        self.preview: Any = None
        self.picture: Any = None
        """The newest picture; its `icon_id` is for `template_icon`."""
        self._icons: Any = None
        self._batch: Any = None
        self._shader: Any = None
        self._handle: Any = None

    def show(self, preview: Any, height: float) -> None:
        """Show a `protocol.Preview`, if it is a new one; None shows nothing new.

        Args:
            preview: of the task.
            height: of the mesh in metres; 0 takes the kind's usual height.
        """
        if preview is None or preview is self.preview:
            return
        self.preview = preview
        self._show_picture(Path(preview.picture))
        # Without a window there is neither a view nor a graphics card to draw with.
        if preview.mesh and not bpy.app.background and bpy.context.window is not None:
            mesh = read_preview_mesh(Path(preview.mesh), height)
            if mesh is not None:
                self._show_mesh(mesh)

    def clear(self) -> None:
        """Show nothing any more."""
        if self._handle is not None:
            bpy.types.SpaceView3D.draw_handler_remove(self._handle, "WINDOW")
        if self._icons is not None:
            bpy.utils.previews.remove(self._icons)
        self.preview = self.picture = self._icons = self._batch = self._handle = None

    def _show_picture(self, path: Path) -> None:
        if not path.is_file():
            return
        if self._icons is None:
            self._icons = bpy.utils.previews.new()
        # A new name each time: what was loaded under one stays.
        icon = self._icons.load(str(len(self._icons)), str(path), "IMAGE")
        # Read now: Blender would do so when it draws, and the worker takes old pictures away.
        if 0 not in tuple(icon.image_size):
            self.picture = icon

    def _show_mesh(self, mesh: PreviewMesh) -> None:
        import gpu
        from gpu_extras.batch import batch_for_shader

        self._shader = gpu.shader.from_builtin("SMOOTH_COLOR")
        aside = np.array([room_for(mesh.points, bpy.context), 0.0, 0.0], dtype=np.float32)
        values = {"pos": mesh.points + aside, "color": mesh.colours}
        self._batch = batch_for_shader(self._shader, "TRIS", values, indices=mesh.faces)
        if self._handle is None:
            self._handle = bpy.types.SpaceView3D.draw_handler_add(self._draw, (), "WINDOW", "POST_VIEW")

    def _draw(self) -> None:
        import gpu

        gpu.state.depth_test_set("LESS_EQUAL")
        gpu.state.depth_mask_set(True)
        gpu.state.face_culling_set("BACK")
        self._batch.draw(self._shader)
        gpu.state.face_culling_set("NONE")
        gpu.state.depth_mask_set(False)
        gpu.state.depth_test_set("NONE")
