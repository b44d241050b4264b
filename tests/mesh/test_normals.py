"""Normals on shapes whose normals are known."""

import torch
from helpers.meshes import box
from helpers.numerics import assert_close

from mirror_core.mesh import make_template
from mirror_core.mesh.normals import face_normals, vertex_normals


def test_the_sides_of_a_box_face_along_the_axes() -> None:
    vertices, faces = box()
    sides = torch.tensor([[-1.0, 0, 0], [1, 0, 0], [0, -1, 0], [0, 1, 0], [0, 0, -1], [0, 0, 1]])
    assert_close(face_normals(vertices[None], faces)[0], sides.repeat_interleave(2, dim=0))


def test_the_normals_of_a_sphere_point_away_from_its_centre() -> None:
    sphere = make_template(2562, (1.0, 1.0, 1.0))
    normals = vertex_normals(sphere.vertices[None], sphere.faces)[0]
    cosines = (normals * sphere.vertices).sum(dim=-1)
    assert cosines.min() > 0.999  # an edge spans about 5 degrees; discretisation leaves under 2.6


def test_normals_have_unit_length_whatever_the_size_of_the_mesh() -> None:
    vertices, faces = box()
    for scale in (1e-3, 1.0, 1e3):
        lengths = vertex_normals(scale * vertices[None], faces).norm(dim=-1)
        assert_close(lengths, torch.ones_like(lengths))


def test_a_face_without_area_has_no_normal_and_a_finite_gradient() -> None:
    vertices = torch.tensor([[[0.0, 0, 0], [1, 1, 1], [2, 2, 2]]], requires_grad=True)
    normals = face_normals(vertices, torch.tensor([[0, 1, 2]]))
    assert_close(normals, torch.zeros(1, 1, 3))
    (gradient,) = torch.autograd.grad(normals.sum(), vertices)
    assert torch.isfinite(gradient).all()


def test_turning_the_mesh_turns_the_normals() -> None:
    vertices, faces = box()
    turn, _ = torch.linalg.qr(torch.randn(3, 3, dtype=torch.float64))
    turn = turn * torch.linalg.det(turn).sign()
    vertices = (vertices.double() + 0.1 * torch.randn(8, 3, dtype=torch.float64))[None]
    assert_close(vertex_normals(vertices @ turn.T, faces), vertex_normals(vertices, faces) @ turn.T)


def test_gradients_of_normals_are_right() -> None:
    vertices, faces = box()
    points = (vertices.double() + 0.1 * torch.randn(8, 3, dtype=torch.float64))[None].requires_grad_()
    assert torch.autograd.gradcheck(lambda v: vertex_normals(v, faces), points)
