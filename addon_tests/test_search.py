"""Searches with a live preview, samples, and exchanged textures, through the installed add-on."""

import numpy as np
import pytest
from mirror_addon.preview_mesh import read_preview_mesh


def test_a_cancelled_search_keeps_its_best_so_far(blender, shirt, fake):
    blender.run("search.kept", interpreter=fake("search"), **shirt)


@pytest.mark.parametrize("mode", ["search", "search_forever"])
def test_cancelled_twice_it_keeps_nothing(blender, shirt, fake, mode):
    blender.run("search.dropped", interpreter=fake(mode), **shirt)


def test_every_method_is_a_job(blender, shirt):
    blender.run("search.jobs", **shirt)


def test_a_mesh_without_a_photo(blender, fake):
    blender.run("search.sample", interpreter=fake("good"))


def test_the_real_worker_makes_something_up(blender):
    blender.run("search.sample")


def test_one_results_shape_in_anothers_texture(blender):
    blender.run("search.transfer", "search.undone", "search.not_transferred")


# The file that a preview names


@pytest.fixture
def mesh_file(tmp_path):
    path = tmp_path / "mesh.npz"
    np.savez(
        path,
        vertices=np.array([[0.0, -0.9, 0.0], [0.5, 0.9, 0.0], [0.0, 0.0, 0.25]], np.float32),
        faces=np.array([[0, 1, 2]], np.int32),
        colours=np.array([[255, 0, 0], [0, 255, 0], [0, 0, 51]], np.uint8),
        kind=np.array("person"),
    )
    return path


def test_a_preview_stands_where_its_result_will(mesh_file):
    mesh = read_preview_mesh(mesh_file, 0.0)
    # 1.8 template units are a person's 1.7 metres; the front faces -y.
    np.testing.assert_allclose(mesh.points[:, 2], [0.0, 1.7, 0.85], atol=1e-6)
    np.testing.assert_allclose(mesh.points[2], [0.0, -0.25 * 1.7 / 1.8, 0.85], atol=1e-6)
    np.testing.assert_allclose(mesh.colours[:, 2], [0.0, 0.0, 0.2], atol=1e-6)
    assert (mesh.colours[:, 3] == 1.0).all()
    assert read_preview_mesh(mesh_file, 0.9).points[1, 2] == pytest.approx(0.9)


@pytest.mark.parametrize("damage", ["gone", "half", "text"])
def test_a_preview_that_cannot_be_read_is_no_error(mesh_file, damage):
    if damage == "gone":
        mesh_file.unlink()
    else:
        mesh_file.write_bytes(mesh_file.read_bytes()[:200] if damage == "half" else b"no archive")
    assert read_preview_mesh(mesh_file, 0.0) is None
