"""Descent through the renderer: smooth, downhill, repeatable."""

import numpy as np
import pytest
import torch

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from mirror_core.fitting.objective import Neighbourhoods
from mirror_core.fitting.optimise import Target, fit_vertices, refine
from mirror_core.fitting.precondition import SmoothDescent
from mirror_core.fitting.settings import FitSettings
from mirror_core.fitting.start import outline_start
from mirror_core.images import square_crop
from mirror_core.mesh import make_template
from mirror_core.metrics import mask_iou
from mirror_core.rendering import Renderer


def star_mask(size: int = 200) -> np.ndarray:
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size * 2 - 1
    angle, radius = np.arctan2(y, x), np.hypot(x, y)
    return (radius < 0.55 + 0.2 * np.cos(5 * angle)).astype(np.float32)


def overlap(vertices: np.ndarray, target: Target) -> float:
    seen = Renderer(image_size=(256, 256))(
        torch.from_numpy(vertices)[None].float(), make_template(len(vertices)), Camera.single()
    )
    return float(mask_iou(seen.mask, (target.at(256) > 0.5).float()))


def quick_fit(seed: int = 0, **changes: object) -> tuple[np.ndarray, np.ndarray, Target]:
    mask = star_mask()
    target = Target(mask, square_crop(mask))
    settings = FitSettings(start="outline", vertices=642, seed=seed, effort=0.3, **changes)  # type: ignore[arg-type]
    start = outline_start(make_template(642), target.at(96)[0, 0].numpy() > 0.5, 2.5, 0.6)
    return start, fit_vertices(start, target, Camera.single(), settings, lambda _: None), target


def test_a_fit_comes_closer_to_the_mask():
    start, fitted, target = quick_fit()
    assert overlap(fitted, target) > max(overlap(start, target) + 0.003, 0.97)


def test_the_same_seed_gives_the_same_vertices_to_the_last_bit():
    assert np.array_equal(quick_fit()[1], quick_fit()[1])


def test_a_fit_stops_at_the_next_step_when_asked():
    steps = 0

    def tick(_: str) -> None:
        nonlocal steps
        steps += 1
        if steps == 3:
            raise InterruptedError

    mask = star_mask()
    target = Target(mask, square_crop(mask))
    start = outline_start(make_template(642), target.at(96)[0, 0].numpy() > 0.5, 2.5, 0.6)
    with pytest.raises(InterruptedError):
        fit_vertices(start, target, Camera.single(), FitSettings(start="outline", vertices=642), tick)
    assert steps == 3


def test_refining_keeps_the_vertices_and_halves_the_edges():
    template = make_template(642)
    fine = refine(template.vertices.double().numpy())
    assert len(fine) == 2562
    assert np.array_equal(fine[:642], template.vertices.double().numpy())


def test_a_smooth_step_spreads_to_the_neighbours():
    template = make_template(642)
    faces = template.faces.numpy()
    gradient = np.zeros((642, 3))
    gradient[100, 0] = 1.0
    alone = SmoothDescent(faces, 642, smoothing=0.0, step_size=0.1).step(np.zeros((642, 3)), gradient)
    spread = SmoothDescent(faces, 642, smoothing=5.0, step_size=0.1).step(np.zeros((642, 3)), gradient)
    assert np.count_nonzero(alone) == 1
    assert alone[100, 0] == pytest.approx(-0.1)
    neighbours = np.setdiff1d(faces[(faces == 100).any(axis=1)], [100])
    assert (spread[neighbours, 0] < 0).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"start": "egg"}, "start must be one of auto, model, outline, ellipsoid, but is 'egg'"),
        ({"kind": "cat"}, "kind must be one of auto, garment, person, but is 'cat'"),
        ({"vertices": 1000}, "vertices must be one of .* but is 1000"),
        ({"texture_size": 9000}, "texture_size must lie between 64 and 8192, but is 9000"),
        ({"distance": 0.5}, "distance must lie between 2 and 20, but is 0.5"),
        ({"thickness": 9.0}, "thickness must lie between 0.05 and 2, but is 9"),
    ],
)
def test_settings_out_of_range_are_refused(change: dict[str, object], message: str):
    with pytest.raises(InputError, match=message):
        FitSettings(**change)  # type: ignore[arg-type]


def test_the_ellipsoid_goes_from_coarse_to_fine():
    counts = [stage.vertices for stage in FitSettings(start="ellipsoid").stages()]
    assert counts == sorted(counts)
    assert counts[0] == 642
    assert counts[-1] == 2562


def test_of_a_model_s_answer_the_faces_before_the_camera_are_kept_from_folding():
    """A sphere seen from its side: the half that faces +x, but for what perspective hides."""
    template = make_template(642, (0.5, 0.5, 0.5))
    near = Neighbourhoods.of(template, template.vertices[None], Camera.single(azimuth=90.0), laid=False)
    middles = template.vertices[near.front_faces].mean(dim=1)
    assert middles[:, 0].min() > 0.0
    assert 0.7 < len(near.front_faces) / (len(template.faces) / 2) < 1.0
