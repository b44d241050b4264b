"""A mask becomes a triangulated disk, whatever its shape."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mirror_core.errors import MaskError
from mirror_core.fitting.region import boundary_loops, region_from_mask
from mirror_core.mesh.topology import unique_edges


def is_disk(region) -> bool:
    """Euler characteristic 1 and one boundary loop that visits no node twice."""
    edges = len(unique_edges(region.triangles)[0])
    loops = boundary_loops(region.triangles)
    simple = len(np.unique(region.loop)) == len(region.loop)
    return len(region.nodes) - edges + len(region.triangles) == 1 and len(loops) == 1 and simple


def signed_areas(region) -> np.ndarray:
    a, b, c = region.nodes[region.triangles].transpose(1, 0, 2)
    u, v = b - a, c - a
    return 0.5 * (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0])


def test_a_square_of_pixels():
    mask = np.zeros((8, 8), bool)
    mask[2:6, 2:6] = True
    region = region_from_mask(mask)
    assert (len(region.nodes), len(region.triangles), len(region.loop)) == (25, 32, 16)
    assert region.nodes.min(axis=0).tolist() == [-0.5, -0.5]
    assert signed_areas(region) == pytest.approx(np.full(32, 0.5 * 0.25**2))


def test_the_loop_runs_counter_clockwise():
    mask = np.zeros((16, 16), bool)
    mask[3:12, 4:9] = True
    region = region_from_mask(mask)
    x, y = region.nodes[region.loop].T
    assert np.sum(x * np.roll(y, -1) - y * np.roll(x, -1)) > 0


def test_a_ring_is_cut_open_without_losing_a_pixel():
    mask = np.zeros((32, 32), bool)
    mask[4:28, 4:28] = True
    mask[12:20, 12:20] = False
    region = region_from_mask(mask)
    assert is_disk(region)
    assert signed_areas(region).sum() == pytest.approx(mask.sum() * (2 / 32) ** 2)
    # The cut of eight pixels has nine nodes, and both its sides have them.
    assert len(region.nodes) - len(np.unique(region.nodes, axis=0)) == 9


def test_holes_behind_holes_and_walls_one_pixel_thick():
    mask = np.zeros((64, 64), bool)
    mask[8:56, 8:56] = True
    for row in (9, 21, 33, 45):
        mask[row : row + 8, 9:30] = False
        mask[row : row + 8, 34:54] = False
    assert is_disk(region_from_mask(mask))


def test_only_the_largest_part_is_kept_and_specks_are_filled():
    mask = np.zeros((64, 64), bool)
    mask[10:50, 10:40] = True
    mask[30, 20] = False
    mask[2:6, 50:60] = True
    region = region_from_mask(mask)
    assert region.cells.sum() == 40 * 30


def test_pixels_that_meet_at_a_corner_are_joined():
    mask = np.zeros((32, 32), bool)
    mask[4:16, 4:16] = True
    mask[16:28, 16:28] = True
    mask[15:17, 4:8] = True
    mask[10:28, 4:6] = True
    mask[26:28, 4:20] = True
    assert is_disk(region_from_mask(mask))


def test_too_small_a_mask_is_refused_with_its_size():
    mask = np.zeros((32, 32), bool)
    mask[3:5, 3:6] = True
    with pytest.raises(MaskError, match="covers only 6 of 1024 pixels"):
        region_from_mask(mask)


@given(st.integers(0, 2**32 - 1), st.floats(0.35, 0.9))
def test_any_mask_becomes_a_disk(seed: int, share: float):
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(np.random.default_rng(seed).random((40, 40)), 1.2)
    mask = noise < np.quantile(noise, share)
    region = region_from_mask(mask)
    assert is_disk(region)
    assert (signed_areas(region) > 0).all()
