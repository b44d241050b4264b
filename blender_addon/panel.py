# pyright: basic, reportMissingImports=false
"""The sidebar tab."""

import json
from pathlib import Path

import bpy

from .session import session


class MirrorPanel:
    """Where all panels of this add-on are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Mirror"


class MIRROR_PT_main(MirrorPanel, bpy.types.Panel):
    """Photo, mask, and the button."""

    bl_label = "Mirror"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout, settings = self.layout, context.scene.mirror
        layout.label(text="Photo")
        layout.template_ID(settings, "photo", open="mirror.import_photo")
        layout.label(text="Mask")
        layout.template_ID(settings, "mask", open="image.open")
        if settings.mask is None:
            layout.prop(settings, "mask_method")
        if session.task is None:
            row = layout.row()
            row.scale_y = 1.5
            row.operator("mirror.reconstruct", icon="MESH_MONKEY")
        else:
            status = session.task.status
            layout.progress(text=status.what, factor=status.share)
            layout.operator("mirror.cancel", icon="X")
        if session.failure is not None:
            _draw_failure(layout)


def _draw_failure(layout: bpy.types.UILayout) -> None:
    box = layout.box()
    failure = session.failure
    lines = _wrapped(failure.message) + _wrapped(failure.remedy)
    for number, line in enumerate(lines):
        box.label(text=line, icon="ERROR" if number == 0 else "BLANK1")
    row = box.row()
    row.operator("mirror.copy_details", icon="COPYDOWN")
    if type(failure).__name__ in ("InterpreterError", "VersionError"):
        row.operator("mirror.open_preferences", icon="PREFERENCES")


def _wrapped(text: str, width: int = 44) -> list[str]:
    import textwrap

    return textwrap.wrap(text, width)


class MIRROR_PT_settings(MirrorPanel, bpy.types.Panel):
    """What kind of result is wanted."""

    bl_label = "Settings"
    bl_parent_id = "MIRROR_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout, settings = self.layout, context.scene.mirror
        layout.use_property_split = True
        for name in ("kind", "fast", "start"):
            layout.prop(settings, name)
        if settings.start == "model":
            layout.prop(settings, "model")
        for name in ("height", "detail", "texture_size", "delight", "seed", "match_scene"):
            layout.prop(settings, name)
        layout.operator("mirror.load_result", icon="FILE_FOLDER")


class ResultPanel(MirrorPanel):
    """A panel about the active object, if that is a result."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Show it only for results."""
        return context.object is not None and context.object.mirror.is_result


class MIRROR_PT_attributes(ResultPanel, bpy.types.Panel):
    """Camera of the active result, and what can be done with it."""

    bl_label = "Attributes"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout, values = self.layout, context.object.mirror
        layout.use_property_split = True
        for name in ("azimuth", "elevation", "distance", "offset", "shading"):
            layout.prop(values, name)
        column = layout.column(align=True)
        column.operator("mirror.orbit", icon="CON_FOLLOWPATH")
        column.operator("mirror.novel_views", icon="OUTLINER_OB_CAMERA")
        column.operator("mirror.apply_height", icon="EMPTY_SINGLE_ARROW")
        column.operator("mirror.reset", icon="LOOP_BACK")


class MIRROR_PT_light(ResultPanel, bpy.types.Panel):
    """Light of the active result."""

    bl_label = "Light"
    bl_parent_id = "MIRROR_PT_attributes"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel: the coefficients by the function each one multiplies."""
        self.layout.use_property_split = True
        for number, name in enumerate(("1", "x", "z", "y", "xy", "yz", "3z² - 1", "xz", "x² - y²")):
            self.layout.prop(context.object.mirror, "light", index=number, text=name)


class MIRROR_PT_provenance(ResultPanel, bpy.types.Panel):
    """Where the active result came from, and how good it is."""

    bl_label = "Origin"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout, values = self.layout, context.object.mirror
        layout.label(text=f"{values.kind.capitalize()}, {values.height:.2f} m")
        layout.label(text=f"Photo: {Path(values.photo).name}")
        layout.label(text=f"SHA-256: {values.photo_sha256[:16]}")
        for source in (values.metrics, values.provenance):
            for name, value in json.loads(source or "{}").items():
                if isinstance(value, str | int | float):
                    text = f"{value:.4g}" if isinstance(value, float) else value
                    layout.label(text=f"{name.replace('_', ' ')}: {text}")


CLASSES = (MIRROR_PT_main, MIRROR_PT_settings, MIRROR_PT_attributes, MIRROR_PT_light, MIRROR_PT_provenance)
