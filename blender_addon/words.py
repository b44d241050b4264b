"""Sentences in lines that fit a panel. No bpy."""

import textwrap

LETTER = 6.2
"""Pixels of a letter on average, in Blender's own font at its usual size."""
MARGIN = 70
"""Pixels of the sidebar that are not for words: its tabs, a box's borders, an icon."""
POPUP = 100
"""Letters in a line of a pop-up, which Blender makes as wide as its longest line."""


def lines_for(text: str, sidebar: float) -> list[str]:
    """A sentence in lines for a sidebar of so many pixels (of a user interface that is not scaled)."""
    return textwrap.wrap(text, max(12, int((sidebar - MARGIN) / LETTER)))


def for_popup(text: str) -> str:
    """The same words in lines that fit a window."""
    return textwrap.fill(text, POPUP, break_long_words=False, break_on_hyphens=False)
