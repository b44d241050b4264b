"""Scenarios: what a result becomes in Blender."""

import hashlib
import json
from pathlib import Path

import bpy
import numpy as np
from asking import complaint
from bpy_extras.object_utils import world_to_camera_view
from mathutils import Vector
from rendering import cycles


def load(env, **options):
    assert bpy.ops.mirror.load_result(directory=env.result, **options) == {"FINISHED"}
    return bpy.context.object


def points(block) -> np.ndarray:
    values = np.empty(3 * len(block), dtype=np.float32)
    block.foreach_get("co", values)
    return values.reshape(-1, 3)


def shape(thing) -> np.ndarray:
    return points(thing.data.shape_keys.key_blocks["Reconstruction"].data)


def array(env, name) -> np.ndarray:
    return np.load(Path(env.result) / f"{name}.npy")


def mesh(env):
    """Vertex order, faces and UV are the files'; it stands on the ground in metres, facing -y."""
    thing = load(env)
    source = array(env, "vertices")
    scale = 0.7 / np.ptp(source[:, 1])
    x, y, z = scale * source.T
    expected = np.stack([x, -z, y - y.min()], axis=-1)
    np.testing.assert_allclose(shape(thing), expected, atol=1e-6)
    keys = thing.data.shape_keys.key_blocks
    assert [(key.name, key.value) for key in keys][1] == ("Reconstruction", 1.0)
    assert keys[0].name == "Template"
    assert thing.data.shape_keys.reference_key == keys[0]
    x, y, z = scale * array(env, "template_vertices").T
    np.testing.assert_allclose(points(keys[0].data)[:, :2], np.stack([x, -z], axis=-1), atol=1e-6)

    faces = np.empty(3 * len(thing.data.polygons), dtype=np.int32)
    thing.data.loops.foreach_get("vertex_index", faces)
    np.testing.assert_array_equal(faces.reshape(-1, 3), array(env, "faces"))
    uv = np.empty(2 * len(faces), dtype=np.float32)
    thing.data.uv_layers["UVMap"].uv.foreach_get("vector", uv)
    np.testing.assert_array_equal(uv.reshape(-1, 3, 2), array(env, "uv")[array(env, "uv_faces")])
    assert not thing.data.validate(verbose=True)

    evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get()).to_mesh()
    np.testing.assert_allclose(points(evaluated.vertices), shape(thing), atol=1e-6)
    assert thing.select_get()
    assert bpy.context.scene.camera.parent == thing


def height(env):
    thing = load(env, height=1.25)
    assert np.isclose(shape(thing)[:, 2].max(), 1.25, atol=1e-5)
    assert np.isclose(shape(thing)[:, 2].min(), 0.0, atol=1e-5)


def material(env):
    """The texture is in the .blend file, pixel for pixel, and on the Principled shader."""
    thing = load(env)
    nodes = thing.active_material.node_tree.nodes
    principled = next(node for node in nodes if node.type == "BSDF_PRINCIPLED")
    image = principled.inputs["Base Color"].links[0].from_node.image
    source = (Path(env.result) / "texture.png").read_bytes()
    assert image.packed_file.data == source
    assert image.colorspace_settings.name == "sRGB"
    assert nodes["Confidence"].image.packed_file is not None
    path = Path(env.tmp) / "saved.blend"
    bpy.ops.wm.save_as_mainfile(filepath=str(path))
    bpy.ops.wm.open_mainfile(filepath=str(path))
    thing = bpy.context.object
    assert bpy.data.images[image_name(thing)].packed_file.data == source
    assert thing.mirror.camera is not None
    return thing.mirror.is_result


def image_name(thing) -> str:
    return thing.active_material.node_tree.nodes["Texture"].image.name


def provenance(env):
    values = load(env).mirror
    assert values.photo == env.result_photo
    assert values.photo_sha256 == hashlib.sha256(Path(env.result_photo).read_bytes()).hexdigest()
    assert values.kind == "garment"
    assert json.loads(values.metrics) == {"mask_iou": 0.987}
    assert json.loads(values.provenance)["seed"] == 7
    np.testing.assert_allclose(values.crop, [90, 30, 160])
    assert tuple(values.photo_size) == (300, 220)


def overlay(env):
    """Through the Blender camera every vertex falls on the pixel where the library has it."""
    thing = load(env)
    scene, camera = bpy.context.scene, bpy.context.scene.camera
    assert (scene.render.resolution_x, scene.render.resolution_y) == (300, 220)
    background = camera.data.background_images[0]
    assert camera.data.show_background_images
    assert bpy.path.abspath(background.image.filepath) == env.result_photo
    seen = np.array([world_to_camera_view(scene, camera, thing.matrix_world @ Vector(co)) for co in shape(thing)])
    pixels = np.stack([seen[:, 0] * 300, (1 - seen[:, 1]) * 220], axis=-1)
    wanted = np.load(env.render)
    np.testing.assert_allclose(pixels, wanted["projected"], atol=0.01)

    rendered = cycles(samples=16, transparent=True)[..., 3] > 0.5
    truth = wanted["mask"] > 0.5
    return float((rendered & truth).sum() / (rendered | truth).sum())


def light(env):
    """How far Cycles' renders are from the library's, in sRGB 0..1, inside both outlines: mean and 99th percentile."""
    thing = load(env)
    wanted = np.load(env.render)
    truth = wanted["mask"] > 0.5
    answer = {}
    for shading, samples in (("ESTIMATED", 16), ("LIT", 128)):
        thing.mirror.shading = shading
        picture = cycles(samples=samples, transparent=True)
        both = truth & (picture[..., 3] > 0.999)
        assert both.sum() > 0.9 * truth.sum()
        error = np.abs(picture[..., :3] - wanted["colour"])[both]
        answer[shading] = [float(error.mean()), float(np.quantile(error, 0.99))]
    return answer


def without_matching(env):
    """With the scene's settings left alone, they stay as they are."""
    scene = bpy.context.scene
    before = (scene.render.resolution_x, scene.camera, scene.world, scene.view_settings.view_transform)
    load(env, match_scene=False)
    assert before == (scene.render.resolution_x, scene.camera, scene.world, scene.view_settings.view_transform)


def twice(env):
    """Two results share the scene, and nothing but the node group."""
    first, second = load(env), load(env)
    assert first.data != second.data
    assert first.active_material != second.active_material
    second.mirror.azimuth = 90
    assert first.mirror.azimuth == 25
    assert first.mirror.camera != second.mirror.camera
    assert len(bpy.data.node_groups) == 1


def beside(env):
    """A new result stands beside the earlier ones that are seen, its camera with it; alone it is at the origin."""
    first, second, third = load(env), load(env), load(env)
    edges = [extent(thing) for thing in (first, second, third)]
    assert first.location.x == 0.0
    np.testing.assert_allclose([edges[1][0] - edges[0][1], edges[2][0] - edges[1][1]], 0.1, atol=1e-5)
    for thing in (first, second, third):
        assert thing.mirror.camera.parent == thing
    second.hide_set(True)
    assert load(env).location.x == second.location.x
    first.location.y = 5.0
    assert load(env).location.x == 0.0


def extent(thing) -> tuple[float, float]:
    """The least and the greatest x."""
    across = shape(thing)[:, 0] + thing.location.x
    return float(across.min()), float(across.max())


def damaged(env):
    """A damaged result is refused in a sentence, and leaves nothing behind."""
    kinds = ("objects", "meshes", "materials", "images", "cameras", "worlds", "collections", "node_groups")
    before = {kind: set(getattr(bpy.data, kind)) for kind in kinds}
    for name, content, words in (
        ("texture.png", None, "has no texture.png"),
        ("vertices.npy", b"\x93NUMPY broken", "damaged"),
        ("result.json", b"{", "damaged"),
        ("result.json", b'{"format": 99}', "format 99"),
        ("result.json", None, "no result.json"),
        ("texture.png", b"not a picture", "texture.png"),
    ):
        folder = copied(env)
        if content is None:
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(content)
        assert words in complaint(bpy.ops.mirror.load_result, directory=str(folder))
        assert before == {kind: set(getattr(bpy.data, kind)) for kind in kinds}, (name, content)


def copied(env) -> Path:
    import shutil

    folder = Path(env.tmp) / "copy"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(env.result, folder)
    return folder


def image_as_file(env):
    """The worker gets what the user sees: the file, the packed picture, or what was painted since."""
    pictures = env.mirror.pictures
    copy = Path(env.tmp) / "copy-of-image"
    image = bpy.data.images.load(env.result_photo)
    assert pictures.file_of(image, copy) == Path(env.result_photo)
    image.pack()
    assert pictures.file_of(image, copy).read_bytes() == Path(env.result_photo).read_bytes()
    for is_float in (False, True):
        painted = bpy.data.images.new("Painted", 4, 2, float_buffer=is_float)
        values = np.tile(np.array([0.0, 0.25, 1.0, 1.0], dtype=np.float32), 8)
        painted.pixels.foreach_set(values)
        read = bpy.data.images.load(str(pictures.file_of(painted, copy)))
        read.colorspace_settings.name = "Non-Color"
        got = np.array(read.pixels[:4])
        # Float images hold linear values, files sRGB: 0.25 is 0.537.
        np.testing.assert_allclose(got, [0, 0.537 if is_float else 0.25, 1, 1], atol=0.005)
        assert painted.source == "GENERATED"
        bpy.data.images.remove(read)
