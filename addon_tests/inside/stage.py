"""What scenarios in a real window share: its areas, events, waiting."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import bpy


def view3d() -> bpy.types.Area:
    """The 3D view."""
    return next(area for area in bpy.context.window_manager.windows[0].screen.areas if area.type == "VIEW_3D")


def region(kind: str) -> bpy.types.Region:
    """The 3D view's region of that kind."""
    return next(region for region in view3d().regions if region.type == kind)


def over_view():
    """Operators called within are called over the 3D view, as by a user."""
    window = bpy.context.window_manager.windows[0]
    return bpy.context.temp_override(window=window, area=view3d(), region=region("WINDOW"))


def press(key: str) -> None:
    """A key, with the mouse over the 3D view."""
    window, area = bpy.context.window_manager.windows[0], view3d()
    x, y = area.x + area.width // 3, area.y + area.height // 2
    window.event_simulate(type="MOUSEMOVE", value="NOTHING", x=x, y=y)
    for value in ("PRESS", "RELEASE"):
        window.event_simulate(type=key, value=value, x=x, y=y)


def until(condition: Callable[[], object], seconds: float = 120.0) -> Iterator[None]:
    """Let Blender go on until that holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s: {condition.__name__}"
        yield


def moments(seconds: float) -> Iterator[None]:
    """Let Blender go on for a while."""
    end = time.monotonic() + seconds
    return until(lambda: time.monotonic() >= end, seconds + 60.0)


def open_sidebar() -> Iterator[None]:
    """Show the add-on's tab."""
    view3d().spaces.active.show_region_ui = True
    yield from moments(0.5)
    region("UI").active_panel_category = "Mirror"
    yield from moments(0.3)


def picture(folder: str, name: str) -> Iterator[None]:
    """Ask whoever watches for a picture of the window, and wait for it."""
    view3d().tag_redraw()
    yield from moments(0.5)
    wanted = Path(folder) / f"{name}.wanted"
    wanted.touch()
    yield from until(lambda: not wanted.exists())


class Draws:
    """Counts how often the 3D view and a search's best so far in it are drawn from now on."""

    def __init__(self, env) -> None:
        self.of_view = self.of_search = 0
        live = env.mirror.session.session.live
        draw = live._draw

        def draw_search() -> None:
            draw()
            self.of_search += 1

        live._draw = draw_search
        bpy.types.SpaceView3D.draw_handler_add(self._count, (), "WINDOW", "POST_PIXEL")

    def _count(self) -> None:
        self.of_view += 1

    def rest(self) -> Iterator[None]:
        """Wait for a second in which the view is not drawn; it is some times after a change, to smooth the edges."""
        for _ in range(20):
            before = self.of_view
            yield from moments(1.0)
            if self.of_view == before:
                return
        raise AssertionError(f"the view is drawn again and again: {self.of_view} times")
