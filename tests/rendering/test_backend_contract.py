"""What every back end does, on triangles whose picture is known by hand."""

import math

import pytest
import torch
from helpers.numerics import assert_close
from torch import Tensor

from mirror_core.mesh import make_template
from mirror_core.rendering.backends import Backend, load_backend
from mirror_core.rendering.fragments import Fragments, RasterSettings
from mirror_core.rendering.projection import gather_corners, project
from mirror_core.rendering.scene import ProjectedFaces

LEFT_HALF = [(0.0, -9.0), (0.0, 9.0), (-9.0, 0.0)]


def scene(triangles: list[list[tuple[float, float]]], z: list[float] | None = None) -> ProjectedFaces:
    """One image of the given triangles, each at one depth (-1 unless given), all valid."""
    image = torch.tensor([triangles], dtype=torch.float64)
    depth = torch.tensor([z or [-1.0] * len(triangles)], dtype=torch.float64)[..., None].expand(-1, -1, 3)
    return ProjectedFaces(image, depth.contiguous(), torch.ones(1, len(triangles), dtype=torch.bool))


def draw(backend: Backend, faces: ProjectedFaces, size: tuple[int, int] = (8, 8), **settings: float) -> Fragments:
    return backend.rasterize(faces, size, RasterSettings(**settings))  # type: ignore[arg-type]


def soup(dtype: torch.dtype, count: int = 60) -> ProjectedFaces:
    """Two images of random triangles, some behind others, some invalid."""
    generator = torch.Generator().manual_seed(3)
    centres = torch.rand(2, count, 1, 2, generator=generator) * 2 - 1
    image = centres + 0.25 * torch.randn(2, count, 3, 2, generator=generator)
    z = -1 - torch.rand(2, count, 3, generator=generator)
    return ProjectedFaces(image.to(dtype), z.to(dtype), torch.rand(2, count, generator=generator) > 0.3)


def test_a_triangle_over_the_left_half_covers_the_left_half(backend: Backend) -> None:
    fragments = draw(backend, scene([LEFT_HALF]), (6, 10))
    expected = torch.full((1, 6, 10), -1)
    expected[:, :, :5] = 0
    assert fragments.face_index.equal(expected)


def test_row_0_is_the_top(backend: Backend) -> None:
    upper = [(-9.0, 0.0), (9.0, 0.0), (0.0, 9.0)]
    assert (draw(backend, scene([upper])).face_index[0, :, 3] == torch.tensor([0] * 4 + [-1] * 4)).all()


def test_both_windings_are_drawn(backend: Backend) -> None:
    assert (draw(backend, scene([LEFT_HALF[::-1]])).face_index >= 0).sum() == 32


def test_the_face_with_the_larger_z_is_in_front_and_of_equals_the_first(backend: Backend) -> None:
    fragments = draw(backend, scene([LEFT_HALF] * 4, [-3.0, -2.0, -2.0, -2.5]))
    assert (fragments.face_index[0, :, :4] == 1).all()
    assert_close(fragments.depth[0, :, :4], torch.full((8, 4), -2.0))


def test_the_bounding_box_is_half_open(backend: Backend) -> None:
    # The corner lies on the pixel centre (7/8, 7/8): on the box's right and upper border, so it is not drawn;
    # the one at (-7/8, -7/8) is on the left and lower border, so it is.
    square = [(-0.875, -0.875), (0.875, -0.875), (0.875, 0.875)]
    face_index = draw(backend, scene([square])).face_index[0]
    assert face_index[7, 0] == 0
    assert (face_index[:, 7] == -1).all()


def test_an_invalid_face_is_not_drawn_but_has_a_soft_silhouette(backend: Backend) -> None:
    faces = scene([LEFT_HALF])
    faces.valid[:] = False
    fragments = draw(backend, faces)
    assert (fragments.face_index == -1).all()
    assert not fragments.barycentric.any()
    assert not fragments.depth.any()
    # The centre next to the edge is 1/8 from it; boxlen .02 does not reach the other side.
    expected = torch.zeros(8, 8)
    expected[:, 3] = math.exp(-70 * 0.125**2)
    wide = draw(backend, faces, sigmainv=70.0)
    assert_close(wide.silhouette[0, :, 3:], expected[:, 3:].double(), factor=1e4)


def test_the_soft_silhouette_falls_off_with_the_squared_distance(backend: Backend) -> None:
    fragments = draw(backend, scene([LEFT_HALF]), sigmainv=70.0, boxlen=0.5)
    columns = [1.0] * 4 + [math.exp(-70 * (0.125 + 0.25 * k) ** 2) for k in range(2)] + [0.0, 0.0]
    assert_close(fragments.silhouette[0], torch.tensor([columns] * 8).double(), factor=1e4)


def test_two_faces_at_one_distance_count_as_independent_chances(backend: Backend) -> None:
    p = math.exp(-70 * 0.125**2)
    both = draw(backend, scene([LEFT_HALF] * 2), sigmainv=70.0, boxlen=0.2).silhouette[0, 0, 4]
    assert both.item() == pytest.approx(1 - (1 - p) ** 2, abs=1e-7)


def test_only_the_first_knum_faces_count_nearest_or_not(backend: Backend) -> None:
    further = [(x - 0.25, y) for x, y in LEFT_HALF]
    settings = {"sigmainv": 7.0, "boxlen": 0.6}
    one = draw(backend, scene([further, LEFT_HALF]), knum=1, **settings).silhouette[0, 0, 4]
    assert one.item() == pytest.approx(math.exp(-7 * 0.375**2), abs=1e-7)


def test_isotropic_distances_are_in_half_heights(backend: Backend) -> None:
    if "kaolin" in backend.name:
        pytest.skip("kaolin has no such option")
    # On an image twice as wide as high the centre next to the edge is 1/16 NDC away: 1/8 of half the height.
    fragments = draw(backend, scene([LEFT_HALF]), (8, 16), sigmainv=70.0, boxlen=0.2, isotropic=True)
    assert fragments.silhouette[0, 0, 8].item() == pytest.approx(math.exp(-70 * 0.125**2), abs=1e-6)


def test_weights_are_linear_on_the_screen_and_sum_to_one(backend: Backend) -> None:
    corners = torch.tensor([(-9.0, -9.0), (9.0, -9.0), (0.0, 9.0)], dtype=torch.float64)
    weights = draw(backend, scene([[(-9.0, -9.0), (9.0, -9.0), (0.0, 9.0)]])).barycentric[0]
    assert_close(weights.sum(dim=-1), torch.ones(8, 8))
    assert_close((weights @ corners)[0, 0], torch.tensor([-0.875, 0.875]))


def test_perspective_correct_weights_are_those_of_the_point_in_space(backend: Backend) -> None:
    if "kaolin" in backend.name:
        pytest.skip("kaolin has no such option")
    # Half-way on the screen between z = -1 and z = -3 lies the point a quarter of the way to the far end.
    faces = scene([[(-1.0, -9.0), (1.0, -9.0), (0.0, 9.0)]])
    z = torch.tensor([[[-1.0, -3.0, -1.5]]], dtype=torch.float64)
    fragments = draw(backend, ProjectedFaces(faces.image, z, faces.valid), (1, 1), perspective_correct=True)
    weights = torch.tensor([0.25 / 1, 0.25 / 3, 0.5 / 1.5], dtype=torch.float64)
    weights /= weights.sum()
    assert_close(fragments.barycentric[0, 0, 0], weights, factor=1e3)
    assert_close(fragments.depth[0, 0, 0], (weights * z[0, 0]).sum(), factor=1e3)


def test_a_face_with_a_corner_that_is_not_finite_is_nowhere(backend: Backend) -> None:
    if backend.name == "kaolin":
        pytest.skip("kaolin promises nothing here")
    for value in (math.nan, math.inf):
        fragments = draw(backend, scene([[(value, 0.0), (0.0, 9.0), (-9.0, 0.0)]]))
        assert (fragments.face_index == -1).all()
        assert not fragments.silhouette.any()


def test_a_batch_of_two_is_two_batches_of_one(backend: Backend) -> None:
    faces = soup(torch.float32)
    both = draw(backend, faces, (20, 28))
    for k in range(2):
        single = ProjectedFaces(faces.image[k : k + 1], faces.z[k : k + 1], faces.valid[k : k + 1])
        one = draw(backend, single, (20, 28))
        for name in ("face_index", "barycentric", "depth", "silhouette"):
            assert getattr(both, name)[k].equal(getattr(one, name)[0]), name


OPTIONS = [
    {},
    {"sigmainv": 70.0, "boxlen": 0.2, "knum": 5},
    {"perspective_correct": True},
    {"isotropic": True, "sigmainv": 500.0, "boxlen": 0.1},
]


@pytest.mark.parametrize("options", OPTIONS, ids=str)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_it_agrees_with_the_reference(backend: Backend, options: dict[str, float], dtype: torch.dtype) -> None:
    if "kaolin" in backend.name and ("isotropic" in options or "perspective_correct" in options):
        pytest.skip("kaolin has no such option")
    results = [_with_gradients(one, soup(dtype), options) for one in (backend, load_backend("reference"))]
    (mine, my_gradient), (theirs, their_gradient) = results
    assert mine.face_index.equal(theirs.face_index.to(mine.face_index))
    assert_close(mine.barycentric, theirs.barycentric, factor=10)
    assert_close(mine.depth, theirs.depth, factor=10)
    assert_close(mine.silhouette, theirs.silhouette)
    scale = their_gradient.abs().max()
    assert_close(my_gradient / scale, their_gradient / scale, factor=10)


def _with_gradients(backend: Backend, faces: ProjectedFaces, options: dict[str, float]) -> tuple[Fragments, Tensor]:
    image = faces.image.clone().requires_grad_()
    fragments = draw(backend, ProjectedFaces(image, faces.z, faces.valid), (24, 36), **options)
    pattern = torch.linspace(-1, 1, fragments.barycentric.numel()).to(image).reshape(fragments.barycentric.shape)
    total = (fragments.barycentric * pattern).sum() + (fragments.silhouette * pattern[..., 0]).sum()
    return fragments, torch.autograd.grad(total, image)[0]


def test_coverage_agrees_with_the_reference_to_the_pixel_on_a_fine_mesh(backend: Backend) -> None:
    sphere = make_template(2562)
    corners = gather_corners(sphere.vertices[None] - torch.tensor([0.0, 0.0, 2.4]), sphere.faces)
    faces = project(corners, (128, 128), cull_by_view=False)
    mine, theirs = (draw(one, faces, (128, 128)) for one in (backend, load_backend("reference")))
    assert mine.face_index.equal(theirs.face_index.to(mine.face_index))
    assert (mine.face_index >= 0).any()


def test_gradients_are_the_same_bit_for_bit_in_every_run(backend: Backend) -> None:
    if backend.name == "kaolin" and torch.cuda.is_available():
        pytest.skip("kaolin adds atomically")
    gradients = [_with_gradients(backend, soup(torch.float32), OPTIONS[1])[1] for _ in range(3)]
    assert gradients[0].equal(gradients[1])
    assert gradients[0].equal(gradients[2])


@pytest.mark.parametrize("options", [{"sigmainv": 20.0, "boxlen": 0.3}, {"perspective_correct": True}], ids=str)
def test_gradients_are_the_derivatives(backend: Backend, options: dict[str, float]) -> None:
    if backend.name == "kaolin" and "perspective_correct" in options:
        pytest.skip("kaolin has no such option")
    image = torch.tensor(
        [[[(-0.71, -0.63), (0.52, -0.81), (0.33, 0.44)], [(-0.52, 0.11), (0.31, 0.27), (-0.36, 0.82)]]],
        dtype=torch.float64,
    )
    z = torch.tensor([[[-1.3, -2.1, -1.7], [-1.1, -2.3, -1.9]]], dtype=torch.float64)
    valid = torch.ones(1, 2, dtype=torch.bool)

    def outputs(image: Tensor, z: Tensor) -> tuple[Tensor, Tensor]:
        fragments = draw(backend, ProjectedFaces(image, z, valid), **options)
        return fragments.barycentric, fragments.silhouette

    leaves = (image.requires_grad_(), z.requires_grad_("perspective_correct" in options))
    assert torch.autograd.gradcheck(outputs, leaves, eps=1e-7, atol=1e-5, rtol=1e-4)
