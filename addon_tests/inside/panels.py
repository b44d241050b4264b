"""Scenarios for docs/draw_panels.py: the window at moments worth a picture."""

from collections.abc import Iterator

import bpy
from mathutils import Euler
from stage import open_sidebar, over_view, picture, until, view3d

LONG = 900.0
"""Seconds that a real job may take, with kernels that are compiled for the first time."""


def begin(env, method: str) -> Iterator[None]:
    """The photo chosen in an empty scene, and the work begun."""
    yield from open_sidebar()
    for thing in list(bpy.data.objects):
        bpy.data.objects.remove(thing)
    shading = view3d().spaces.active.shading
    shading.color_type, shading.light = "TEXTURE", "FLAT"
    with over_view():
        assert bpy.ops.mirror.import_photo(filepath=env.photo) == {"FINISHED"}
        bpy.context.scene.mirror.method = method
        assert bpy.ops.mirror.reconstruct("INVOKE_DEFAULT") == {"RUNNING_MODAL"}


def look(azimuth: float, distance: float, middle: tuple[float, float, float]) -> None:
    """Look at a point from so many radians to its left side."""
    view = view3d().spaces.active.region_3d
    view.view_perspective = "PERSP"
    view.view_location, view.view_distance = middle, distance
    view.view_rotation = Euler((1.35, 0.0, azimuth)).to_quaternion()


def result(env) -> Iterator[None]:
    """A reconstruction, through the photo's camera and from the side."""
    session = env.mirror.session.session
    yield from begin(env, "mirror")
    yield from until(lambda: session.task is None, LONG)
    assert session.failure is None, session.failure
    view3d().spaces.active.region_3d.view_perspective = "CAMERA"
    yield from picture(env.tmp, "panel")
    look(-0.6, 1.3, (0.06, 0.0, 0.35))
    yield from picture(env.tmp, "result")


def search(env) -> Iterator[None]:
    """A search for the photo of a person at that step."""
    session = env.mirror.session.session
    yield from begin(env, "invert")
    look(-0.4, 4.2, (0.25, 0.0, 0.85))
    live = session.live
    yield from until(lambda: session.task is None or (live.preview and live.preview.step >= env.step), LONG)
    assert session.task is not None, f"ended before step {env.step}: {session.failure}"
    yield from picture(env.tmp, "inversion_panel")
