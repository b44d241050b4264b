# pyright: basic, reportMissingImports=false
"""What all operators share: errors as sentences, and long work that leaves Blender alive."""

import time
import traceback
from typing import Any

import bpy

from ..errors import AddonError, CancelledError
from ..session import redraw, session
from ..tasks import Task
from ..words import for_popup

POLL_SECONDS = 0.05


def refuse(operator: bpy.types.Operator, error: Exception) -> set[str]:
    """Show an error in the status bar and the panel, and give the operator's answer."""
    if isinstance(error, CancelledError):
        operator.report({"INFO"}, str(error))
        return {"CANCELLED"}
    if not isinstance(error, AddonError):
        text = f"Mirror met a fault of its own: {type(error).__name__}: {error}"
        error = AddonError(text, "Please report it with the details.", "".join(traceback.format_exception(error)))
    session.failure = error
    # In a window it pops up, where a long line would run out of it.
    operator.report({"ERROR"}, str(error) if bpy.app.background else for_popup(str(error)))
    return {"CANCELLED"}


class SafeOperator:
    """An operator whose `run` may raise; every error becomes one sentence."""

    def execute(self, context: bpy.types.Context) -> set[str]:
        """Do it."""
        try:
            self.run(context)
        except Exception as error:  # an operator is a border: nothing passes it but words
            return refuse(self, error)
        return {"FINISHED"}

    def run(self, context: bpy.types.Context) -> None:
        """What the operator does."""
        raise NotImplementedError


class TaskOperator:
    """An operator that waits for a task: with a timer in a window, by blocking without one."""

    _timer: Any = None
    _drawn: Any = None
    """The status that the panel shows."""
    poll_message_set: Any

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """One task at a time."""
        if session.task is not None:
            cls.poll_message_set("Wait for the work in hand, or cancel it")
            return False
        return True

    def start(self, context: bpy.types.Context) -> Task:
        """Begin the work."""
        raise NotImplementedError

    def finish(self, context: bpy.types.Context, task: Any) -> None:
        """Take what the work made."""
        raise NotImplementedError

    def begin(self, context: bpy.types.Context) -> set[str]:
        """Start, and wait in `modal`; without a window wait here."""
        session.failure = None
        try:
            session.task = self.start(context)
        except Exception as error:
            return refuse(self, error)
        if bpy.app.background or context.window is None:
            return self._wait(context)
        self._timer = context.window_manager.event_timer_add(POLL_SECONDS, window=context.window)
        context.window_manager.modal_handler_add(self)
        redraw()
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[str]:
        """Called by Blender for every event while the task runs."""
        if session.task is None:  # the add-on was switched off and on meanwhile
            return self._end(context, {"CANCELLED"})
        if event.type == "ESC" and event.value == "PRESS":
            session.task.cancel()
            return {"RUNNING_MODAL"}
        if event.type != "TIMER":
            return {"PASS_THROUGH"}
        before = session.live.preview
        answer = self._step(context)
        if answer is not None:
            return self._end(context, answer)
        self._redraw_news(before)
        return {"PASS_THROUGH"}

    def cancel(self, context: bpy.types.Context) -> None:
        """Called by Blender when another file is opened, or it is closed, in the middle."""
        if session.task is not None:
            session.task.cancel()
        session.stop_worker()
        self._end(context, {"CANCELLED"})

    def _redraw_news(self, preview: Any) -> None:
        """Draw what has changed, and no more: a view full of things, drawn twenty times a second, slows the worker."""
        if session.live.preview is not preview:
            redraw()
        elif session.task.status is not self._drawn:
            redraw(sidebar_only=True)
        self._drawn = session.task.status

    def _wait(self, context: bpy.types.Context) -> set[str]:
        while (answer := self._step(context)) is None:
            time.sleep(POLL_SECONDS)
        return self._end(context, answer)

    def _step(self, context: bpy.types.Context) -> set[str] | None:
        """The operator's answer once the task has ended, one way or another."""
        try:
            if not session.task.poll():
                session.live.show(session.task.preview, context.scene.mirror.height)
                return None
            self.finish(context, session.task)
        except Exception as error:
            return refuse(self, error)
        return {"FINISHED"}

    def _end(self, context: bpy.types.Context, answer: set[str]) -> set[str]:
        session.task = None
        session.live.clear()
        if self._timer is not None:
            context.window_manager.event_timer_remove(self._timer)
            self._timer = None
        redraw()
        return answer
