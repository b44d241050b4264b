# pyright: basic, reportMissingImports=false, reportInvalidTypeForm=false
"""Getting a photo in: by the file browser, or dropped on the 3D view."""

from pathlib import Path

import bpy
from bpy.props import StringProperty

from ..errors import AddonError
from .base import SafeOperator

SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".tif", ".tiff", ".bmp")


class MIRROR_OT_import_photo(SafeOperator, bpy.types.Operator):
    """Choose the photo of a garment or person"""

    bl_idname = "mirror.import_photo"
    bl_label = "Open Photo"
    bl_options = {"REGISTER", "UNDO"}

    filepath: StringProperty(
        name="File", subtype="FILE_PATH", options={"SKIP_SAVE"}, description="The photo to reconstruct from"
    )
    filter_glob: StringProperty(
        default=";".join(f"*{suffix}" for suffix in SUFFIXES),
        options={"HIDDEN"},
        name="Filter",
        description="Files that the browser shows",
    )

    def invoke(self, context: bpy.types.Context, _event: bpy.types.Event) -> set[str]:
        """With a path (dropped) import at once; without, ask."""
        if self.filepath:
            return self.execute(context)
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def run(self, context: bpy.types.Context) -> None:
        """Load the photo and make it the panel's."""
        path = Path(bpy.path.abspath(self.filepath))
        if not path.is_file():
            raise AddonError(f"There is no photo at {path}.", "Choose an existing file.")
        try:
            image = bpy.data.images.load(str(path), check_existing=True)
        except RuntimeError as error:
            raise AddonError(f"The photo {path} cannot be opened: {error}.", "Choose a JPEG or PNG file.") from error
        if 0 in image.size:
            bpy.data.images.remove(image)
            raise AddonError(f"The file {path} is not a picture that Blender can read.", "Choose a JPEG or PNG file.")
        settings = context.scene.mirror
        if settings.photo != image:
            settings.photo, settings.mask = image, None


class MIRROR_FH_photo(bpy.types.FileHandler):
    """Photos dropped on the 3D view."""

    bl_idname = "MIRROR_FH_photo"
    bl_label = "Photo for Mirror"
    bl_import_operator = "mirror.import_photo"
    bl_file_extensions = ";".join(SUFFIXES)

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Only on the 3D view."""
        return context.area is not None and context.area.type == "VIEW_3D"


CLASSES = (MIRROR_OT_import_photo, MIRROR_FH_photo)
