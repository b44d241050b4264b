"""Texture and light, with values worked out by hand, in the reference and the fast back end."""

import math

import pytest
import torch
from helpers.numerics import assert_close
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.attributes.light import Y00
from mirror_core.mesh.template import Template
from mirror_core.rendering import Renderer
from mirror_core.rendering.shading import light_level, sample_texture


def sample(texture: list[list[float]], u: float, v: float) -> float:
    """A texture of one channel at one point."""
    uv = torch.tensor([u, v], dtype=torch.float64).reshape(1, 2, 1, 1)
    return sample_texture(torch.tensor([[texture]], dtype=torch.float64), uv).item()


def fast_sample(texture: list[list[float]], u: float, v: float) -> float:
    """The same by the numba back end: one triangle over the whole image that shows one point of the texture."""
    triangle = torch.tensor([[-9.0, -9.0, 0.0], [9.0, -9.0, 0.0], [0.0, 9.0, 0.0]], dtype=torch.float64)
    corners, numbers = torch.tensor([[0, 1, 2]]), torch.arange(3)
    uv = torch.tensor([[u, v]] * 3, dtype=torch.float64)
    template = Template(triangle, corners, uv, corners, numbers, numbers, numbers)
    channels = torch.tensor([[texture] * 3], dtype=torch.float64)
    rgb = Renderer("numba", (1, 1))(triangle[None], template, Camera.single(), channels).rgb
    assert rgb is not None
    return rgb[0, 0].item()


SAMPLERS = [sample, fast_sample]
TWO_BY_TWO = [[1.0, 2.0], [3.0, 4.0]]


@pytest.mark.parametrize("sampler", SAMPLERS)
@pytest.mark.parametrize(
    ("u", "v", "expected"),
    [
        (0.25, 0.75, 1.0),  # centre of the upper left texel: v is up
        (0.75, 0.25, 4.0),
        (0.5, 0.5, 2.5),
        (0.25, 0.5, 2.0),
        (0.25, 1.0, 1.0),  # v stops at the border
        (0.25, 1.7, 1.0),
        (0.75, -0.3, 4.0),
        (0.0, 0.75, 1.5),  # u wraps around: half-way between the right and the left column
        (1.0, 0.75, 1.5),
        (1.25, 0.75, 1.0),
        (-0.25, 0.75, 2.0),
        (0.125, 0.75, 1.25),
    ],
)
def test_bilinear_samples(sampler: type[float], u: float, v: float, expected: float) -> None:
    assert sampler(TWO_BY_TWO, u, v) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("sampler", SAMPLERS)
def test_a_texture_of_one_texel_is_that_texel_everywhere(sampler: type[float]) -> None:
    for u, v in ((0.0, 0.0), (0.3, 0.9), (1.0, 1.0)):
        assert sampler([[7.0]], u, v) == pytest.approx(7.0)


@given(u=st.floats(-2, 3), v=st.floats(-1, 2), seed=st.integers(0, 9))
def test_both_samplers_agree_everywhere(u: float, v: float, seed: int) -> None:
    texture = torch.rand(5, 3, generator=torch.Generator().manual_seed(seed)).tolist()
    assert fast_sample(texture, u, v) == pytest.approx(sample(texture, u, v), abs=1e-9)


def level(normal: tuple[float, float, float], **coefficients: float) -> float:
    light = torch.zeros(1, 9, dtype=torch.float64)
    for name, value in coefficients.items():
        light[0, int(name[1:])] = value
    return light_level(torch.tensor(normal, dtype=torch.float64).reshape(1, 3, 1, 1), light).item()


@pytest.mark.parametrize(
    ("number", "normal", "expected"),
    [
        (0, (0.0, 0.0, 1.0), 0.28209479177),
        (1, (1.0, 0.0, 0.0), 0.4886025119),
        (2, (0.0, 0.0, 1.0), 0.4886025119),
        (3, (0.0, 1.0, 0.0), 0.4886025119),
        (4, (0.6, 0.8, 0.0), 1.09254843059 * 0.48),
        (5, (0.0, 0.6, 0.8), 1.09254843059 * 0.48),
        (6, (0.0, 0.0, 1.0), 0.94617469575 - 0.31539156525),
        (6, (1.0, 0.0, 0.0), -0.31539156525),
        (7, (0.6, 0.0, 0.8), 0.77254840404 * 0.48),
        (8, (1.0, 0.0, 0.0), 0.38627420202),
        (8, (0.0, 1.0, 0.0), -0.38627420202),
    ],
)
def test_the_light_has_kaolins_order_and_factors(
    number: int, normal: tuple[float, float, float], expected: float
) -> None:
    assert level(normal, **{f"l{number}": 1.0}) == pytest.approx(expected, abs=1e-9)


def test_one_over_y00_in_the_first_coefficient_leaves_the_texture_as_it_is() -> None:
    assert level((0.6, 0.0, 0.8), l0=1 / Y00) == pytest.approx(1.0, abs=1e-9)


def test_normals_of_light_are_in_camera_space(two_triangles: Template) -> None:
    """A light from the right lights the face that is turned to the right of the picture, wherever the camera is."""
    wall = torch.tensor([[0.0, -0.5, 0.0], [0.5, -0.5, -0.5], [0.5, 0.5, -0.5], [0.0, 0.5, 0.0]])
    light = torch.zeros(1, 9)
    light[0, 1] = 1.0
    texture = torch.ones(1, 3, 2, 2)
    for backend in ("reference", "numba"):
        for azimuth in (0.0, 30.0):
            picture = Renderer(backend, (65, 65))(wall[None], two_triangles, Camera.single(azimuth), texture, light)
            assert picture.rgb is not None
            expected = 0.4886025119 * math.sin(math.radians(45 - azimuth))
            seen: Tensor = picture.rgb[0, 0][picture.mask[0, 0] > 0]
            assert len(seen) > 100
            assert_close(seen, torch.full_like(seen, expected), factor=10)
