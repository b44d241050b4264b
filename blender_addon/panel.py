# pyright: basic, reportMissingImports=false
"""The sidebar tab."""

import json
from pathlib import Path
from typing import Any

import bpy

from .builders import attributes
from .session import session
from .words import lines_for

PREVIEW_SCALE = 9.0
"""Height of the picture of a search's best so far, in rows of the panel."""


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
        layout.prop(settings, "method")
        if session.task is None:
            row = layout.row()
            row.scale_y = 1.5
            row.operator("mirror.reconstruct", icon="MESH_MONKEY")
        else:
            _draw_task(layout, context, session.task)
        if session.failure is not None:
            _draw_failure(layout, context)


def _draw_task(layout: bpy.types.UILayout, context: bpy.types.Context, task: Any) -> None:
    layout.progress(text=task.status.what, factor=task.status.share)
    if task.status.note:
        _draw_sentences(layout, context, task.status.note, icon="INFO")
    if session.live.picture is not None:
        layout.template_icon(icon_value=session.live.picture.icon_id, scale=PREVIEW_SCALE)
        shown = session.live.preview
        layout.label(text=f"Best so far: step {shown.step}, loss {shown.loss:.4g}")
    layout.operator("mirror.cancel", text=task.cancel_label, icon="X")


def _draw_failure(layout: bpy.types.UILayout, context: bpy.types.Context) -> None:
    box = layout.box()
    failure = session.failure
    _draw_sentences(box, context, failure.message, failure.remedy, icon="ERROR")
    row = box.row()
    row.operator("mirror.copy_details", icon="COPYDOWN")
    if type(failure).__name__ in ("InterpreterError", "VersionError"):
        row.operator("mirror.open_preferences", icon="PREFERENCES")


def _draw_sentences(layout: bpy.types.UILayout, context: bpy.types.Context, *sentences: str, icon: str) -> None:
    column = layout.column(align=True)
    column.scale_y = 0.8  # lines of one sentence, not rows of buttons
    wide = context.region.width / (context.preferences.system.ui_scale or 1.0)  # 0 without a window
    lines = [line for sentence in sentences for line in lines_for(sentence, wide)]
    for number, line in enumerate(lines):
        column.label(text=line, icon=icon if number == 0 else "BLANK1")


class MIRROR_PT_settings(MirrorPanel, bpy.types.Panel):
    """What kind of result is wanted."""

    bl_label = "Settings"
    bl_parent_id = "MIRROR_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout, settings = self.layout, context.scene.mirror
        layout.use_property_split = True
        for name in ("kind", *OF_METHOD[settings.method], "height", "texture_size", "seed", "match_scene"):
            layout.prop(settings, name)
        layout.operator("mirror.load_result", icon="FILE_FOLDER")


OF_METHOD = {
    "fit": ("fast", "detail", "delight"),
    "mirror": ("fast", "model", "detail", "delight"),
    "invert": ("finish", "generator", "detail"),
}
"""Settings that only some methods have."""


class MIRROR_PT_sample(MirrorPanel, bpy.types.Panel):
    """A mesh that no photo shows."""

    bl_label = "Without a Photo"
    bl_parent_id = "MIRROR_PT_main"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the panel."""
        layout, settings = self.layout, context.scene.mirror
        layout.use_property_split = True
        for name in ("sample_kind", "sample_seed", "truncation", "generator"):
            layout.prop(settings, name)
        layout.operator("mirror.sample", icon="SHADERFX")


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
        layout.operator("mirror.transfer_texture", icon="TEXTURE")


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
        if texture := attributes.texture_photo(context.object):
            layout.label(text=f"Texture of: {Path(texture).name}")
        for source in (values.metrics, values.provenance):
            for name, value in json.loads(source or "{}").items():
                if isinstance(value, str | int | float):
                    text = f"{value:.4g}" if isinstance(value, float) else value
                    layout.label(text=f"{name.replace('_', ' ')}: {text}")


CLASSES = (
    MIRROR_PT_main,
    MIRROR_PT_settings,
    MIRROR_PT_sample,
    MIRROR_PT_attributes,
    MIRROR_PT_light,
    MIRROR_PT_provenance,
)
