"""Camera and shape taught by the truth alone."""

import dataclasses
import math

import pytest
import torch
from helpers.tiny_mirror import Ellipsoids, tiny_config, tiny_task
from lightning.fabric import Fabric
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.discriminators import CriticConfig, WganCritic
from mirror_core.encoders import MagicMirror
from mirror_core.mesh import make_template
from mirror_core.trainers.magic_mirror import GeometryTask, MagicMirrorTraining, Objective, TruthWeights
from mirror_core.trainers.magic_mirror.truth import direction_loss, frontal_loss
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, TruthBatch

FABRIC = Fabric(accelerator="cpu", devices=1)
SETTINGS = MagicMirrorTraining(
    objective=Objective(truth=TruthWeights(camera=1.0, vertices=10.0)), learning_rate=3e-3, backbone_rate=1.0
)


def seen_from(azimuth: float) -> Camera:
    return Camera(torch.tensor([azimuth]), torch.zeros(1), torch.full((1,), 2.6), torch.zeros(1, 2))


def make_task() -> GeometryTask:
    torch.manual_seed(0)
    return GeometryTask(
        MagicMirror(tiny_config()), WganCritic(CriticConfig(((8, 5, 4), (8, 3, 2), (8, 3, 2)))), SETTINGS
    )


def known(count: int = 4) -> PhotoBatch:
    """Ellipsoids as wide as high, of which that is known; the first is a photo without a truth."""
    photos = Ellipsoids(count).batch(torch.arange(count))
    rows = torch.arange(1, count)
    even = torch.ones(count - 1)
    vertices = (make_template().vertices * torch.tensor([1.2, 1.0, 1.2])).expand(count - 1, -1, -1)
    texture = torch.zeros(count - 1, 3, 64, 64)
    camera = Camera(180.0 * even, 0.0 * even, 2.6 * even, torch.zeros(count - 1, 2))
    truth = TruthBatch(rows, camera, vertices, texture, texture[:, :1], torch.zeros(count - 1, 9))
    return dataclasses.replace(photos, truth=truth)


@pytest.mark.parametrize(
    ("vector", "squared"), [((0.0, 1.0), 0.0), ((1.0, 0.0), 2.0), ((0.0, -1.0), 4.0), ((0.0, 0.0), 1.0)]
)
def test_the_directions_error_is_a_distance_in_the_plane(vector: tuple[float, float], squared: float):
    assert float(direction_loss(torch.tensor([vector]), seen_from(90.0))) == pytest.approx(squared, abs=1e-6)


def test_a_direction_half_a_circle_wrong_is_pulled_through_zero():
    """Where the angle's own error has no slope, the vector's points to the other side."""
    vector = torch.tensor([[1.0, 0.0]], requires_grad=True)
    direction_loss(vector, seen_from(180.0)).backward()
    assert vector.grad is not None
    assert vector.grad[0, 0] == pytest.approx(4.0)
    assert math.isclose(float(vector.grad[0, 1]), 0.0, abs_tol=1e-6)


def test_only_real_photos_are_held_to_be_seen_from_before():
    vectors = torch.tensor([[-1.0, 0.0], [0.2, 1.0], [0.9, 0.0], [-1.0, 0.0]])
    assert float(frontal_loss(vectors, torch.tensor([True, True, True, False]))) == pytest.approx((1.5 + 0.3 + 0.0) / 3)
    assert float(frontal_loss(vectors, torch.zeros(4, dtype=torch.bool))) == 0.0


def test_steps_teach_the_back_and_the_width():
    task, batch = make_task(), known()
    losses = [task.step(batch, Moment(0, step, 1, 40), FABRIC) for step in range(40)]
    assert losses[-1]["true_direction"] < 0.2 * losses[0]["true_direction"]
    assert losses[-1]["true_vertices"] < 0.5 * losses[0]["true_vertices"]


def test_texture_and_light_are_left_alone():
    task = make_task()
    before = {name: values.clone() for name, values in task.model.state_dict().items()}
    task.step(known(), Moment(0, 0, 1, 40), FABRIC)
    after = task.model.state_dict()
    changed = {name.split(".")[0] for name in after if not torch.equal(before[name], after[name])}
    assert changed == {"camera", "shape"}


class _Known(Ellipsoids):
    """Photos that all have a truth, that of `known`."""

    def batch(self, index: Tensor, generator: object = None, rows: slice | None = None) -> PhotoBatch:
        batch = known(len(index) + 1)
        assert batch.truth is not None
        truth = dataclasses.replace(batch.truth, rows=torch.arange(len(index)))
        return PhotoBatch(batch.photo[1:], batch.mask[1:], index, truth)


def test_it_is_measured_by_the_truth():
    """Before it learns, it looks from the front at the template; the truth is behind it and wider."""
    task = make_task()
    figures = task.validate(task.model.eval(), _Known(3))
    wider = (make_template().vertices * torch.tensor([0.2, 0.0, 0.2])).abs().mean()
    assert figures["azimuth"] == pytest.approx(180.0, abs=30.0)
    assert figures["vertices"] == pytest.approx(float(wider), rel=0.2)
    missing = math.radians(figures["azimuth"]) + figures["place"] + 10.0 * figures["vertices"]
    assert figures["score"] == pytest.approx(-missing)


def test_it_sees_camera_and_shape_as_the_whole_model_does():
    model, batch = tiny_task().model.eval(), known()
    camera, direction, vertices = model.geometry(batch.photo, batch.mask)
    whole = model(batch.photo, batch.mask)
    torch.testing.assert_close(vertices, whole.vertices)
    torch.testing.assert_close(camera.azimuth, whole.camera.azimuth)
    angle = torch.rad2deg(torch.atan2(direction[:, 1], direction[:, 0]))
    torch.testing.assert_close(angle * model.config.camera.azimuth / 360.0, camera.azimuth)
