"""What a result becomes in Blender: arrays, texture, camera, light."""

import pytest


@pytest.mark.parametrize(
    "scenario", ["mesh", "height", "material", "provenance", "without_matching", "twice", "damaged"]
)
def test_a_result_is_built_as_it_is(blender, scenario):
    blender.run(f"show.{scenario}")


def test_the_camera_overlays_the_photo(blender):
    assert blender.run("show.overlay") >= 0.98


def test_renders_look_as_the_librarys(blender):
    errors = blender.run("show.light")
    mean, worst = errors["ESTIMATED"]
    assert mean < 0.005
    assert worst < 0.02
    mean, worst = errors["LIT"]
    assert mean < 0.02
    assert worst < 0.06
