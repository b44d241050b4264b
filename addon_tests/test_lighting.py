"""The estimated light in Blender's terms; no Blender needed."""

import numpy as np
import pytest
from mirror_addon.lighting import environment, polynomial, srgb_to_linear

Y00 = 0.28209479177
SHAPES = ("1", "x", "z", "y", "xy", "yz", "3zz-1", "xz", "xx-yy")
# By hand, from kaolin's order and factors, at the unit normal (0.6, 0, 0.8).
AT_NORMAL = [0.28209479, 0.4886025 * 0.6, 0.4886025 * 0.8, 0, 0, 0, 0.94617470 * 0.64 - 0.31539157, 0.7725484 * 0.48]
AT_NORMAL.append(0.38627420 * 0.36)


def normals(count=200):
    points = np.random.default_rng(0).normal(size=(count, 3))
    return points / np.linalg.norm(points, axis=1, keepdims=True)


@pytest.mark.parametrize("number", range(9), ids=SHAPES)
def test_each_coefficient_has_kaolins_function(number):
    value = polynomial(np.eye(9)[number], np.eye(3))(np.array([0.6, 0.0, 0.8]))
    assert value == pytest.approx(AT_NORMAL[number], abs=1e-6)


def test_a_turned_frame_changes_the_numbers_and_not_the_light():
    light = np.random.default_rng(1).normal(size=9)
    axes, _ = np.linalg.qr(np.random.default_rng(2).normal(size=(3, 3)))
    here = polynomial(light, np.eye(3))(normals() @ axes.T)
    np.testing.assert_allclose(polynomial(light, axes)(normals()), here, atol=1e-12)


def test_light_from_everywhere_is_an_even_environment():
    picture = environment(polynomial(np.eye(9)[0] / Y00, np.eye(3)))
    np.testing.assert_allclose(picture, 1.0, rtol=1e-6)


def test_light_from_one_side_comes_from_that_side_of_the_picture():
    # Brighter towards +x: the middle of an equirectangular picture; +z is its top (the last row).
    toward_x = environment(polynomial(np.array([3.5, 1, 0, 0, 0, 0, 0, 0, 0.0]), np.eye(3)))
    assert toward_x.sum(axis=0).argmax() in (15, 16)
    toward_z = environment(polynomial(np.array([3.5, 0, 1, 0, 0, 0, 0, 0, 0.0]), np.eye(3)))
    assert toward_z.sum(axis=1).argmax() == 15


def test_the_environment_lights_as_asked_where_real_light_can():
    # Soft light from a window: no second-order terms, which real light can only have in company.
    asked = polynomial(np.array([3.5, 0.8, 0.3, 0.4, 0, 0, 0, 0, 0]), np.eye(3))
    picture = environment(asked)
    assert picture.min() > 0
    rows, columns = picture.shape
    latitude = ((np.arange(rows) + 0.5) / rows - 0.5) * np.pi
    longitude = np.pi - (np.arange(columns) + 0.5) / columns * 2 * np.pi
    latitude, longitude = np.meshgrid(latitude, longitude, indexing="ij")
    directions = np.stack(
        [np.cos(latitude) * np.cos(longitude), np.cos(latitude) * np.sin(longitude), np.sin(latitude)], axis=-1
    )
    weights = np.cos(latitude) * (np.pi / rows) ** 2 / np.pi
    got = np.einsum("nrc,rc,rc->n", np.maximum(np.einsum("ni,rci->nrc", normals(), directions), 0), weights, picture)
    np.testing.assert_allclose(got, srgb_to_linear(asked(normals())), atol=0.02)


def test_srgb_follows_the_standard():
    np.testing.assert_allclose(srgb_to_linear(np.array([0.0, 0.04, 0.5, 1.0])), [0, 0.0030960, 0.2140411, 1], atol=1e-6)
