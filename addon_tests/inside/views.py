"""Scenarios: the attributes of a result, and the operators that change what is seen of it."""

import bpy
import numpy as np
from asking import complaint
from show import load, shape

PLACE = (25.0, 12.0, 2.7, (0.08, -0.1))
"""Camera of the result that all of these load."""


def eye(thing) -> np.ndarray:
    bpy.context.view_layer.update()
    return np.array(thing.mirror.camera.matrix_world.translation)


def group(thing):
    return thing.active_material.node_tree.nodes["Mirror Estimated Light"]


def environment(thing) -> np.ndarray:
    return np.array(thing.mirror.world.node_tree.nodes["Environment"].image.pixels[:])


def camera(env):
    """Each attribute moves the camera as it is typed."""
    thing = load(env)
    values = thing.mirror
    values.azimuth, values.elevation, values.offset, values.distance = 90.0, 0.0, (0.0, 0.0), 2.0
    np.testing.assert_allclose(eye(thing), [2 * values.scale, 0, values.lift], atol=1e-6)
    values.distance = 4.0
    np.testing.assert_allclose(eye(thing), [4 * values.scale, 0, values.lift], atol=1e-6)
    values.elevation = 90.0
    np.testing.assert_allclose(eye(thing), [0, 0, values.lift + 4 * values.scale], atol=1e-6)
    # The camera hangs on the object: both move together.
    thing.location.x += 5.0
    np.testing.assert_allclose(eye(thing), [5.0, 0, values.lift + 4 * values.scale], atol=1e-6)


def light(env):
    """Each coefficient changes material and world; the switch chooses between them."""
    thing = load(env)
    before = environment(thing)
    constant = group(thing).inputs["Constant"].default_value
    thing.mirror.light[0] += 1.0
    assert np.isclose(group(thing).inputs["Constant"].default_value - constant, 0.28209479, atol=1e-6)
    assert environment(thing).mean() > before.mean() * 1.2
    linear = np.array(group(thing).inputs["Linear"].default_value)
    thing.mirror.azimuth += 90.0  # the light is the camera's: it turns with it
    assert not np.allclose(linear, group(thing).inputs["Linear"].default_value)
    switch = thing.active_material.node_tree.nodes["Shading"].inputs["Fac"]
    assert switch.default_value == 0.0
    thing.mirror.shading = "ESTIMATED"
    assert switch.default_value == 1.0


def reset(env):
    """Everything is as estimated again."""
    thing = load(env)
    start, pixels = eye(thing), environment(thing)
    thing.mirror.azimuth, thing.mirror.light[2] = -100.0, 3.0
    bpy.ops.mirror.orbit(frames=4)
    assert bpy.ops.mirror.reset() == {"FINISHED"}
    np.testing.assert_allclose(eye(thing), start, atol=1e-6)
    np.testing.assert_allclose(environment(thing), pixels, atol=1e-6)
    bpy.context.scene.frame_set(3)
    np.testing.assert_allclose(eye(thing), start, atol=1e-6)
    values = thing.mirror
    got = (values.azimuth, values.elevation, values.distance, *values.offset)
    np.testing.assert_allclose(got, [*PLACE[:3], *PLACE[3]], atol=1e-6)


def height(env):
    """Twice the height: mesh, template and camera are twice as large, and the picture is the same."""
    from bpy_extras.object_utils import world_to_camera_view

    thing = load(env, height=0.8)
    scene = bpy.context.scene

    def seen():
        bpy.context.view_layer.update()
        keys = thing.data.shape_keys.key_blocks["Reconstruction"].data
        return np.array([world_to_camera_view(scene, scene.camera, key.co)[:2] for key in keys])

    points, template, place, picture = shape(thing), thing.data.vertices[10].co.copy(), eye(thing), seen()
    assert bpy.ops.mirror.apply_height(height=1.6) == {"FINISHED"}
    np.testing.assert_allclose(shape(thing), 2 * points, atol=1e-6)
    np.testing.assert_allclose(thing.data.vertices[10].co, 2 * template, atol=1e-6)
    np.testing.assert_allclose(eye(thing), 2 * place, atol=1e-6)
    np.testing.assert_allclose(seen(), picture, atol=1e-5)
    assert np.isclose(thing.mirror.height, 1.6)


def orbit(env):
    """Once around at the same distance, beginning at the photo's view, without a jump."""
    thing = load(env)
    start = eye(thing)
    assert bpy.ops.mirror.orbit(frames=36) == {"FINISHED"}
    scene = bpy.context.scene
    assert (scene.frame_start, scene.frame_end) == (1, 36)
    places, turns = [], []
    for frame in range(1, 37):
        scene.frame_set(frame)
        places.append(eye(thing))
        turns.append(np.array(thing.mirror.camera.matrix_world.to_quaternion()))
    np.testing.assert_allclose(places[0], start, atol=1e-6)
    np.testing.assert_allclose(np.array(places)[:, 2], start[2], atol=1e-5)
    radii = np.linalg.norm(np.array(places)[:, :2], axis=1)
    np.testing.assert_allclose(radii, radii[0], rtol=1e-5)
    steps = np.linalg.norm(np.diff(places, axis=0), axis=1)
    np.testing.assert_allclose(steps, 2 * radii[0] * np.sin(np.pi / 36), rtol=1e-3)
    assert (np.abs(np.sum(np.array(turns)[1:] * np.array(turns)[:-1], axis=1)) > 0.99).all()


def novel_views(env):
    """New cameras on the same circle; the photo's own stays the scene's."""
    thing = load(env)
    own = thing.mirror.camera
    assert bpy.ops.mirror.novel_views(count=4) == {"FINISHED"}
    bpy.context.view_layer.update()
    views = [child for child in thing.children if child.type == "CAMERA" and child != own]
    assert len(views) == 4
    np.testing.assert_allclose(views[0].matrix_world, own.matrix_world, atol=1e-5)
    across = np.array(views[0].matrix_world.translation)[:2] + np.array(views[2].matrix_world.translation)[:2]
    np.testing.assert_allclose(across, 0.0, atol=1e-5)
    assert bpy.context.scene.camera == own
    assert np.isclose(views[1].data.lens, own.data.lens)


def deleted(env):
    """Without the camera or the material that was built, what is left still works."""
    thing = load(env)
    bpy.data.objects.remove(thing.mirror.camera)
    thing.mirror.azimuth = 10.0
    assert "was deleted" in complaint(bpy.ops.mirror.orbit)
    thing.active_material.node_tree.nodes.clear()
    thing.mirror.world.node_tree.nodes.clear()
    thing.mirror.azimuth = 20.0
    assert bpy.ops.mirror.reset() == {"FINISHED"}
