"""Reconstruction through the installed add-on: real workers, and every kind of bad one."""

from pathlib import Path

import pytest
from PIL import Image


def test_a_photo_becomes_an_object(blender, shirt):
    found = blender.run("work.reconstruct", **shirt)
    print(found)
    assert found["iou"] >= 0.95


def test_with_the_real_worker(blender, shirt):
    blender.run("work.painted_mask", "work.modal_finish", "work.killed", **shirt)


def test_the_real_worker_is_cancelled_in_a_moment(blender, shirt):
    blender.run("work.modal_cancel", allowed=0.5, **shirt)


def test_waiting_draws_nothing_again(blender, shirt, fake):
    blender.run("work.drawn_for_news", interpreter=fake("slow"), **shirt)


def test_a_photo_stored_on_its_side_is_turned(blender, shirt, tmp_path):
    with Image.open(shirt["photo"]) as upright:
        exif = upright.getexif()
        exif[0x0112] = 6
        upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "turned.jpg", exif=exif, quality=95)
    blender.run("work.rotated", photo=str(tmp_path / "turned.jpg"))


BAD = {
    "crash_at_start": "before the worker was ready",
    "crash": "ended with code 9 in the middle of the job",
    "hang_at_start": "no worker answered within",
    "hang": "said nothing for",
    "garbage": "does not run the worker but prints",
    "old_protocol": "speaks protocol 0",
    "old_torch": "has torch 1.13.1",
    "no_torch": "has no torch. Install it.",
    "refuse": "The photo is empty. Choose another photo.",
    "promise": "There is no result in",
}


def test_no_bad_worker_or_interpreter_touches_the_scene(blender, shirt, fake):
    cases = [(fake(mode), words) for mode, words in BAD.items()]
    cases += [("", "No interpreter is set"), ("/nowhere/python", "is not a file: /nowhere/python")]
    cases += [(blender.python, "cannot import torch")]
    blender.run("work.refused", cases=cases, **shirt)


@pytest.mark.parametrize("mode", ["slow", "stubborn"])
def test_cancelling_leaves_the_scene_alone(blender, shirt, fake, mode):
    blender.run("work.modal_cancel", interpreter=fake(mode), allowed=0.2 if mode == "slow" else 1.3, **shirt)


def test_folders_and_files_that_are_there_or_not(blender, shirt, fake):
    blender.run("work.kept", "work.unwritable", "work.no_file", interpreter=fake("good"), **shirt)


@pytest.mark.parametrize("scenario", ["file_opened_meanwhile", "switched_off_meanwhile"])
def test_the_worker_ends_with_what_started_it(blender, shirt, fake, scenario):
    blender.run(f"work.{scenario}", interpreter=fake("slow"), **shirt)


def test_a_crash_does_not_spoil_the_next_attempt(blender, shirt, fake):
    blender.run("work.again_after_failure", interpreter=fake("crash"), good=fake("good"), **shirt)


def test_the_command_converts_a_folder_of_photos(blender, shirt, tmp_path):
    photos, out = tmp_path / "photos", tmp_path / "out"
    photos.mkdir()
    Path(shirt["photo"]).rename(photos / "shirt.png")
    assert blender.run("work.command_line", arguments=["batch", str(photos), str(out)]) == 0
    assert list(out.rglob("*.glb"))
    (photos / "broken.jpg").write_bytes(b"no picture")
    assert blender.run("work.command_line", arguments=["batch", str(photos), str(out)]) not in (0, 2)
