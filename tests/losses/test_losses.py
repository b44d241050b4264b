"""Each loss: zero at the best, a value worked out by hand, and where it pulls."""

import numpy as np
import pytest
import torch
from helpers.meshes import box, tetrahedron

from mirror_core import losses
from mirror_core.mesh.laplacian import uniform_laplacian
from mirror_core.mesh.topology import adjacent_faces, unique_edges


def squares(*rows: list[float]) -> torch.Tensor:
    return torch.tensor(rows)[None, None]


def test_silhouette_iou_of_half_an_overlap():
    a, b = squares([1.0, 1.0, 0.0, 0.0]), squares([0.0, 1.0, 1.0, 0.0])
    assert losses.silhouette_iou_loss(a, b).item() == pytest.approx(1 - 1 / 3)
    assert losses.silhouette_iou_loss(a, a).item() == pytest.approx(0.0, abs=1e-6)


def test_silhouette_iou_of_soft_masks():
    # Intersection 0.5 * 1, union 0.5 + 1 - 0.5.
    assert losses.silhouette_iou_loss(squares([0.5]), squares([1.0])).item() == pytest.approx(0.5)


def test_image_loss_blackens_each_picture_outside_its_own_mask():
    photo, rendered = torch.full((1, 3, 1, 2), 0.5), torch.full((1, 3, 1, 2), 0.9)
    # Left: both show, |0.5 - 0.9|. Right: only the photo's mask, |0.5 - 0|.
    loss = losses.image_loss(rendered, squares([1.0, 0.0]), photo, squares([1.0, 1.0]))
    assert loss.item() == pytest.approx((0.4 + 0.5) / 2)


def test_laplacian_of_one_moved_tetrahedron_vertex():
    offsets = torch.zeros(1, 4, 3)
    offsets[0, 0, 0] = 3.0
    _, faces = tetrahedron()
    edges = torch.from_numpy(unique_edges(faces.numpy())[0])
    # The moved vertex: 3 - 0; each other: 0 - 3/3. Squares 9 + 3 * 1, mean over 4.
    assert losses.laplacian_loss(offsets, edges).item() == pytest.approx(3.0)


def test_laplacian_agrees_with_the_sparse_matrix():
    vertices, faces = box()
    offsets = torch.randn(1, 8, 3)
    edges = torch.from_numpy(unique_edges(faces.numpy())[0])
    moved = uniform_laplacian(faces.numpy(), len(vertices)) @ offsets[0].numpy()
    assert losses.laplacian_loss(offsets, edges).item() == pytest.approx(np.square(moved).sum(1).mean(), rel=1e-5)


def test_a_common_shift_costs_no_laplacian():
    _, faces = box()
    edges = torch.from_numpy(unique_edges(faces.numpy())[0])
    assert losses.laplacian_loss(torch.ones(2, 8, 3), edges).item() == pytest.approx(0.0, abs=1e-12)


def test_flatness_of_a_cube():
    vertices, faces = box()
    pairs = torch.from_numpy(adjacent_faces(faces.numpy()))
    # 18 edges: 6 diagonals within a flat side cost 0, 12 edges at a right angle cost (0 - 1)^2.
    assert losses.flatness_loss(vertices[None], faces, pairs).item() == pytest.approx(12 / 18)


def test_symmetry_counts_what_front_and_back_do_not_cancel():
    vertices = torch.tensor([[[0.0, 0.0, 0.5], [0.0, 0.0, -0.3]]])
    assert losses.symmetry_loss(vertices, torch.tensor([1, 0])).item() == pytest.approx(0.2)
    mirrored = torch.tensor([[[0.0, 0.0, 0.5], [0.0, 0.0, -0.5]]])
    assert losses.symmetry_loss(mirrored, torch.tensor([1, 0])).item() == 0.0


def test_deformation_is_the_mean_length():
    offsets = torch.tensor([[[3.0, 4.0, 0.0], [0.0, 0.0, 0.0]]])
    assert losses.deformation_loss(offsets).item() == pytest.approx(2.5, abs=1e-5)


def test_deformation_has_a_finite_gradient_at_rest():
    offsets = torch.zeros(1, 4, 3, requires_grad=True)
    losses.deformation_loss(offsets).backward()
    assert offsets.grad is not None
    assert offsets.grad.abs().max().item() == 0.0


def test_chamfer_between_two_points_and_one():
    vertices, foreground = torch.tensor([[0.0, 0.0], [1.0, 0.0]]), torch.tensor([[0.0, 0.5]])
    # To the pixel: (0.25 + 1.25) / 2; from the pixel to the nearer vertex: 0.25.
    assert losses.chamfer_mask_loss(vertices, foreground).item() == pytest.approx(1.0)


def test_chamfer_pulls_a_vertex_towards_the_mask():
    vertices = torch.tensor([[2.0, 0.0]], requires_grad=True)
    losses.chamfer_mask_loss(vertices, torch.tensor([[0.0, 0.0]])).backward()
    assert vertices.grad is not None
    assert vertices.grad[0].tolist() == [8.0, 0.0]


def test_fold_is_zero_when_every_face_is_seen_from_outside():
    points = torch.tensor([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]])
    assert losses.fold_loss(points, torch.tensor([[0, 1, 2]])).item() == 0.0


def test_fold_of_one_inverted_face_among_two():
    points = torch.tensor([[[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]])
    faces = torch.tensor([[0, 1, 2], [1, 2, 3]])  # the second is clockwise
    # Areas 1 and -1 over their mean size 1: only the second falls short, by 0.05 + 1.
    assert losses.fold_loss(points, faces).item() == pytest.approx(1.05 / 2)


@pytest.mark.parametrize("name", ["laplacian", "flatness", "symmetry", "fold", "chamfer"])
def test_gradcheck(name: str):
    vertices, faces = tetrahedron()
    points = (vertices.double() + 0.1 * torch.randn(4, 3, dtype=torch.float64)).requires_grad_()
    edges = torch.from_numpy(unique_edges(faces.numpy())[0])
    pairs = torch.from_numpy(adjacent_faces(faces.numpy()))
    function = {
        "laplacian": lambda p: losses.laplacian_loss(p[None], edges),
        "flatness": lambda p: losses.flatness_loss(p[None], faces, pairs),
        "symmetry": lambda p: losses.symmetry_loss(p[None], torch.tensor([1, 0, 3, 2])),
        "fold": lambda p: losses.fold_loss(p[None, :, :2], faces) * p.detach().abs().mean(),
        "chamfer": lambda p: losses.chamfer_mask_loss(p[:, :2], torch.zeros(3, 2, dtype=torch.float64)),
    }[name]
    if name == "fold":  # its normaliser is held constant on purpose, so only the hinge's sign can be checked
        (gradient,) = torch.autograd.grad(function(points), points)
        assert function(points - 1e-3 * gradient) <= function(points)
    else:
        assert torch.autograd.gradcheck(function, (points,))
