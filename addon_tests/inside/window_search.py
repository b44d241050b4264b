"""Scenarios in a real window: a search that is watched, kept by Esc and undone; what waiting costs; an error."""

from collections.abc import Iterator
from pathlib import Path

import bpy
from stage import Draws, moments, open_sidebar, over_view, press, until
from work import choose_photo, contents


def begin(env) -> Iterator[None]:
    """The panel's photo, and the work begun as by its button."""
    yield from open_sidebar()
    with over_view():
        choose_photo(env).method = "invert"
        bpy.ops.ed.undo_push(message="Chosen")
        assert bpy.ops.mirror.reconstruct("INVOKE_DEFAULT") == {"RUNNING_MODAL"}
    env.session = env.mirror.session.session


def objects() -> set[str]:
    return {thing.name for thing in bpy.data.objects}


def kept(env) -> Iterator[None]:
    """The best so far is drawn as it changes; Esc makes it the result, which is one undo step."""
    before = objects()
    yield from begin(env)
    live, drawn = env.session.live, Draws(env)
    yield from until(lambda: live.preview is not None and live.preview.step > env.steps)
    yield from moments(0.3)
    assert drawn.of_search > 0
    assert objects() == before
    folder = Path(live.preview.picture).parent
    press("ESC")
    yield from until(lambda: env.session.task is None)
    assert env.session.failure is None, env.session.failure
    assert bpy.context.object.mirror.is_result
    assert (live.picture, folder.exists()) == (None, False)
    made = objects()
    assert made != before
    seen = drawn.of_search
    for operator, expected in ((bpy.ops.ed.undo, before), (bpy.ops.ed.redo, made)):
        with over_view():
            assert operator() == {"FINISHED"}
        assert objects() == expected
    yield from moments(0.3)
    assert drawn.of_search == seen  # nothing of it is left in the view
    return {"longest gap": max(env.clock.gaps)}


def dropped(env) -> Iterator[None]:
    """Esc twice leaves nothing."""
    yield from begin(env)
    before = contents()
    yield from until(lambda: env.session.live.preview is not None)
    for _ in range(2):
        press("ESC")
        yield
    yield from until(lambda: env.session.task is None)
    assert contents() == before
    assert env.session.failure is None


def waited(env) -> Iterator[None]:
    """While there is nothing new the view is not drawn, however long that takes; Esc is heard at once."""
    yield from begin(env)
    yield from until(lambda: env.session.task.status.done)
    env.clock.restart()
    yield from Draws(env).rest()
    gap = max(env.clock.gaps)
    press("ESC")
    yield from until(lambda: env.session.task is None, 5.0)
    return {"longest gap": gap}


def refused(env) -> Iterator[None]:
    """A job that fails leaves the scene as it was, and a sentence in the panel."""
    yield from begin(env)
    before = contents()
    yield from until(lambda: env.session.task is None)
    assert contents() == before
    assert "The photo is empty" in str(env.session.failure)
    yield from moments(0.3)
