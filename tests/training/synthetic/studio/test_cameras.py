"""Cameras have their subject in the picture, at the size asked for."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from mirror_core.mesh import make_template
from training.synthetic.studio.cameras import CIRCLE, FRONTAL, CameraSettings, draw_camera

BODY = make_template(642).vertices.numpy() * [0.5, 1.0, 0.5]
SIZE = (256, 128)


def box(points: np.ndarray, camera: Camera, size: tuple[int, int]) -> tuple[np.ndarray, np.ndarray]:
    """NDC of the points' box, by the project's camera."""
    seen = (points - camera.eye().numpy()) @ camera.rotation()[0].numpy().T
    image = seen[:, :2] / -seen[:, 2:] / (0.4 * np.array([size[1] / size[0], 1]))
    return image.min(axis=0), image.max(axis=0)


@given(st.integers(0, 10_000), st.sampled_from([(256, 128), (128, 128), (96, 160)]), st.floats(0.2, 2.0))
def test_the_whole_subject_is_in_the_picture(seed: int, size: tuple[int, int], width: float) -> None:
    points = BODY * [width, 1.0, width]
    low, high = box(points, draw_camera(np.random.default_rng(seed), points, size), size)
    assert max(-low.min(), high.max()) <= 0.961


def test_it_fills_the_share_of_the_height_asked_for() -> None:
    cameras = [draw_camera(np.random.default_rng(seed), BODY, SIZE) for seed in range(200)]
    boxes = [box(BODY, camera, SIZE) for camera in cameras]
    fill = np.array([(high - low)[1] / 2 for low, high in boxes])
    assert 0.58 < fill.min() < 0.65
    assert 0.9 < fill.max() < 0.96
    middle = np.array([(high + low) / 2 for low, high in boxes])
    assert np.abs(middle.mean(axis=0)).max() < 0.05
    assert middle.std(axis=0).min() > 0.03


def test_the_circle_is_covered_evenly() -> None:
    cameras = [draw_camera(np.random.default_rng(seed), BODY, SIZE) for seed in range(400)]
    counts, _ = np.histogram([float(camera.azimuth) for camera in cameras], bins=8, range=(-180, 180))
    assert counts.min() > 30
    elevations = np.array([float(camera.elevation) for camera in cameras])
    assert -5 <= elevations.min() < 0
    assert 20 < elevations.max() <= 25


def test_frontal_cameras_look_at_the_front_and_sometimes_the_back() -> None:
    angles = [float(draw_camera(np.random.default_rng(seed), BODY, SIZE, FRONTAL).azimuth) for seed in range(400)]
    assert np.mean(np.abs(angles) < 60) == pytest.approx(0.85, abs=0.06)
    assert np.mean(np.abs(angles) > 120) == pytest.approx(0.15, abs=0.06)


def test_seed_and_settings_decide() -> None:
    first, second = (draw_camera(np.random.default_rng(5), BODY, SIZE) for _ in range(2))
    assert float(first.azimuth) == float(second.azimuth)
    assert float(first.distance) == float(second.distance)
    still = draw_camera(np.random.default_rng(5), BODY, SIZE, replace(CIRCLE, elevation=(3.0, 3.0), shift=0.0))
    assert float(still.elevation) == 3.0
    with pytest.raises(InputError, match="frontal"):
        CameraSettings(azimuth="side")
