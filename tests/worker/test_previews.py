"""What a client is shown of a search: a picture of both sides, a coloured mesh, no more of them than it takes."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mirror_core.mesh import make_template
from mirror_core.worker.previews import INTERVAL, KEPT, Previews, draw_views
from mirror_core.worker.protocol import Job, Preview, preview_folder
from mirror_core.worker.server import Reporter

TEMPLATE = make_template(642)
VERTICES = TEMPLATE.vertices.numpy()


def red_in_front_green_behind() -> np.ndarray:
    """A texture (32, 32, 3): the middle half of u is the front."""
    texture = np.zeros((32, 32, 3), np.uint8)
    texture[..., 1] = 255
    texture[:, 8:24] = (255, 0, 0)
    return texture


class Clock:
    """Time that stands until it is moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def job(tmp_path) -> Job:
    return Job("1", "invert", "photo.png", str(tmp_path / "job"))


@pytest.fixture
def sent() -> list[Preview]:
    return []


@pytest.fixture
def reporter(sent) -> Reporter:
    return Reporter("1", sent.append)


def test_a_preview_is_a_picture_and_a_mesh_where_the_message_says(job, reporter, sent):
    with Previews(job, reporter, "person") as show:
        show(40, VERTICES, red_in_front_green_behind(), 0.25)
        (message,) = sent
        assert (message.id, message.step, message.loss) == ("1", 40, 0.25)
        assert Path(message.picture).parent == Path(preview_folder(job.folder))
        with Image.open(message.picture) as picture:
            assert (picture.mode, picture.size) == ("RGBA", (160, 160))
        with np.load(message.mesh, allow_pickle=False) as mesh:
            np.testing.assert_array_equal(mesh["vertices"], VERTICES)
            np.testing.assert_array_equal(mesh["faces"], TEMPLATE.faces.numpy())
            assert str(mesh["kind"]) == "person"
            front = VERTICES[:, 2] > 0.05
            assert (mesh["colours"][front] == (255, 0, 0)).all()
            behind = VERTICES[:, 2] < -0.05
            assert (mesh["colours"][behind] == (0, 255, 0)).all()
    assert not Path(preview_folder(job.folder)).exists()


def test_the_picture_shows_the_front_at_the_left_and_the_back_at_the_right():
    picture = draw_views(VERTICES, TEMPLATE, red_in_front_green_behind(), 64)
    assert picture.shape == (64, 64, 4)
    assert tuple(picture[32, 16]) == (255, 0, 0, 255)
    assert tuple(picture[32, 48]) == (0, 255, 0, 255)
    assert picture[0, 0, 3] == 0


@pytest.mark.parametrize("axes", [(1.0, 1.0, 1.0), (1.2, 0.5, 0.3), (0.4, 2.0, 0.4)])
def test_nothing_of_a_wide_or_tall_shape_is_cut_off(axes):
    vertices = VERTICES / np.abs(VERTICES).max(axis=0) * np.float32(axes)
    opaque = draw_views(vertices, TEMPLATE, red_in_front_green_behind(), 64)[..., 3] > 0
    assert not opaque[0].any()
    assert not opaque[-1].any()
    assert not opaque[:, [0, 31, 32, 63]].any()


def test_what_comes_too_soon_is_left_out(job, reporter, sent):
    clock = Clock()
    with Previews(job, reporter, "garment", clock) as show:
        for step in range(4):
            show(step, VERTICES, red_in_front_green_behind(), 0.0)
            clock.now += 0.4 * INTERVAL
    assert [message.step for message in sent] == [0, 3]


def test_old_files_go_as_new_ones_come(job, reporter, sent):
    clock = Clock()
    with Previews(job, reporter, "garment", clock) as show:
        for step in range(KEPT + 2):
            show(step, VERTICES, red_in_front_green_behind(), 0.0)
            clock.now += INTERVAL
        there = [Path(message.picture).exists() and Path(message.mesh).exists() for message in sent]
        assert there == [False] * 2 + [True] * KEPT
        assert len(list(Path(preview_folder(job.folder)).iterdir())) == 2 * KEPT


def test_a_disk_that_refuses_does_not_end_the_search(job, reporter, sent):
    with Previews(job, reporter, "garment") as show:
        Path(preview_folder(job.folder)).rmdir()
        show(0, VERTICES, red_in_front_green_behind(), 0.0)
    assert sent == []
