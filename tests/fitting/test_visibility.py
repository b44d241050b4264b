"""What is seen from before and from behind, along the same lines of sight."""

import numpy as np
import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.fitting.visibility import seen_from_both_sides
from mirror_core.mesh import Template, make_template

TEMPLATE = make_template(642)


def test_of_an_ellipsoid_the_front_is_seen_from_before_and_the_back_from_behind():
    vertices = TEMPLATE.vertices.numpy()
    _, _, before, behind = seen_from_both_sides(vertices, TEMPLATE, Camera.single(distance=2.5)).T
    nearest, furthest = vertices[:, 2].argmax(), vertices[:, 2].argmin()
    assert (before[nearest], behind[nearest]) == pytest.approx((1.0, 0.0), abs=0.02)
    assert (before[furthest], behind[furthest]) == pytest.approx((0.0, 1.0), abs=0.02)
    assert (np.minimum(before, behind) == 0).all()  # never from both
    assert ((before > 0.02) | (behind > 0.02)).mean() > 0.95  # nearly every vertex from one of them


@pytest.mark.parametrize("azimuth", [0.0, 70.0, 200.0])
def test_positions_are_where_the_camera_projects(azimuth: float):
    camera = Camera.single(azimuth, 10.0, 2.5)
    ndc = seen_from_both_sides(TEMPLATE.vertices.numpy(), TEMPLATE, camera)[:, :2]
    assert np.abs(ndc).max() < 1.0
    top = TEMPLATE.vertices[:, 1].argmax()
    assert ndc[top, 1] == pytest.approx(float(ndc[:, 1].max()), abs=0.05)


def two_cards(z: float) -> tuple[np.ndarray, Template]:
    """Two copies of the template, flat, the second a smaller one at depth z."""
    vertices = TEMPLATE.vertices.numpy() * (1.0, 1.0, 0.05)
    both = np.concatenate([vertices, 0.5 * vertices + (0.0, 0.0, z)]).astype(np.float32)
    count = len(vertices)
    faces = torch.cat([TEMPLATE.faces, TEMPLATE.faces + count])
    uv_faces = torch.cat([TEMPLATE.uv_faces, TEMPLATE.uv_faces + len(TEMPLATE.uv)])
    return both, Template(
        torch.from_numpy(both),
        faces,
        torch.cat([TEMPLATE.uv, TEMPLATE.uv]),
        uv_faces,
        torch.cat([TEMPLATE.uv_vertex, TEMPLATE.uv_vertex + count]),
        torch.cat([TEMPLATE.front_back, TEMPLATE.front_back + count]),
        torch.cat([TEMPLATE.left_right, TEMPLATE.left_right + count]),
    )


@pytest.mark.parametrize(("z", "side"), [(0.5, 3), (-0.5, 2)])
def test_what_lies_behind_another_surface_is_hidden(z: float, side: int):
    """A small shape before a large one is not seen from behind, one behind it not from before."""
    vertices, template = two_cards(z)
    seen = seen_from_both_sides(vertices, template, Camera.single(distance=4.0))
    assert (seen[642:, side] == 0).all()
    assert (seen[642:, 5 - side] > 0.5).any()
