"""Scenarios: reconstruction through the installed add-on, with real workers and with bad ones."""

import os
import time
from pathlib import Path
from types import SimpleNamespace

import bpy
import numpy as np
from asking import complaint

KINDS = ("objects", "meshes", "materials", "images", "cameras", "worlds", "collections", "node_groups")


def contents() -> dict:
    scene = bpy.context.scene
    settings = (scene.camera, scene.world, scene.render.resolution_x, scene.view_settings.view_transform)
    return {**{kind: set(getattr(bpy.data, kind)) for kind in KINDS}, "scene": settings}


def choose_photo(env):
    assert bpy.ops.mirror.import_photo(filepath=env.photo) == {"FINISHED"}
    return bpy.context.scene.mirror


def easy(settings):
    """As little work as still makes a result."""
    settings.detail, settings.texture_size = "642", 128


def gone(process_id: int, seconds: float = 5.0) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False


def reconstruct(env):
    """Photo to object by the real worker; a second one by the same process; nothing left once switched off."""
    settings = choose_photo(env)
    easy(settings)
    start = time.monotonic()
    assert bpy.ops.mirror.reconstruct() == {"FINISHED"}
    first = time.monotonic() - start
    session = env.mirror.session.session
    process = session.client._process.pid
    thing = bpy.context.object
    assert len(thing.data.vertices) == 642
    assert thing.mirror.photo_sha256
    assert session.task is None
    iou = outline_iou(env)  # now, while nothing stands beside it
    start = time.monotonic()
    assert bpy.ops.mirror.reconstruct() == {"FINISHED"}
    second = time.monotonic() - start
    assert session.client._process.pid == process
    bpy.ops.preferences.addon_disable(module="bl_ext.user_default.mirror")
    assert gone(process)
    return {"iou": iou, "first": first, "second": second}


def outline_iou(env) -> float:
    """Of the scene through its camera, rendered by Cycles, with the mask that the photo was drawn from."""
    from rendering import cycles

    truth = np.load(env.mask_array) > 0.5
    rendered = cycles(samples=8, transparent=True)[..., 3] > 0.5
    return float((rendered & truth).sum() / (rendered | truth).sum())


def painted_mask(env):
    """A mask painted in Blender, which no file has, is used; of another size it is refused."""
    settings = choose_photo(env)
    easy(settings)
    truth = np.load(env.mask_array)
    height, width = truth.shape
    mask = bpy.data.images.new("Painted", width, height)
    mask.colorspace_settings.name = "Non-Color"
    pixels = np.ones((height, width, 4), dtype=np.float32)
    pixels[..., :3] = truth[::-1, :, None]
    mask.pixels.foreach_set(pixels.ravel())
    settings.mask = mask
    assert bpy.ops.mirror.reconstruct() == {"FINISHED"}
    assert '"mask_method": "file"' in bpy.context.object.mirror.provenance

    settings.mask = bpy.data.images.new("Small", 8, 8)
    before = contents()
    assert "is 8 x 8 pixels, but the photo is" in complaint(bpy.ops.mirror.reconstruct)
    assert contents() == before


def rotated(env):
    """A photo stored on its side is seen upright, in the mesh and behind it."""
    settings = choose_photo(env)
    easy(settings)
    assert bpy.ops.mirror.reconstruct() == {"FINISHED"}
    values = bpy.context.object.mirror
    background = values.camera.data.background_images[0].image
    assert tuple(values.photo_size) == tuple(background.size)
    assert tuple(background.size) == tuple(reversed(settings.photo.size))
    assert background.packed_file is not None


def refused(env):
    """Whatever the interpreter, the scene is untouched, the user gets a sentence, and the panel has it too."""
    choose_photo(env)
    limits = env.mirror.worker_client.Limits(hello=20, silence=1, cancel=0.3, farewell=0.3)
    env.mirror.session.WorkerClient.__init__.__defaults__ = (limits, ("-m", "mirror_core.worker"))
    session = env.mirror.session.session
    for interpreter, expected in env.cases:
        env.preferences.interpreter = interpreter
        before = contents()
        words = complaint(bpy.ops.mirror.reconstruct)
        assert expected in words, (interpreter, words)
        assert contents() == before
        assert expected in str(session.failure)
        assert session.task is None
        assert bpy.ops.mirror.copy_details.poll()


def again_after_failure(env):
    """After a worker that crashed, the next attempt with a good one works."""
    choose_photo(env)
    assert "ended with code 9" in complaint(bpy.ops.mirror.reconstruct)
    env.preferences.interpreter = env.good
    assert bpy.ops.mirror.reconstruct() == {"FINISHED"}
    assert env.mirror.session.session.failure is None


def no_file(env):
    """The photo's file was deleted after it was chosen."""
    choose_photo(env)
    Path(env.photo).unlink()
    before = contents()
    assert "has no file" in complaint(bpy.ops.mirror.reconstruct)
    assert contents() == before


def unwritable(env):
    """The folder for results cannot be made."""
    choose_photo(env)
    env.preferences.folder = str(Path(env.photo) / "below a file")
    before = contents()
    assert "cannot be made" in complaint(bpy.ops.mirror.reconstruct)
    assert contents() == before


def kept(env):
    """With a results folder, the result's files stay, and build the same again."""
    choose_photo(env)
    env.preferences.folder = str(Path(env.tmp) / "kept")
    assert bpy.ops.mirror.reconstruct() == {"FINISHED"}
    (folder,) = (path for path in (Path(env.tmp) / "kept").iterdir() if path.is_dir())
    assert bpy.ops.mirror.load_result(directory=str(folder)) == {"FINISHED"}


class Modal:
    """The Reconstruct operator as a window would drive it: events instead of a loop."""

    def __init__(self, mirror):
        reconstruct = mirror.operators.reconstruct
        operator, base = reconstruct.MIRROR_OT_reconstruct, reconstruct.JobOperator
        self.kind = type("Stand", (base,), {"job": operator.job, "verb": operator.verb, "report": self.report})
        self.stand, self.session = self.kind(), mirror.session.session
        self.said, self.slowest = [], 0.0
        self.session.task = self.stand.start(bpy.context)

    def report(self, level, text):
        self.said.append((level, text))

    def event(self, kind="TIMER", value="NOTHING"):
        start = time.monotonic()
        answer = self.stand.modal(bpy.context, SimpleNamespace(type=kind, value=value))
        self.slowest = max(self.slowest, time.monotonic() - start)
        return answer

    def until(self, condition, seconds=20.0):
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end
            answer = self.event()
            if answer != {"PASS_THROUGH"}:
                return answer
            time.sleep(0.02)
        return None


def modal_cancel(env):
    """Esc and the button stop it in a moment; the scene is as before; other events pass through."""
    choose_photo(env)
    for how in ("escape", "button"):
        before = contents()
        modal = Modal(env.mirror)
        modal.until(lambda modal=modal: modal.session.task.status.done)
        assert modal.event("MOUSEMOVE") == {"PASS_THROUGH"}
        start = time.monotonic()
        if how == "escape":
            assert modal.event("ESC", "PRESS") == {"RUNNING_MODAL"}
        else:
            assert bpy.ops.mirror.cancel() == {"FINISHED"}
        assert modal.until(lambda: False) == {"CANCELLED"}
        took = time.monotonic() - start
        assert took < env.allowed, took
        assert contents() == before
        assert modal.session.task is None
        assert modal.session.failure is None
        assert modal.slowest < 0.1, modal.slowest


def drawn_for_news(env):
    """The views are drawn again when there is something new to see, and only then."""
    choose_photo(env)
    base, calls = env.mirror.operators.base, []
    base.redraw = lambda **options: calls.append(options)
    modal = Modal(env.mirror)
    modal.until(lambda: modal.session.task.status.done)
    modal.event()
    assert {"sidebar_only": True} in calls
    del calls[:]
    for _ in range(10):
        modal.event()
    assert calls == []
    modal.session.task.cancel()
    modal.until(lambda: False)
    assert calls[-1] == {}


def modal_finish(env):
    """Blender is never held up for long while the worker works; then the object is there."""
    choose_photo(env)
    easy(bpy.context.scene.mirror)
    modal = Modal(env.mirror)
    answer = modal.until(lambda: False, seconds=200)
    assert answer == {"FINISHED"}, modal.said
    assert bpy.context.object.mirror.is_result


def killed(env):
    """The real worker is killed in the middle of a job."""
    choose_photo(env)
    before = contents()
    modal = Modal(env.mirror)
    modal.until(lambda: modal.session.task.status.done > 2, seconds=200)
    modal.session.client._process.kill()
    assert modal.until(lambda: False) == {"CANCELLED"}
    assert contents() == before
    assert "in the middle of the job" in modal.said[-1][1]
    easy(bpy.context.scene.mirror)
    assert bpy.ops.mirror.reconstruct() == {"FINISHED"}


def file_opened_meanwhile(env):
    """Blender ends the operator when another file is opened: the worker goes with it."""
    choose_photo(env)
    modal = Modal(env.mirror)
    modal.until(lambda: modal.session.task.status.done)
    process = modal.session.client._process.pid
    modal.stand.cancel(bpy.context)
    assert gone(process)
    assert modal.session.task is None


def switched_off_meanwhile(env):
    """Switching the add-on off in the middle of a job ends the worker."""
    choose_photo(env)
    modal = Modal(env.mirror)
    modal.until(lambda: modal.session.task.status.done)
    process = modal.session.client._process.pid
    bpy.ops.preferences.addon_disable(module="bl_ext.user_default.mirror")
    assert gone(process)


def command_line(env):
    """`blender --command mirror ...` is the command mirror, exit code included."""
    code = env.mirror.cli.run(env.arguments)
    env.preferences.interpreter = "/nowhere/python"
    assert env.mirror.cli.run(["info"]) == 2
    return code
