"""Light that was put in is found again."""

import pytest
import torch

from mirror_core.attributes import Camera, ambient_light
from mirror_core.fitting.light import divide_light, estimate_light
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer
from mirror_core.rendering.shading import light_level


def ball(light: torch.Tensor):
    template = make_template(2562, (0.8, 0.8, 0.8))
    texture = torch.full((1, 3, 8, 8), 0.5)
    renderer = Renderer(image_size=(96, 96), smooth_normals=True)
    return renderer(template.vertices[None], template, Camera.single(), texture, light)


def test_plain_light_is_seen_as_plain():
    seen = ball(ambient_light())
    assert estimate_light(seen.rgb, seen.normals, seen.mask)[0, 1:].abs().max() < 1e-3


def test_light_from_the_left_and_above_is_found():
    light = ambient_light()
    light[0, 1], light[0, 3] = -0.25, 0.3
    seen = ball(light)
    found = estimate_light(seen.rgb, seen.normals, seen.mask)
    truth, level = (light_level(seen.normals, each)[seen.mask[:, 0] > 0] for each in (light, found))
    assert (level / level.mean() - truth / truth.mean()).abs().mean() < 0.03
    assert found[0, 1] < -0.05
    assert found[0, 3] > 0.05


def test_dividing_the_light_out_leaves_the_plain_colour():
    light = ambient_light()
    light[0, 3] = 0.3
    seen = ball(light)
    plain = divide_light(seen.rgb, seen.normals, light)
    assert plain[seen.mask[0, 0].numpy() > 0] == pytest.approx(0.5, abs=0.01)


def test_mean_shading_is_one():
    light = ambient_light()
    light[0, 2] = 0.4
    seen = ball(light)
    found = estimate_light(seen.rgb, seen.normals, seen.mask)
    assert light_level(seen.normals, found)[seen.mask[:, 0] > 0].mean().item() == pytest.approx(1.0, abs=0.1)


@pytest.mark.parametrize("value", [0.0, 0.5])
def test_a_black_or_empty_picture_is_lit_plainly(value: float):
    nothing = torch.zeros(1, 1, 16, 16)
    picture = torch.full((1, 3, 16, 16), value)
    found = estimate_light(picture, torch.zeros(1, 3, 16, 16), nothing)
    assert torch.equal(found, ambient_light())
