"""Backgrounds, shadows and the sensor."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from helpers.studio_pieces import card
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.attributes import Camera
from mirror_core.attributes.light import ambient_light
from mirror_core.errors import InputError
from training.synthetic.studio.background import BackgroundSettings, crop_of, draw_background, panorama_view
from training.synthetic.studio.environment import Environment
from training.synthetic.studio.harmonics import panorama_directions
from training.synthetic.studio.sensor import SensorSettings, compose, expose, noise, roll_off
from training.synthetic.studio.shadow import ground_shadow, wall_shadow
from training.synthetic.studio.shoot import Shot, shoot
from training.synthetic.studio.walls import draw_wall

SIZE = (64, 48)
FRONT = Camera.single(0.0, 0.0, 2.5)
PERFECT = SensorSettings((0, 0), (1, 1), (0, 0), (0, 0), (100, 100))


def compass() -> Environment:
    """A panorama whose colour is its direction."""
    panorama = (127.5 * (1 + panorama_directions(256, 512)) + 0.5).astype(np.uint8)
    return Environment("compass", ambient_light()[0].double().numpy(), np.ones(3), panorama)


def shot(**changes: float) -> Shot:
    return shoot([card(**changes)], FRONT, ambient_light()[0].numpy(), SIZE)


@pytest.mark.parametrize("camera", [FRONT, Camera.single(90.0, 0.0, 2.5), Camera.single(-30.0, 20.0, 3.0)])
@pytest.mark.parametrize("turn", [0.0, 65.0])
def test_panoramas_are_seen_in_the_directions_the_camera_looks(camera: Camera, turn: float) -> None:
    view = panorama_view(compass(), turn, camera, SIZE) * 2 - 1
    x = (2 * np.arange(48) + 1 - 48) / 64 * 0.4
    y = (64 - 2 * np.arange(64) - 1) / 64 * 0.4
    rays = np.stack([np.tile(x, (64, 1)), np.tile(y[:, None], (1, 48)), -np.ones(SIZE)], axis=-1)
    rays = rays / np.linalg.norm(rays, axis=-1, keepdims=True) @ camera.rotation()[0].numpy()
    angle = np.deg2rad(-turn)  # a turn of 65 brings to azimuth 65 what was at 0: look up 65 degrees less
    c, s = np.cos(angle), np.sin(angle)
    expected = np.stack([c * rays[..., 0] + s * rays[..., 2], rays[..., 1], c * rays[..., 2] - s * rays[..., 0]], -1)
    np.testing.assert_allclose(view, expected, atol=0.02)


def test_the_horizon_rises_when_the_camera_looks_down() -> None:
    level = panorama_view(compass(), 0.0, FRONT, SIZE)[..., 1]
    down = panorama_view(compass(), 0.0, Camera.single(0.0, 15.0, 2.5), SIZE)[..., 1]
    assert level[31:33, 24].mean() == pytest.approx(0.5, abs=0.02)
    assert down[31:33, 24].mean() == pytest.approx((1 - np.sin(np.deg2rad(15))) / 2, abs=0.02)


def test_kinds_come_in_their_shares_where_they_exist(tmp_path: Path) -> None:
    file = tmp_path / "street.png"
    cv2.imwrite(str(file), np.full((90, 120, 3), 100, np.uint8))
    surroundings = compass(), 0.0

    def kinds(*, pictures: tuple[Path, ...] = (), environment: tuple[Environment, float] | None = None) -> list[str]:
        rng = np.random.default_rng(0)
        return [draw_background(rng, (FRONT, SIZE), environment, pictures).kind for _ in range(200)]

    assert set(kinds()) == {"wall"}
    assert set(kinds(pictures=(file,))) == {"wall", "folder"}
    every = kinds(pictures=(file,), environment=surroundings)
    assert every.count("panorama") / 200 == pytest.approx(0.6, abs=0.1)
    assert every.count("folder") / 200 == pytest.approx(0.2, abs=0.1)
    only = BackgroundSettings(panorama=1.0, folder=0.0, wall=0.0)
    assert draw_background(np.random.default_rng(0), (FRONT, SIZE), None, (), only).kind == "wall"


@given(st.integers(0, 10_000))
def test_walls_are_pictures_and_repeat(seed: int) -> None:
    first, second = (draw_wall(np.random.default_rng(seed), SIZE) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    assert first.shape == (*SIZE, 3)
    assert first.dtype == np.float32
    assert first.min() >= 0
    assert first.mean() > 0.1


def test_crops_stay_inside(tmp_path: Path) -> None:
    file = tmp_path / "tiny.png"
    cv2.imwrite(str(file), np.full((30, 9, 3), (10, 20, 30), np.uint8))
    for seed in range(20):
        crop = crop_of(np.random.default_rng(seed), file, SIZE)
        np.testing.assert_allclose(crop, np.broadcast_to(np.array([30, 20, 10]) / 255, (*SIZE, 3)), atol=1e-6)
    with pytest.raises(InputError, match="nothing"):
        crop_of(np.random.default_rng(0), tmp_path / "nothing.png", SIZE)


def test_the_ground_is_dark_under_the_feet_and_nowhere_above_the_horizon() -> None:
    angle = np.linspace(0, 2 * np.pi, 60)
    points = np.stack([0.1 * np.cos(angle), -0.9 + 0 * angle, 0.1 * np.sin(angle)], axis=1)
    body = np.concatenate([points, points + np.array([0, 1.8, 0])])
    camera = Camera.single(30.0, 10.0, 2.5)
    shade = ground_shadow(body, camera, (256, 256))
    assert shade[:100].min() == 1
    row, column = np.unravel_index(shade.argmin(), shade.shape)
    seen = camera.rotation()[0].numpy() @ (np.array([0, -0.9, 0]) - camera.eye()[0].numpy())
    assert abs(column + 0.5 - (128 + 320 * seen[0] / -seen[2])) < 14
    assert abs(row + 0.5 - (128 - 320 * seen[1] / -seen[2])) < 8
    assert 0.2 < shade.min() < 0.75


def test_a_wall_shadow_falls_aside() -> None:
    alpha = np.zeros((64, 64), np.float32)
    alpha[20:40, 20:40] = 1
    shade = wall_shadow(alpha, (5.0, 3.0), 1.0, 0.5)
    rows, columns = np.nonzero(shade < 0.75)
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (23, 42, 25, 44)
    assert shade.min() == pytest.approx(0.5, abs=1e-5)


def test_a_perfect_camera_shows_the_composition() -> None:
    picture, background = shot(), np.full((*SIZE, 3), 0.25, np.float32)
    seen = expose(np.random.default_rng(0), picture, background, None, PERFECT)
    expected = picture.rgb + 0.25 * (1 - picture.alpha)[..., None]
    np.testing.assert_allclose(seen.picture / 255, expected, atol=0.02)
    np.testing.assert_array_equal(seen.picture[..., ::-1], cv2.imdecode(np.frombuffer(seen.file, np.uint8), 1))
    assert seen.quality == 100


def test_composition_is_the_mean_of_the_fine_one() -> None:
    picture, background = shot(half=0.31), np.full((*SIZE, 3), 0.9, np.float32)
    fine = np.where((picture.piece >= 0)[..., None], picture.fine_rgb(), np.float32(0.9))
    mean = fine.reshape(64, 2, 48, 2, 3).mean(axis=(1, 3))
    np.testing.assert_allclose(compose(picture, background, 0.0), mean, atol=1e-6)


def test_cameras_draw_within_their_settings_and_leave_masks_alone() -> None:
    picture, background = shot(), np.full((*SIZE, 3), 0.5, np.float32)
    before = picture.alpha.copy(), picture.parts.copy()
    photos = [expose(np.random.default_rng(seed), picture, background) for seed in range(30)]
    assert {60 <= photo.quality <= 96 for photo in photos} == {True}
    assert len({photo.file for photo in photos}) == 30
    again = expose(np.random.default_rng(7), picture, background)
    assert again.file == photos[7].file
    np.testing.assert_array_equal(picture.alpha, before[0])
    np.testing.assert_array_equal(picture.parts, before[1])


def test_noise_has_the_variance_it_says() -> None:
    grey = np.full((400, 400, 3), 0.5, np.float32)
    drawn = noise(np.random.default_rng(0), grey, 0.01, 0.02)
    assert drawn.std() == pytest.approx(np.sqrt(0.01**2 + 0.02**2 * 0.5), rel=0.02)
    assert np.corrcoef(drawn[..., 0].ravel(), drawn[..., 1].ravel())[0, 1] == pytest.approx(2 / 3, abs=0.02)


def test_highlights_bend_smoothly_to_white() -> None:
    values = np.linspace(0, 2, 400, dtype=np.float32)
    bent = roll_off(values[:, None, None].repeat(3, axis=2))[:, 0, 0]
    np.testing.assert_array_equal(bent[values <= 0.8], values[values <= 0.8])
    assert bent[values >= 1.2].min() == 1
    assert (np.diff(bent) >= 0).all()
    assert np.abs(np.diff(bent, 2)).max() < 1e-3


def test_bad_settings_are_refused() -> None:
    with pytest.raises(InputError, match="quality"):
        SensorSettings(quality=(0, 50))
