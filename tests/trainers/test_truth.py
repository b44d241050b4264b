"""What a synthetic photo's truth teaches, worked by hand."""

import dataclasses
import math

import pytest
import torch
from helpers.tiny_mirror import Ellipsoids, tiny_task
from lightning.fabric import Fabric

from mirror_core.attributes import Attributes, Camera, ambient_light
from mirror_core.trainers.magic_mirror import MagicMirrorTraining, Objective, TruthWeights
from mirror_core.trainers.magic_mirror.truth import camera_loss, texture_loss, truth_terms
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, TruthBatch

FABRIC = Fabric(accelerator="cpu", devices=1)
ALL = TruthWeights(camera=1.0, vertices=10.0, texture=2.0, light=3.0, hidden=3.0, frontal=0.5)


def found(count: int = 1, azimuth: float = 0.0) -> Attributes:
    """Grey ellipsoids in even light; all vertices at the origin."""
    even = torch.ones(count)
    camera = Camera(azimuth * even, 0.0 * even, 2.5 * even, torch.zeros(count, 2))
    vertices = torch.zeros(count, 642, 3)
    return Attributes(camera, vertices, vertices, torch.full((count, 3, 4, 8), 0.5), ambient_light(count))


def truth(rows: list[int]) -> TruthBatch:
    """What would make `found` perfect."""
    right = found(len(rows))
    visible = torch.ones(len(rows), 1, 4, 8)
    return TruthBatch(torch.tensor(rows), right.camera, right.vertices, right.texture, visible, right.light)


def test_by_default_nothing_is_taught():
    assert not TruthWeights().on
    assert truth_terms(TruthWeights(), found(), truth([0])) == {}


def test_the_truth_has_no_loss():
    assert all(float(term) == 0.0 for term in truth_terms(ALL, found(3), truth([0, 2])).values())


def test_without_a_synthetic_photo_every_term_is_there_and_0():
    assert {name: float(term) for name, term in truth_terms(ALL, found(2), None).items()} == {
        "true_camera": 0.0, "true_vertices": 0.0, "true_texture": 0.0, "true_light": 0.0, "true_frontal": 0.0
    }  # fmt: skip


def test_only_the_photos_with_a_truth_count():
    wrong = found(2)
    wrong.vertices[0] += 0.2
    assert float(truth_terms(ALL, wrong, truth([1]))["true_vertices"]) == 0.0
    assert float(truth_terms(ALL, wrong, truth([0]))["true_vertices"]) == pytest.approx(2.0)  # 10 x 0.2
    assert float(truth_terms(ALL, wrong, truth([0, 1]))["true_vertices"]) == pytest.approx(1.0)


def test_photos_without_a_truth_are_held_to_be_seen_from_before():
    """Three photos from behind, the middle one known to be: each other one is 1.5 from a cosine of 0.5."""
    assert float(truth_terms(ALL, found(3, 180.0), truth([1]))["true_frontal"]) == pytest.approx(0.5 * 1.5)
    assert float(truth_terms(ALL, found(3, 59.0), truth([1]))["true_frontal"]) == 0.0


def test_light_is_compared_number_by_number():
    dim = dataclasses.replace(found(), light=found().light - 0.1)
    assert float(truth_terms(ALL, dim, truth([0]))["true_light"]) == pytest.approx(0.3)


@pytest.mark.parametrize(("degrees", "chord"), [(60.0, 1.0), (90.0, math.sqrt(2.0)), (180.0, 2.0), (359.0, 0.017453)])
def test_the_azimuths_error_is_a_chord(degrees: float, chord: float):
    assert float(camera_loss(found(azimuth=degrees).camera, truth([0]).camera)) == pytest.approx(chord, abs=1e-4)


def test_the_other_cameras_errors_add_up():
    camera = found().camera
    off = Camera(camera.azimuth, torch.tensor([18.0]), torch.tensor([2.8]), torch.tensor([[0.1, -0.2]]))
    assert float(camera_loss(off, camera)) == pytest.approx(math.pi / 10 + 0.3 + 0.3, abs=1e-5)


@pytest.mark.parametrize("start", [-150.0, -20.0, 5.0, 90.0, 175.0])
def test_the_azimuth_is_called_the_short_way_round_from_everywhere(start: float):
    azimuth = torch.tensor([start], requires_grad=True)
    goal = dataclasses.replace(found().camera, azimuth=torch.tensor([160.0]))
    camera_loss(dataclasses.replace(found().camera, azimuth=azimuth), goal).backward()
    assert azimuth.grad is not None
    way = (160.0 - start + 180.0) % 360.0 - 180.0
    assert float(azimuth.grad) * way < 0


def test_hidden_texels_weigh_more():
    """One hidden texel of 32 off by 0.32: 3 x 0.32 / (31 + 3); the same one seen: 0.32 / 32."""
    off = found()
    off.texture[:, :, 0, 0] += 0.32
    known = truth([0])
    assert float(texture_loss(off, known, 3.0)) == pytest.approx(0.01, abs=1e-6)
    known.visible[:, :, 0, 0] = 0.0
    assert float(texture_loss(off, known, 3.0)) == pytest.approx(0.96 / 34, abs=1e-6)


def test_a_bright_texture_in_dim_light_is_as_good_as_the_photo_can_tell():
    bright = dataclasses.replace(found(), texture=torch.full((1, 3, 4, 8), 0.8), light=ambient_light(1, 0.625))
    assert float(texture_loss(bright, truth([0]), 3.0)) == pytest.approx(0.0, abs=1e-6)


def _truth_of_ellipsoids(batch: PhotoBatch) -> PhotoBatch:
    count, known = len(batch.index), truth([1, 3])
    texture = torch.zeros(2, 3, 64, 64)
    known = dataclasses.replace(known, texture=texture, visible=texture[:, :1], vertices=torch.rand(2, 642, 3))
    assert count == 4
    return dataclasses.replace(batch, truth=known)


def _step(weights: TruthWeights, *, known: bool) -> dict[str, float]:
    task = tiny_task(MagicMirrorTraining(objective=Objective(adversarial=0.0, truth=weights)))
    batch = Ellipsoids(4).batch(torch.arange(4))
    moment = Moment(seed=0, step=0, epochs=10, steps_per_epoch=4)
    terms = task.step(_truth_of_ellipsoids(batch) if known else batch, moment, FABRIC)
    return {name: float(value) for name, value in terms.items()}


def test_a_step_without_the_terms_is_the_same_step_whatever_is_known():
    assert _step(TruthWeights(), known=True) == _step(TruthWeights(), known=False)


def test_a_step_has_the_terms_beside_the_others():
    plain, taught = _step(TruthWeights(), known=True), _step(ALL, known=True)
    names = {"true_camera", "true_vertices", "true_texture", "true_light"}
    assert set(taught) == set(plain) | names | {"true_frontal"}
    assert all(taught[name] > 0 for name in names)
    assert {name: taught[name] for name in plain} == plain


def test_a_truth_moves_between_devices_whole():
    moved = _truth_of_ellipsoids(Ellipsoids(4).batch(torch.arange(4))).to(torch.device("meta"))
    assert moved.truth is not None
    assert moved.truth.camera.offset.device.type == moved.truth.rows.device.type == "meta"
