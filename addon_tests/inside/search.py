"""Scenarios: searches that show their best so far and may keep it; meshes without a photo; textures exchanged."""

import json
from pathlib import Path

import bpy
import numpy as np
from asking import complaint
from show import image_name, load, shape
from work import Modal, choose_photo, contents


def begin(env) -> Modal:
    """A search in the middle, with something to show."""
    choose_photo(env).method = "invert"
    modal = Modal(env.mirror)
    modal.until(lambda: modal.session.live.preview is not None and modal.session.live.preview.step > 1)
    return modal


def kept(env):
    """One Esc, or the button, makes the best so far the result."""
    for how in ("escape", "button"):
        modal = begin(env)
        task, folder = modal.session.task, Path(modal.session.live.preview.picture).parent
        assert tuple(modal.session.live.picture.image_size) == (256, 256)
        assert task.cancel_label == "Stop and Keep the Best"
        assert modal.slowest < 0.5, modal.slowest  # a preview does not hold Blender up
        if how == "escape":
            assert modal.event("ESC", "PRESS") == {"RUNNING_MODAL"}
        else:
            assert bpy.ops.mirror.cancel() == {"FINISHED"}
        assert task.status.what == "Keeping the best so far"
        assert modal.until(lambda: False) == {"FINISHED"}, modal.said
        assert bpy.context.object.mirror.is_result
        assert modal.session.task is None
        assert modal.session.live.picture is None
        assert not folder.exists()


def dropped(env):
    """Esc twice leaves the scene alone, even if the worker would go on for ever."""
    before = contents()
    choose_photo(env).method = "invert"
    before["images"] = contents()["images"]
    modal = Modal(env.mirror)
    modal.until(lambda: modal.session.live.preview is not None)
    folder = Path(modal.session.live.preview.picture).parent
    for _ in range(2):
        assert modal.event("ESC", "PRESS") == {"RUNNING_MODAL"}
    assert modal.until(lambda: False) == {"CANCELLED"}
    assert contents() == before
    assert modal.session.failure is None
    assert modal.session.live.picture is None
    assert not folder.exists()


def jobs(env):
    """Each method is the worker's job that it names, with the settings that it has."""
    settings = choose_photo(env)
    jobs = env.mirror.operators.jobs
    settings.kind, settings.seed, settings.detail, settings.texture_size = "person", 7, "642", 128
    asked = {}
    for method in ("fit", "mirror", "invert"):
        settings.method = method
        job = jobs.photo_job(settings)
        assert job.photo == env.photo
        asked[method] = (job.kind, job.settings)
        common = {"kind": "person", "seed": 7, "vertices": 642, "texture_size": 128, "device": "auto"}
        assert common.items() <= job.settings.items(), job.settings
    assert asked["fit"][0] == asked["mirror"][0] == "reconstruct"
    assert asked["fit"][1]["start"] == "outline"
    assert asked["mirror"][1]["start"] == "auto"
    assert asked["invert"][0] == "invert"
    assert asked["invert"][1]["finish"] == "fit"
    assert asked["invert"][1]["keep_best"] is True
    settings.model = settings.generator = "//own"
    settings.finish = False
    assert jobs.photo_job(settings).settings["finish"] == "none"
    assert jobs.photo_job(settings).settings["model"].endswith("own")
    settings.method = "mirror"
    assert jobs.photo_job(settings).settings["start"] == "model"
    settings.generator = ""
    settings.sample_kind, settings.sample_seed = "person", 3
    job = jobs.sample_job(settings)
    assert (job.kind, job.photo) == ("sample", "")
    own = {"model": "convmesh-people", "kind": "person", "seed": 3, "truncation": 1.0}
    assert job.settings == {**own, "vertices": 642, "texture_size": 128}


def sample(env):
    """No photo is needed; the next press takes the next seed."""
    settings = bpy.context.scene.mirror
    assert settings.photo is None
    assert bpy.ops.mirror.sample() == {"FINISHED"}
    assert bpy.context.object.mirror.is_result
    assert settings.sample_seed == 1


def both(env):
    """Two results of different vertex counts, both selected; the coarse one is active."""
    assert bpy.ops.mirror.load_result(directory=env.other) == {"FINISHED"}
    other = bpy.context.object
    thing = load(env)
    other.select_set(True)
    return thing, other


def transfer(env):
    """The active result wears the other's texture; all else of both is as it was."""
    # One map for all vertex counts: a vertex has the same place in the picture whatever the mesh's detail.
    coarse, fine = (np.load(Path(folder) / "uv.npy")[:642] for folder in (env.result, env.other))
    np.testing.assert_array_equal(coarse, fine)

    thing, other = both(env)
    points, light = shape(thing), tuple(thing.mirror.light)
    material, picture = thing.active_material, image_name(thing)
    sharing = bpy.data.objects.new("Sharing", thing.data.copy())
    assert bpy.ops.mirror.transfer_texture() == {"FINISHED"}
    image = bpy.data.images[image_name(thing)]
    assert image.packed_file.data == (Path(env.other) / "texture.png").read_bytes()
    assert image_name(other) == image.name
    assert sharing.active_material == material
    assert image_name(sharing) == picture
    np.testing.assert_array_equal(shape(thing), points)
    assert tuple(thing.mirror.light) == light
    before = thing.active_material.node_tree.nodes["Mirror Estimated Light"].inputs["Linear"].default_value[:]
    thing.mirror.azimuth += 90.0  # the copy of the material still follows the attributes
    after = thing.active_material.node_tree.nodes["Mirror Estimated Light"].inputs["Linear"].default_value[:]
    assert before != after
    worn = json.loads(thing.mirror.provenance)["settings"]
    assert worn == {
        "vertices": 642,
        "texture_photo": env.other_photo,
        "texture_photo_sha256": other.mirror.photo_sha256,
    }
    # Handed on, it is still the other's.
    thing.select_set(True)
    third = load(env)
    thing.select_set(True)
    assert bpy.ops.mirror.transfer_texture() == {"FINISHED"}
    assert json.loads(third.mirror.provenance)["settings"] == worn


def undone(env):
    """One undo takes the texture back and nothing else, one redo gives it again."""
    thing, other = both(env)
    name, own, given = thing.name, image_name(thing), image_name(other)
    material = thing.active_material.name
    bpy.ops.ed.undo_push(message="before")
    assert bpy.ops.mirror.transfer_texture() == {"FINISHED"}
    bpy.ops.ed.undo_push(message="after")  # Blender itself does so for what a user presses
    assert bpy.ops.ed.undo() == {"FINISHED"}
    thing = bpy.data.objects[name]  # undo makes all things anew
    assert (image_name(thing), thing.active_material.name) == (own, material)
    assert "texture_photo" not in thing.mirror.provenance
    assert bpy.ops.ed.redo() == {"FINISHED"}
    assert image_name(bpy.data.objects[name]) == given


def not_transferred(env):
    """Anything but two results, one of them active, is refused; so is a material that was taken apart."""
    operator = bpy.ops.mirror.transfer_texture
    thing, other = both(env)
    assert operator.poll()
    bpy.ops.mesh.primitive_cube_add()
    thing.select_set(True)
    assert not operator.poll()
    other.select_set(True)
    assert not operator.poll()  # the cube is active
    bpy.context.view_layer.objects.active = thing
    assert operator.poll()  # a cube that happens to be selected, too, is in nobody's way
    material = thing.active_material
    other.active_material.node_tree.nodes.clear()
    assert "is not the one that Mirror built" in complaint(operator)
    assert thing.active_material == material
