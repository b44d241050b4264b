"""The renderer on shapes whose picture is known: see style.md, what a renderer's test page should read like."""

import math

import pytest
import torch
from helpers.numerics import assert_close
from torch import Tensor

from mirror_core.attributes import Camera, ambient_light
from mirror_core.errors import BackendError, InputError
from mirror_core.mesh import make_template
from mirror_core.mesh.template import Template
from mirror_core.rendering import RasterSettings, RenderedImage, Renderer

BACKENDS = ["reference", "numba"]
SIZE = (48, 64)


@pytest.fixture(params=BACKENDS)
def name(request: pytest.FixtureRequest) -> str:
    chosen: str = request.param
    return chosen


def posed(batch: int = 2, dtype: torch.dtype = torch.float32) -> tuple[Template, Tensor, Camera, Tensor, Tensor]:
    """A dented template, cameras around it, textures and lights."""
    generator = torch.Generator().manual_seed(1)
    template = make_template(642)
    vertices = template.vertices + 0.02 * torch.randn(batch, 642, 3, generator=generator)
    azimuth = torch.linspace(20.0, 200.0, batch)
    camera = Camera(azimuth, torch.linspace(-10.0, 25.0, batch), torch.full((batch,), 2.6), torch.full((batch, 2), 0.1))
    texture = torch.rand(batch, 3, 32, 24, generator=generator)
    light = ambient_light(batch, 0.8) + 0.2 * torch.randn(batch, 9, generator=generator)
    return template, vertices.to(dtype), camera, texture.to(dtype), light.to(dtype)


def assert_same_picture(one: RenderedImage, other: RenderedImage, share: float = 0.0) -> None:
    """At most `share` of the pixels differ by more than rounding."""
    for field in ("rgb", "silhouette", "mask", "normals", "depth", "uv"):
        a, b = getattr(one, field), getattr(other, field)
        differ = ((a - b).abs() > 2e-4).any(dim=1).float().mean()
        assert differ <= share, f"{field}: {differ:.3%} of the pixels differ"


def test_the_default_draws_the_template_in_the_middle(name: str) -> None:
    picture = Renderer(name, (64, 64))(
        make_template(642).vertices[None], make_template(642), Camera.single(distance=2.5)
    )
    rows, columns = picture.mask[0, 0].nonzero().unbind(dim=1)
    assert rows.min() + rows.max() == 63
    assert columns.min() + columns.max() == 63
    # Half height 0.9 at distance 2.5 with the tangent 0.4 is 0.9 / (2.5 * 0.4) of the half image.
    assert rows.max() - rows.min() + 1 == pytest.approx(0.9 * 64, abs=2)
    assert picture.rgb is None


def test_the_silhouette_of_a_sphere_tends_to_its_disc(name: str) -> None:
    distance, radius, size = 3.0, 0.5, 256
    # A sphere is seen under the angle asin(r / d).
    on_image = radius / math.sqrt(distance**2 - radius**2) / 0.4
    errors = []
    for level in (642, 2562):
        sphere = make_template(level, (radius, radius, radius))
        mask = Renderer(name, (size, size))(sphere.vertices[None], sphere, Camera.single(distance=distance)).mask
        errors.append(abs(mask.mean().item() * 4 / (math.pi * on_image**2) - 1))
    assert errors[0] < 0.02
    assert errors[1] < 0.006


def test_depth_is_the_distance_along_the_view(name: str) -> None:
    sphere = make_template(2562, (0.5, 0.5, 0.5))
    picture = Renderer(name, (65, 65))(sphere.vertices[None], sphere, Camera.single(distance=3.0))
    assert picture.depth[0, 0, 32, 32].item() == pytest.approx(2.5, abs=0.01)
    assert picture.depth[0, 0, 0, 0] == 0


def test_normals_are_those_of_the_sphere_in_camera_space(name: str) -> None:
    sphere = make_template(2562, (0.5, 0.5, 0.5))
    for smooth, tolerance in ((False, 0.1), (True, 0.02)):
        renderer = Renderer(name, (65, 65), smooth_normals=smooth)
        normals = renderer(sphere.vertices[None], sphere, Camera.single(70.0, 20.0, 3.0)).normals[0]
        assert_close(normals.norm(dim=0)[32, 32], torch.tensor(1.0))
        torch.testing.assert_close(normals[:, 32, 32], torch.tensor([0.0, 0.0, 1.0]), atol=tolerance, rtol=0)


def test_a_texture_is_seen_where_its_uv_point_is(name: str) -> None:
    template = make_template(642)
    texture = torch.zeros(1, 3, 16, 16)
    texture[:, 0, :8] = 1.0  # the upper half is red
    picture = Renderer(name, (64, 64))(template.vertices[None], template, Camera.single(), texture)
    assert picture.rgb is not None
    assert_close(picture.rgb[0, :, 16, 32], torch.tensor([1.0, 0.0, 0.0]))
    assert_close(picture.rgb[0, :, 48, 32], torch.zeros(3))
    torch.testing.assert_close(picture.uv[0, :, 32, 32], torch.tensor([0.5, 0.5]), atol=0.02, rtol=0)


def test_ambient_light_multiplies_the_texture(name: str) -> None:
    template, vertices, camera, texture, _ = posed()
    renderer = Renderer(name, SIZE)
    lit = renderer(vertices, template, camera, texture, ambient_light(2, 0.5)).rgb
    unlit = renderer(vertices, template, camera, texture).rgb
    assert lit is not None
    assert unlit is not None
    assert_close(lit, 0.5 * unlit)


def test_moving_camera_and_mesh_together_changes_nothing(name: str) -> None:
    template, vertices, _, texture, light = posed(1)
    turn = math.radians(50.0)
    rotation = torch.tensor([[math.cos(turn), 0, math.sin(turn)], [0, 1, 0], [-math.sin(turn), 0, math.cos(turn)]])
    renderer = Renderer(name, SIZE)
    before = renderer(vertices, template, Camera.single(10.0, 15.0), texture, light)
    after = renderer(vertices @ rotation.T, template, Camera.single(60.0, 15.0), texture, light)
    assert_same_picture(before, after, share=0.005)


def test_a_batch_of_two_is_two_batches_of_one(name: str) -> None:
    template, vertices, camera, texture, light = posed(2)
    renderer = Renderer(name, SIZE)
    both = renderer(vertices, template, camera, texture, light)
    for k in range(2):
        one = slice(k, k + 1)
        single = Camera(camera.azimuth[one], camera.elevation[one], camera.distance[one], camera.offset[one])
        alone = renderer(vertices[one], template, single, texture[one], light[one])
        for field in ("rgb", "silhouette", "mask", "normals", "depth", "uv"):
            torch.testing.assert_close(getattr(both, field)[one], getattr(alone, field), atol=1e-5, rtol=1e-5)


def test_reflecting_the_attributes_reflects_the_picture(name: str) -> None:
    template, vertices, camera, texture, light = posed(1)
    mirror = torch.tensor([-1.0, 1.0, 1.0])
    reflected = (vertices * mirror)[:, template.left_right]
    other = Camera(-camera.azimuth, camera.elevation, camera.distance, camera.offset * mirror[:2])
    odd_in_x = torch.tensor([1.0, -1, 1, 1, -1, 1, 1, -1, 1])
    renderer = Renderer(name, SIZE)
    before = renderer(vertices, template, camera, texture, light)
    after = renderer(reflected, template, other, texture.flip(-1), light * odd_in_x)
    for field in ("rgb", "silhouette", "mask", "depth"):
        a, b = getattr(before, field), getattr(after, field).flip(-1)
        assert ((a - b).abs() > 2e-4).any(dim=1).float().mean() < 0.005, field


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize(
    "options", [{}, {"perspective_correct": True, "isotropic": True, "cull_by_view": True}], ids=str
)
@pytest.mark.parametrize("dtype", [torch.float32, torch.float64], ids=str)
def test_the_fast_back_end_agrees_with_the_reference(
    dtype: torch.dtype, options: dict[str, bool], smooth: bool
) -> None:
    template, vertices, camera, texture, light = posed(2, dtype)
    results = []
    for backend in BACKENDS:
        leaves = [vertices.clone(), texture.clone(), light.clone(), camera.azimuth.clone()]
        for leaf in leaves:
            leaf.requires_grad_()
        moved = Camera(leaves[3], camera.elevation, camera.distance, camera.offset)
        renderer = Renderer(backend, SIZE, RasterSettings(**options), smooth)
        picture = renderer(leaves[0], template, moved, leaves[1], leaves[2])
        results.append((picture, torch.autograd.grad(_weighted_sum(picture), leaves)))
    (one, one_gradients), (other, other_gradients) = results
    assert one.mask.equal(other.mask)
    assert_same_picture(one, other)
    for mine, theirs in zip(other_gradients, one_gradients, strict=True):
        error = (mine - theirs).norm() / theirs.norm()
        assert error < (2e-3 if dtype == torch.float32 else 1e-9)


def _weighted_sum(picture: RenderedImage) -> Tensor:
    """A sum whose gradient is different at every pixel of every differentiable output."""
    total = picture.mask.new_zeros(())
    for output in (picture.rgb, picture.silhouette, picture.normals, picture.uv):
        assert output is not None
        total = total + _pattern(output)
    return total


def _pattern(output: Tensor) -> Tensor:
    return (output * torch.linspace(-1, 1, output.numel()).to(output).reshape(output.shape)).sum()


@pytest.mark.parametrize("smooth", [False, True])
@pytest.mark.parametrize("perspective", [False, True])
def test_gradients_of_the_picture_are_the_derivatives(
    name: str, two_triangles: Template, perspective: bool, smooth: bool
) -> None:
    settings = RasterSettings(sigmainv=20.0, boxlen=0.3, perspective_correct=perspective)
    renderer = Renderer(name, (8, 8), settings, smooth)
    generator = torch.Generator().manual_seed(0)
    texture = torch.rand(1, 3, 5, 4, generator=generator, dtype=torch.float64)
    light = 1 + torch.rand(1, 9, generator=generator, dtype=torch.float64)
    camera = Camera.single(12.0, 7.0, 2.4, (0.02, 0.03))

    def outputs(vertices: Tensor, texture: Tensor, light: Tensor) -> tuple[Tensor, ...]:
        picture = renderer(vertices, two_triangles, camera, texture, light)
        assert picture.rgb is not None
        return picture.rgb, picture.silhouette, picture.normals, picture.uv

    leaves = [tensor.requires_grad_() for tensor in (two_triangles.vertices[None].double(), texture, light)]
    assert torch.autograd.gradcheck(outputs, leaves, eps=1e-7, atol=1e-4, rtol=1e-3, fast_mode=True)


def test_gradients_reach_every_part_of_the_camera(name: str) -> None:
    template, vertices, _, texture, light = posed(1)
    parts = [torch.tensor([20.0]), torch.tensor([10.0]), torch.tensor([2.6]), torch.tensor([[0.1, 0.0]])]
    camera = Camera(*(part.requires_grad_() for part in parts))
    picture = Renderer(name, SIZE)(vertices, template, camera, texture, light)
    for gradient in torch.autograd.grad(_weighted_sum(picture), parts):
        assert gradient.isfinite().all()
        assert gradient.abs().min() > 0


@pytest.mark.parametrize("smooth", [False, True])
def test_gradients_are_the_same_bit_for_bit_in_every_run_and_on_any_number_of_threads(name: str, smooth: bool) -> None:
    template, vertices, camera, texture, light = posed(2)
    leaves = [tensor.requires_grad_() for tensor in (vertices, texture, light)]
    runs = []
    threads = torch.get_num_threads()
    try:
        for count in (1, 2, 3, 2):
            torch.set_num_threads(count)
            picture = Renderer(name, (128, 128), smooth_normals=smooth)(vertices, template, camera, texture, light)
            runs.append(torch.autograd.grad(_weighted_sum(picture), leaves))
    finally:
        torch.set_num_threads(threads)
    same_count = [(1, 3)]
    any_count = [(0, 1), (0, 2)] if name == "numba" else []
    for a, b in same_count + any_count:
        assert all(one.equal(other) for one, other in zip(runs[a], runs[b], strict=True))


def test_each_output_has_its_gradient_without_the_others(name: str) -> None:
    template, vertices, camera, texture, light = posed()
    vertices.requires_grad_()
    picture = Renderer(name, SIZE)(vertices, template, camera, texture, light)
    outputs = [picture.rgb, picture.silhouette, picture.normals, picture.uv]
    parts = [torch.autograd.grad(_pattern(o), vertices, retain_graph=True)[0] for o in outputs if o is not None]
    (together,) = torch.autograd.grad(_weighted_sum(picture), vertices)
    scale = together.abs().max()
    assert_close(torch.stack(parts).sum(dim=0) / scale, together / scale, factor=10)


def test_a_silhouette_alone_is_the_one_of_the_full_picture(name: str) -> None:
    template, vertices, camera, texture, light = posed()
    vertices.requires_grad_()
    renderer = Renderer(name, SIZE)
    alone, full = renderer(vertices, template, camera), renderer(vertices, template, camera, texture, light)
    assert alone.silhouette.equal(full.silhouette)
    gradients = [torch.autograd.grad(picture.silhouette.square().sum(), vertices)[0] for picture in (alone, full)]
    assert gradients[0].equal(gradients[1])


def test_one_texture_may_be_expanded_over_the_batch(name: str) -> None:
    template, vertices, camera, texture, light = posed()
    shared = texture[:1].clone().requires_grad_()
    apart = texture[:1].repeat(2, 1, 1, 1).requires_grad_()
    renderer = Renderer(name, SIZE)
    pictures = [renderer(vertices, template, camera, one, light) for one in (shared.expand(2, -1, -1, -1), apart)]
    assert_same_picture(*pictures)
    gradients = [
        torch.autograd.grad(_weighted_sum(p), leaf)[0] for p, leaf in zip(pictures, (shared, apart), strict=True)
    ]
    assert_close(gradients[0], gradients[1].sum(dim=0, keepdim=True), factor=100)


def test_a_mesh_behind_the_eye_is_not_drawn(name: str) -> None:
    template = make_template(642)
    vertices = (template.vertices[None] + torch.tensor([0.0, 0.0, 5.0])).requires_grad_()
    picture = Renderer(name, (16, 16))(vertices, template, Camera.single(distance=2.5))
    assert not picture.mask.any()
    assert not picture.silhouette.any()
    (gradient,) = torch.autograd.grad(picture.silhouette.sum(), vertices)
    assert not gradient.any()


def test_a_mesh_around_the_eye_gives_finite_pictures_and_gradients(name: str) -> None:
    template, vertices, _, texture, light = posed(1)
    vertices.requires_grad_()
    picture = Renderer(name, (16, 16))(vertices, template, Camera.single(distance=0.3), texture, light)
    (gradient,) = torch.autograd.grad(_weighted_sum(picture), vertices)
    assert gradient.isfinite().all()


def test_culling_by_view_draws_a_face_turned_to_the_eye_whose_normal_has_no_positive_z(name: str) -> None:
    # A wall right of the axis, its normal towards the axis and a little away from the camera: (-1, 0, -0.05).
    wall = torch.tensor([[0.5, -0.5, 0.5], [0.5, 0.5, 0.5], [0.55, 0.5, -0.5]])
    corners, numbers = torch.tensor([[0, 1, 2]]), torch.arange(3)
    template = Template(wall, corners, torch.zeros(3, 2), corners, numbers, numbers, numbers)
    drawn = [
        Renderer(name, (64, 64), RasterSettings(cull_by_view=flag))(wall[None], template, Camera.single()).mask.any()
        for flag in (False, True)
    ]
    assert drawn == [False, True]
    away = template.vertices.flip(0)[None]  # the other winding faces away from the eye
    assert not Renderer(name, (64, 64), RasterSettings(cull_by_view=True))(away, template, Camera.single()).mask.any()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            {"vertices": torch.zeros(1, 600, 3)},
            r"vertices must have shape \(B, 642, 3\), but its shape is \(1, 600, 3\)",
        ),
        ({"vertices": torch.full((1, 642, 3), math.nan)}, "vertices must be finite, but 1926 of 1926 values are not"),
        ({"texture": torch.zeros(1, 3, 0, 8)}, "texture must have at least one texel"),
        ({"camera": posed(2)[2]}, r"camera azimuth must have shape \(1\), but its shape is \(2,\)"),
        ({"texture": torch.zeros(1, 3, 8, 8).double()}, "texture must have the vertices' device and dtype"),
    ],
    ids=["vertex count", "nan", "empty texture", "camera batch", "dtype"],
)
def test_a_wrong_argument_is_named_with_what_was_expected_and_what_came(
    change: dict[str, Tensor], message: str
) -> None:
    template = make_template(642)
    arguments = {"vertices": template.vertices[None], "template": template, "camera": Camera.single()} | change
    with pytest.raises(InputError, match=message):
        Renderer("reference", (8, 8))(**arguments)  # type: ignore[arg-type]


def test_wrong_settings_are_refused() -> None:
    with pytest.raises(InputError, match=r"image_size must be at least \(1, 1\), but is \(0, 8\)"):
        Renderer("reference", (0, 8))
    with pytest.raises(InputError, match=r"backend must be one of auto, reference, numba, kaolin, but is 'opengl'"):
        Renderer("opengl")
    with pytest.raises(InputError, match=r"knum at least 1, but they are 7000, 0.02 and 0"):
        RasterSettings(knum=0)


def test_kaolin_on_the_cpu_is_refused_with_a_remedy() -> None:
    template = make_template(642)
    with pytest.raises(BackendError, match=r"runs on CUDA, but the vertices are on cpu. Use 'numba' or 'reference'"):
        Renderer("kaolin", (8, 8))(template.vertices[None], template, Camera.single())
