"""Scenarios: words that fit where they stand, measured in Blender's own font."""

import blf
import bpy

NAME, CHECK = 84, 104
"""Pixels for a name before its value, and for one behind a check box, in a sidebar as wide as it is at first."""


def wide(text: str) -> float:
    """Pixels of a line in a panel."""
    blf.size(0, bpy.context.preferences.ui_styles[0].widget.points)
    return blf.dimensions(0, text)[0]


def sentences(env):
    """No line is wider than the sidebar it is for."""
    words = env.mirror.words
    for sidebar in (160, 260, 500):
        for text in env.texts:
            lines = words.lines_for(text, sidebar)
            assert " ".join(lines).replace(" ", "") == text.replace(" ", "")
            for line in lines:
                assert wide(line) <= sidebar - words.MARGIN + 20, (sidebar, line)


def names(env):
    """No setting's name is cut off."""
    panel = env.mirror.panel
    shown = {name for of_method in panel.OF_METHOD.values() for name in of_method}
    shown |= {"kind", "height", "texture_size", "seed", "match_scene", "sample_kind", "sample_seed", "truncation"}
    properties = type(bpy.context.scene.mirror).bl_rna.properties
    for name in shown:
        room = CHECK if properties[name].type == "BOOLEAN" else NAME
        assert wide(properties[name].name) <= room, (name, wide(properties[name].name))
