"""What a result becomes in Blender: arrays, texture, camera, light."""

SCENARIOS = ("mesh", "height", "material", "provenance", "without_matching", "damaged", "image_as_file")
SEVERAL = ("twice", "beside")


def test_a_result_is_built_as_it_is(blender):
    blender.run(*(f"show.{name}" for name in (*SCENARIOS, *SEVERAL)))


def test_attributes_and_views(blender):
    blender.run(
        *(f"views.{name}" for name in ("camera", "light", "reset", "height", "orbit", "novel_views", "deleted"))
    )


def test_the_camera_overlays_the_photo(blender):
    iou = blender.run("show.overlay")
    print(f"IoU of Cycles' outline and the library's: {iou:.4f}")
    assert iou >= 0.98


def test_renders_look_as_the_librarys(blender):
    errors = blender.run("show.light")
    print(f"Mean and 99th percentile of the difference: {errors}")
    mean, worst = errors["ESTIMATED"]
    assert mean < 0.005
    assert worst < 0.02
    mean, worst = errors["LIT"]
    assert mean < 0.02
    assert worst < 0.06
