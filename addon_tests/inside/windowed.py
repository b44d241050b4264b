"""Runs one scenario in a real window: blender --python windowed.py -- REQUEST ANSWER, JSON files as of harness.py.

A scenario here is a generator: at each `yield` Blender goes on with its own work, draws and hears events.
"""

import importlib
import json
import os
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from harness import install

TICK = 0.02
"""Seconds from one step of a scenario to the next."""


class Clock:
    """How long Blender's main loop took from one tick to the next."""

    def __init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self._last, self.gaps = time.monotonic(), []

    def tick(self) -> None:
        now = time.monotonic()
        self.gaps.append(now - self._last - TICK)
        self._last = now


def begin(request: dict, clock: Clock) -> Iterator[None]:
    """Install the add-on and call the scenario."""
    mirror = install(request["zip"])
    preferences = bpy.context.preferences.addons["bl_ext.user_default.mirror"].preferences
    preferences.interpreter = request["interpreter"]
    scenario = getattr(importlib.import_module(request["module"]), request["names"][0])
    return scenario(SimpleNamespace(mirror=mirror, preferences=preferences, clock=clock, **request["given"]))


def main() -> None:
    """Begin once the window is there."""
    request_file, answer_file = map(Path, sys.argv[sys.argv.index("--") + 1 :])
    request, clock = json.loads(request_file.read_text()), Clock()
    steps: list[Iterator[None]] = []

    def end(answer: dict) -> None:
        answer_file.write_text(json.dumps(answer))
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)

    def tick() -> float:
        clock.tick()
        try:
            if not steps:
                steps.append(begin(request, clock))
            next(steps[0])
        except StopIteration as done:
            end({"returned": done.value})
        except BaseException:
            end({"error": traceback.format_exc()})
        return TICK

    bpy.context.preferences.view.show_splash = False
    bpy.app.timers.register(tick, first_interval=0.5, persistent=True)


main()
