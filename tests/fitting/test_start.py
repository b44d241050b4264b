"""The start follows the outline, is thick, and folds nowhere."""

import numpy as np
import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.fitting.disk_map import locate, map_to_disk
from mirror_core.fitting.inflate import find_hem, inflate
from mirror_core.fitting.region import region_from_mask
from mirror_core.fitting.start import ellipsoid_start, outline_start
from mirror_core.mesh import make_template
from mirror_core.metrics import inverted_faces, mask_iou
from mirror_core.rendering import Renderer

PIXELS = 96


def disk_mask(radius: float = 0.8) -> np.ndarray:
    y, x = (np.mgrid[0:PIXELS, 0:PIXELS] + 0.5) / PIXELS * 2 - 1
    return x**2 + y**2 < radius**2


def trousers_mask() -> np.ndarray:
    mask = np.zeros((PIXELS, PIXELS), bool)
    mask[8:40, 28:68] = True
    mask[40:88, 26:44] = True
    mask[40:88, 52:70] = True
    return mask


def arm_on_hip_mask() -> np.ndarray:
    mask = np.zeros((PIXELS, PIXELS), bool)
    mask[8:88, 40:60] = True
    mask[24:60, 60:80] = True
    mask[32:52, 62:72] = False
    return mask


def covered(vertices: np.ndarray, template, mask: np.ndarray) -> float:
    seen = Renderer("reference", mask.shape)(torch.from_numpy(vertices)[None].float(), template, Camera.single())
    return float(mask_iou(seen.mask, torch.from_numpy(mask)[None, None].float()))


def test_the_map_of_a_region_is_one_to_one():
    for mask in (disk_mask(), trousers_mask(), arm_on_hip_mask()):
        region = region_from_mask(mask)
        a, b, c = map_to_disk(region)[region.triangles].transpose(1, 0, 2)
        u, v = b - a, c - a
        assert (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0] > 0).all()


def test_the_outline_lies_on_the_circle_top_up_and_bottom_down():
    region = region_from_mask(trousers_mask())
    disk = map_to_disk(region)
    assert np.linalg.norm(disk[region.loop], axis=1) == pytest.approx(1.0)
    top, bottom = disk[region.loop[np.argmax(disk[region.loop, 1])]], disk[region.loop[np.argmin(disk[region.loop, 1])]]
    assert np.allclose([*top, *bottom], [0, 1, 0, -1], atol=0.02)


def test_a_point_is_found_in_its_triangle():
    disk = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    triangles = np.array([[0, 1, 2], [0, 2, 3]])
    face, weights = locate(disk, triangles, np.array([[0.25, 0.5], [-0.5, 0.25]]))
    assert face.tolist() == [0, 1]
    assert weights == pytest.approx(np.array([[0.25, 0.25, 0.5], [0.25, 0.25, 0.5]]))


def test_a_long_strip_inflates_to_an_ellipse():
    cells = np.zeros((128, 128), bool)
    cells[:, 54:74] = True  # half width 10 pixels
    half = np.sqrt(inflate(cells, ratio=0.7))[64, 54:74] * 64  # in pixels
    across = np.abs(np.arange(20) - 9.5) / 10
    assert half == pytest.approx(0.7 * 10 * np.sqrt(1 - across**2), rel=0.02)


def test_a_disk_inflates_to_a_flattened_ball():
    # Poisson on a disk: f = ratio^2 (r0^2 - r^2) / 2.
    half = np.sqrt(inflate(disk_mask(0.8), ratio=1.0))
    assert half.max() == pytest.approx(0.8 / np.sqrt(2), rel=0.02)


def test_a_hem_keeps_its_thickness():
    cells = np.zeros((96, 96), bool)
    cells[10:80, 30:66] = True
    hem = find_hem(cells, reach=0.1)
    assert set(np.flatnonzero(hem.any(axis=1))) <= set(range(73, 80))
    closed, opened = inflate(cells, 0.6), inflate(cells, 0.6, hem)
    assert closed[79, 48] < 0.1 * closed[45, 48]
    assert opened[79, 48] > 0.9 * closed[45, 48]


@pytest.mark.parametrize("mask", [disk_mask(), trousers_mask(), arm_on_hip_mask()], ids=["disk", "trousers", "hip"])
def test_the_start_already_covers_the_mask(mask: np.ndarray):
    template = make_template(2562)
    vertices = outline_start(template, mask, distance=2.5, ratio=0.7)
    assert covered(vertices, template, mask) > 0.93
    assert inverted_faces(torch.from_numpy(vertices)[None].float(), template, Camera.single()) < 0.02


def test_the_start_is_mirrored_front_to_back():
    template = make_template(642)
    vertices = outline_start(template, trousers_mask(), 2.5, 0.7)
    assert vertices[template.front_back.numpy()] == pytest.approx(vertices * (1, 1, -1))


def test_thickness_follows_the_ratio():
    template = make_template(642)
    thin, thick = (np.ptp(outline_start(template, disk_mask(), 2.5, ratio)[:, 2]) for ratio in (0.3, 0.6))
    assert thick == pytest.approx(2 * thin, rel=0.05)


def test_the_ellipsoid_fills_the_box():
    template = make_template(642)
    mask = np.zeros((64, 64), bool)
    mask[8:56, 16:32] = True
    vertices = ellipsoid_start(template, mask, distance=2.5)
    assert vertices[:, 0].min() == pytest.approx(-0.5)
    assert vertices[:, 0].max() == pytest.approx(0.0, abs=1e-9)
    assert np.ptp(vertices[:, 1]) == pytest.approx(1.5)


def test_a_cancelled_start_stops():
    def stop(what: str) -> None:
        raise InterruptedError(what)

    with pytest.raises(InterruptedError):
        outline_start(make_template(642), disk_mask(), 2.5, 0.6, tick=stop)
