"""The texture is the photo where the camera looks; elsewhere its mirror image, or what the completion says."""

import numpy as np
import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.completion import BackConfig, BackNetwork
from mirror_core.fitting.texture import bake_texture, extend_colours, texel_rows
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer

SIZE = 256


def window(size: int = 200) -> np.ndarray:
    """Red grows to the right, green downwards, with stripes in blue."""
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size
    return np.stack([x, y, 0.5 + 0.4 * np.sin(12 * x)], axis=-1).astype(np.float32)


def painter() -> BackNetwork:
    """Paints everything behind in the photo's mean colour, and is sure of it."""
    network = BackNetwork(BackConfig((32, 32), (4, 6, 8), palette=2)).eval()
    with torch.no_grad():
        for layer in (network.answer, network.pick):
            layer.weight.zero_()
            layer.bias.zero_()
        network.answer.bias[20:] = -20.0  # gates, then errors
    return network


def bake(photo: np.ndarray, camera: Camera, network: BackNetwork | None = None):
    template = make_template(642)
    vertices = template.vertices.numpy()
    seen = Renderer(image_size=photo.shape[:2])(template.vertices[None], template, camera)
    inside = seen.mask[0, 0].numpy() > 0.5
    return bake_texture(vertices, camera, photo, inside, SIZE, lambda _: None, network), inside


def test_rendering_the_texture_gives_the_photo_back():
    camera = Camera.single(distance=2.5)
    photo = window()
    baked, inside = bake(photo, camera)
    texture = torch.from_numpy(baked.colours).permute(2, 0, 1)[None].float() / 255
    template = make_template(642)
    seen = Renderer(image_size=photo.shape[:2])(template.vertices[None], template, camera, texture)
    difference = np.abs(seen.rgb[0].permute(1, 2, 0).numpy() - photo)[inside]
    assert difference.mean() < 0.01


def test_the_back_mirrors_the_front():
    baked, _ = bake(window(), Camera.single(distance=2.5))
    front, back = baked.colours[:, SIZE // 2], baked.colours[:, 0]
    assert np.abs(front.astype(int) - back)[20:-20].mean() < 3


def test_the_back_is_what_the_completion_says():
    photo = window()
    baked, inside = bake(photo, Camera.single(distance=2.5), painter())
    back = baked.colours[:, 0].astype(float)[20:-20] / 255
    assert np.abs(back - photo[inside].mean(axis=0)).max() < 0.1


def test_completed_or_not_the_front_is_the_photo():
    mirrored, _ = bake(window(), Camera.single(distance=2.5))
    completed, _ = bake(window(), Camera.single(distance=2.5), painter())
    seen = mirrored.confidence > 100
    assert np.abs(mirrored.colours[seen].astype(int) - completed.colours[seen]).max() <= 1


def test_a_completed_back_changes_gradually_at_the_rim():
    baked, _ = bake(window(), Camera.single(distance=2.5), painter())
    steps = np.abs(np.diff(baked.colours[20:-20].astype(int), axis=1)).max(axis=2)
    assert np.median(steps.max(axis=1)) < 30


def test_the_completion_s_confidence_is_high_behind_and_zero_in_front():
    baked, _ = bake(window(), Camera.single(distance=2.5), painter())
    assert baked.completion[SIZE // 2, 0] > 220
    assert baked.completion[SIZE // 2, SIZE // 2] == 0
    mirrored, _ = bake(window(), Camera.single(distance=2.5))
    assert (mirrored.completion == 0).all()


def test_from_the_side_the_other_side_is_completed():
    baked, _ = bake(window(), Camera.single(azimuth=90.0, distance=2.5), painter())
    assert baked.completion[SIZE // 2, SIZE // 4] > 220
    assert baked.completion[SIZE // 2, 3 * SIZE // 4] == 0


def test_no_seam_at_the_rim_or_down_the_back():
    baked, _ = bake(window(), Camera.single(distance=2.5))
    colours = baked.colours[20:-20].astype(int)
    typical = np.abs(np.diff(colours, axis=1)).mean(axis=(0, 2)).max()
    for column in (SIZE // 4, 3 * SIZE // 4):
        assert np.abs(colours[:, column] - colours[:, column - 1]).mean() <= typical + 1
    assert np.abs(colours[:, 0] - colours[:, -1]).mean() <= typical + 1


def test_confidence_is_high_in_front_and_zero_behind():
    baked, _ = bake(window(), Camera.single(distance=2.5))
    assert baked.confidence[SIZE // 2, SIZE // 2] > 240
    assert baked.confidence[SIZE // 2, 0] == 0
    assert baked.confidence[SIZE // 2, -1] == 0


def test_confidence_follows_the_camera_to_the_side():
    baked, _ = bake(window(), Camera.single(azimuth=90.0, distance=2.5))
    assert baked.confidence[SIZE // 2, 3 * SIZE // 4] > 240
    assert baked.confidence[SIZE // 2, SIZE // 4] == 0


def test_every_texel_has_a_face_and_weights_that_sum_to_one():
    face, weights = texel_rows(642, SIZE, 0)
    assert face.shape == (SIZE, SIZE)
    assert (face >= 0).all()
    assert face.max() < 1280
    assert weights.sum(axis=-1) == pytest.approx(1.0, abs=1e-4)


def test_texels_map_to_where_they_lie():
    template = make_template(642)
    face, weights = texel_rows(642, SIZE, 0)
    uv = template.uv.numpy()[template.uv_faces.numpy()]
    row, column = 100, 60
    point = (weights[row, column][:, None] * uv[face[row, column]]).sum(axis=0)
    assert point == pytest.approx([(column + 0.5) / SIZE, 1 - (row + 0.5) / SIZE], abs=1e-3)


def test_a_texture_taller_than_one_piece_of_work_is_mapped_alike():
    whole, parts = texel_rows(642, 256, 0)[1], [texel_rows(642, 512, start)[1] for start in (0, 256)]
    halved = np.concatenate(parts).reshape(256, 2, 256, 2, 3).mean(axis=(1, 3))
    assert np.median(np.abs(halved - whole)) < 1e-3


def test_the_background_never_bleeds_in():
    photo = np.ones((100, 100, 3), np.float32)
    inside = np.zeros((100, 100), bool)
    inside[30:70, 30:70] = True
    photo[inside] = (1.0, 0.0, 0.0)
    photo[30:32, 30:70] = (1.0, 0.5, 0.5)  # the outermost rows are mixed with the background
    extended = extend_colours(photo, inside)
    assert (extended == (255, 0, 0)).all()


def test_parts_too_thin_for_a_core_keep_their_colour():
    photo = np.zeros((100, 100, 3), np.float32)
    inside = np.zeros((100, 100), bool)
    inside[10:60, 10:60] = True
    inside[60:90, 30] = True
    photo[60:90, 30] = (0.0, 1.0, 0.0)
    assert tuple(extend_colours(photo, inside)[80, 30]) == (0, 255, 0)
