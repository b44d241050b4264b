# pyright: basic, reportMissingImports=false
"""Mirror: from one photo of a garment or person to a textured mesh. The work is done in a process beside Blender."""

import bpy

from . import cli, operators, panel, preferences, properties
from .session import session as running

CLASSES = (*properties.CLASSES, *preferences.CLASSES, *operators.CLASSES, *panel.CLASSES)
"""In the order of registration."""


def register() -> None:
    """Called by Blender when the add-on is switched on."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.register()
    cli.register()


def unregister() -> None:
    """Called by Blender when the add-on is switched off: nothing of it keeps running."""
    running.stop()
    cli.unregister()
    properties.unregister()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
