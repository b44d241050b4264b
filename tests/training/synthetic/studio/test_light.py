"""Light from environments: known skies, turned, exposed."""

from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.data import shared_data
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.attributes import Camera
from mirror_core.attributes.light import ambient_light
from mirror_core.errors import InputError
from mirror_core.rendering.shading import light_level as their_level
from training.synthetic.studio.environment import Environment, environments, from_radiance, soft_boxes
from training.synthetic.studio.harmonics import fit_level, light_level, matt_light, panorama_directions, rotate, sphere
from training.synthetic.studio.light import LightSettings, draw_light, light_before_camera, turn_about_y

LIGHT = np.array([3.0, 0.5, 0.6, 0.4, 0.2, -0.2, 0.2, 0.2, -0.3])
FRONT = Camera.single(0.0, 0.0, 2.5)
degrees = st.floats(-180.0, 180.0)


def sun(azimuth: float, elevation: float) -> Environment:
    """A grey sky with one bright spot."""
    toward = panorama_directions(64, 128)
    a, e = np.deg2rad(azimuth), np.deg2rad(elevation)
    spot = toward @ [np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)] > 0.99
    return from_radiance("sun", np.repeat((0.3 + 60.0 * spot)[..., None], 3, axis=2))


def brightest(light: np.ndarray) -> np.ndarray:
    return sphere()[light_level(light, sphere()).argmax()]


def test_levels_are_the_projects() -> None:
    normals = torch.tensor(sphere()).T[None, :, :, None]
    expected = their_level(normals, torch.tensor(LIGHT)[None])[0, :, 0]
    np.testing.assert_allclose(light_level(LIGHT, sphere()), expected, atol=1e-6)


def test_a_level_gives_its_light_back() -> None:
    np.testing.assert_allclose(fit_level(light_level(LIGHT, sphere())), LIGHT, atol=1e-9)


@given(degrees, degrees)
def test_turned_light_falls_on_turned_normals(first: float, second: float) -> None:
    across = np.array([[1, 0, 0], [0, 0, -1], [0, 1, 0]]) @ turn_about_y(second)
    rotation = turn_about_y(first) @ across
    turned = rotate(LIGHT, rotation)
    np.testing.assert_allclose(light_level(turned, sphere() @ rotation.T), light_level(LIGHT, sphere()), atol=1e-6)
    np.testing.assert_allclose(rotate(turned, rotation.T), LIGHT, atol=1e-6)


def test_a_constant_sky_is_ambient_light() -> None:
    np.testing.assert_allclose(matt_light(np.full((32, 64), 0.7)), ambient_light(1, 0.7)[0], atol=2e-3)
    grey = from_radiance("grey", np.full((32, 64, 3), 0.2, np.float32))
    light = light_before_camera(grey, 70.0, Camera.single(30.0, 20.0, 2.5), LightSettings())
    np.testing.assert_allclose(light, ambient_light()[0], atol=0.01)


def test_a_small_light_on_a_matt_sphere() -> None:
    """The clamped cosine in two bands: 1/4 + cos/2 + 5/32 (3 cos^2 - 1), of radiance * solid angle / pi."""
    toward = panorama_directions(512, 1024)
    spot = (toward[..., 2] > 0.999).astype(float)
    irradiance = 2 * np.pi * 0.001 / np.pi
    cosine = sphere()[:, 2]
    expected = irradiance * (0.25 + 0.5 * cosine + 5 / 32 * (3 * cosine**2 - 1))
    np.testing.assert_allclose(light_level(matt_light(spot), sphere()), expected, atol=0.03 * irradiance)


@pytest.mark.parametrize(("azimuth", "elevation"), [(0, 0), (90, 0), (-60, 40), (180, 10)])
def test_normals_towards_a_sun_are_brightest(azimuth: float, elevation: float) -> None:
    a, e = np.deg2rad(azimuth), np.deg2rad(elevation)
    toward = np.array([np.cos(e) * np.sin(a), np.sin(e), np.cos(e) * np.cos(a)])
    light = light_before_camera(sun(azimuth, elevation), 0.0, FRONT, LightSettings())
    assert brightest(light) @ toward > 0.97


def test_the_camera_sees_light_from_where_it_looks() -> None:
    """A sun at the side +x lies behind a camera there, and on the right of one in front."""
    from_front = light_before_camera(sun(90, 0), 0.0, FRONT, LightSettings())
    from_side = light_before_camera(sun(90, 0), 0.0, Camera.single(90.0, 0.0, 2.5), LightSettings())
    assert brightest(from_front) @ [1, 0, 0] > 0.97
    assert brightest(from_side) @ [0, 0, 1] > 0.97


@given(degrees)
def test_turning_the_environment_with_the_camera_changes_nothing(angle: float) -> None:
    there = light_before_camera(sun(40, 20), angle, Camera.single(angle, 10.0, 2.5), LightSettings())
    here = light_before_camera(sun(40, 20), 0.0, Camera.single(0.0, 10.0, 2.5), LightSettings())
    np.testing.assert_allclose(there, here, atol=1e-4)


@given(st.integers(0, 1000))
def test_exposure_and_contrast_stay_in_range(seed: int) -> None:
    rng = np.random.default_rng(seed)
    surroundings = sun(0, 20) if seed % 2 else soft_boxes(rng)
    light = draw_light(rng, surroundings, FRONT)
    level = light_level(light.coefficients, sphere())
    facing = sphere()[:, 2].clip(0) * (1 - sphere()[:, 1] ** 2)
    exposure = (level * facing).sum() / facing.sum()
    assert 0.74 < exposure < 1.16
    assert level.min() > 0.44 * exposure
    assert level.max() < 1.61 * exposure
    assert light.tint.mean() == pytest.approx(1)


def test_the_same_seed_the_same_light() -> None:
    first, second = (draw_light(np.random.default_rng(3), sun(0, 20), FRONT) for _ in range(2))
    np.testing.assert_array_equal(first.coefficients, second.coefficients)
    assert first.turn == second.turn


def test_real_panoramas() -> None:
    found = environments(shared_data("hdri"))
    assert [one.name for one in found] == sorted(one.name for one in found)
    for one in found:
        assert np.isfinite(one.light).all()
        assert one.panorama is not None
        assert 60 < np.median(one.panorama) < 200
    assert environments(shared_data("hdri"))[0] is found[0]


def test_an_empty_folder_and_a_broken_file_are_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"no \.hdr"):
        environments(tmp_path)
    (tmp_path / "broken.hdr").write_bytes(b"nothing")
    with pytest.raises(InputError, match="broken"):
        environments(tmp_path)
    with pytest.raises(InputError, match="exposure"):
        LightSettings(exposure=(0.0, 1.0))
