"""What one step of 3D Magic Mirror teaches whom."""

import dataclasses

import pytest
import torch
from helpers.tiny_mirror import Ellipsoids, tiny_config, tiny_task
from lightning.fabric import Fabric

from mirror_core.attributes import Attributes, Camera
from mirror_core.encoders import MagicMirror
from mirror_core.errors import InputError
from mirror_core.trainers.magic_mirror import MagicMirrorTraining, Objective, PrototypeLoop
from mirror_core.trainers.magic_mirror.prototype import smooth, update_prototype
from mirror_core.trainers.magic_mirror.settings import THREE_TURNS, TOGETHER
from mirror_core.trainers.magic_mirror.views import mixed, turned
from mirror_core.trainers.moment import Moment

FABRIC = Fabric(accelerator="cpu", devices=1)
NO_CONSISTENCY = Objective(camera=0.0, vertices=0.0, texture=0.0, light=0.0)
RELEASE = Objective(consistent_on="mixed", adversarial_on=("novel",), adversarial=1e-2, shape_distance="chamfer")


def _moment(step: int = 0) -> Moment:
    return Moment(seed=0, step=step, epochs=10, steps_per_epoch=4)


def _weights(module: torch.nn.Module) -> dict[str, torch.Tensor]:
    return {name: value.clone() for name, value in module.state_dict().items()}


def _moved(module: torch.nn.Module, before: dict[str, torch.Tensor]) -> bool:
    return any(not torch.equal(value, before[name]) for name, value in module.state_dict().items())


@pytest.mark.parametrize(("step", "learns"), list(enumerate(["shape", "camera", "texture", "light"])))
def test_the_encoder_loop_teaches_one_encoder_at_a_time(step, learns):
    task = tiny_task(MagicMirrorTraining(objective=NO_CONSISTENCY))
    before = {name: _weights(getattr(task.model, name)) for name in ("shape", "camera", "texture", "light")}
    task.step(Ellipsoids(4).batch(torch.arange(4)), _moment(step), FABRIC)
    moved = {name for name, weights in before.items() if _moved(getattr(task.model, name), weights)}
    assert moved == {learns}


def test_as_released_texture_and_light_share_a_turn():
    task = tiny_task(MagicMirrorTraining(objective=NO_CONSISTENCY, turns=THREE_TURNS))
    texture, light, shape = (_weights(getattr(task.model, name)) for name in ("texture", "light", "shape"))
    task.step(Ellipsoids(4).batch(torch.arange(4)), _moment(1), FABRIC)
    assert _moved(task.model.texture, texture)
    assert _moved(task.model.light, light)
    assert not _moved(task.model.shape, shape)


@pytest.mark.parametrize("objective", [Objective(), RELEASE])
def test_consistency_teaches_every_encoder_in_every_turn(objective):
    task = tiny_task(MagicMirrorTraining(objective=objective))
    before = {name: _weights(getattr(task.model, name)) for name in ("shape", "camera", "texture", "light")}
    task.step(Ellipsoids(4).batch(torch.arange(4)), _moment(), FABRIC)
    assert all(_moved(getattr(task.model, name), weights) for name, weights in before.items())


def test_the_critic_learns_too_and_is_left_able_to_learn():
    task = tiny_task(MagicMirrorTraining(objective=RELEASE))
    before = _weights(task.critic)
    terms = task.step(Ellipsoids(4).batch(torch.arange(4)), _moment(), FABRIC)
    assert _moved(task.critic, before)
    assert {"critic_novel", "penalty_novel", "adversarial_novel"} <= set(terms)
    assert all(parameter.requires_grad for parameter in task.critic.parameters())


def test_without_an_adversarial_weight_there_is_no_critic_step():
    task = tiny_task(MagicMirrorTraining(objective=Objective(adversarial=0.0)))
    before = _weights(task.critic)
    terms = task.step(Ellipsoids(4).batch(torch.arange(4)), _moment(), FABRIC)
    assert not _moved(task.critic, before)
    assert not any("critic" in name or "adversarial" in name for name in terms)


def test_the_same_step_from_the_same_weights_is_the_same_step():
    batch = Ellipsoids(4).batch(torch.arange(4))
    results = []
    for _ in range(2):
        task = tiny_task(MagicMirrorTraining(objective=RELEASE))
        task.step(batch, _moment(), FABRIC)
        results.append(_weights(task.model))
    assert all(torch.equal(results[0][name], results[1][name]) for name in results[0])


def test_silhouettes_of_ellipsoids_are_learnt_in_forty_steps():
    source = Ellipsoids(8)
    objective = dataclasses.replace(RELEASE, camera=0.1, vertices=0.1, adversarial=0.0)
    task = tiny_task(MagicMirrorTraining(objective=objective, turns=TOGETHER, learning_rate=3e-3, backbone_rate=1.0))
    before = task.validate(task.model, source)["mask_iou"]
    for step in range(40):
        task.step(source.batch(torch.arange(8)), Moment(0, step, 10, 4), FABRIC)
    after = task.validate(task.model, source)
    assert after["mask_iou"] > max(before + 0.05, 0.85)
    assert after["score"] == pytest.approx((after["mask_iou"] + after["ssim"]) / 2)


def test_the_picture_has_a_row_for_each_photo_and_five_columns():
    task, source = tiny_task(), Ellipsoids(3)
    picture = task.picture(task.model, source.batch(torch.arange(3)))
    assert picture.shape == (3, 3 * 64, 5 * 32)
    torch.testing.assert_close(picture[:, :64, :32], source.photo[0] * source.mask[0] + 1 - source.mask[0])


class TestViews:
    def _attributes(self, count: int) -> tuple[MagicMirror, Attributes]:
        model = MagicMirror(tiny_config())
        offsets = torch.arange(count).float()[:, None, None].expand(-1, 642, 3) * 0.1
        camera = Camera(*(torch.full((count,), value) for value in (10.0, 5.0, 3.0)), torch.zeros(count, 2))
        texture = torch.arange(count).float()[:, None, None, None].expand(-1, 3, 64, 64) / 10
        light = torch.arange(count).float()[:, None].expand(-1, 9)
        return model, Attributes(camera, model.prototype + offsets, offsets, texture, light)

    def test_turning_changes_the_azimuth_alone(self):
        _, found = self._attributes(6)
        view = turned(found, _moment(), 6)
        assert view.vertices is found.vertices
        assert torch.equal(view.camera.elevation, found.camera.elevation)
        assert view.camera.azimuth.unique().numel() == 6
        assert view.camera.azimuth.abs().max() <= 180.0

    def test_a_mixture_lies_between_neighbours_and_before_a_camera_in_the_ranges(self):
        model, found = self._attributes(6)
        mixture = mixed(found, model, 0.3, _moment(), 6)
        pairs = torch.tensor([[0, 1], [0, 1], [2, 3], [2, 3], [4, 5], [4, 5]]).float()
        for values, unit in (
            (mixture.offsets[:, 0, 0], 0.1),
            (mixture.texture[:, 0, 0, 0], 0.1),
            (mixture.light[:, 0], 1.0),
        ):
            assert ((values >= pairs[:, 0] * unit - 1e-6) & (values <= pairs[:, 1] * unit + 1e-6)).all()
        torch.testing.assert_close(mixture.vertices, model.prototype + mixture.offsets)
        limits = model.config.camera
        assert ((mixture.camera.distance >= limits.distance[0]) & (mixture.camera.distance <= limits.distance[1])).all()
        assert mixture.camera.elevation.abs().max() <= 15.0
        assert mixture.camera.offset.abs().max() <= 0.3

    def test_two_processes_draw_together_what_one_draws(self):
        model, found = self._attributes(8)
        whole = mixed(found, model, 0.3, _moment(), 8)
        for rank in range(2):
            moment = dataclasses.replace(_moment(), rank=rank, processes=2)
            rows = moment.rows(8)
            half = mixed(found.select(torch.arange(8)[rows]), model, 0.3, moment, 8)
            torch.testing.assert_close(half.vertices, whole.vertices[rows])
            torch.testing.assert_close(half.camera.azimuth, whole.camera.azimuth[rows])
            torch.testing.assert_close(
                turned(found.select(torch.arange(8)[rows]), moment, 8).camera.azimuth,
                turned(found, _moment(), 8).camera.azimuth[rows],
            )

    def test_a_batch_that_cannot_be_shared_is_refused(self):
        with pytest.raises(InputError, match="batch of 7 photos cannot be shared out evenly to 2 processes"):
            dataclasses.replace(_moment(), processes=2).rows(7)


class TestPrototypeLoop:
    SETTINGS = PrototypeLoop(every=1, until=1.0, step=0.5, decay=1.0, warm_up=0.0, smoothing=0, clip=0.05)

    def _model(self, offset: float) -> MagicMirror:
        """A model that moves the upper half of every prototype up by `offset`, the lower half down."""
        model = MagicMirror(tiny_config())
        direction = torch.sign(model.template.vertices) * torch.tensor([0.0, 1.0, 0.0])
        model.shape.forward = lambda picture, *_: (offset * direction).expand(len(picture), -1, -1)
        return model

    def test_the_prototype_moves_by_a_step_of_the_mean_offset(self):
        model = self._model(0.04)
        moved = update_prototype(model, Ellipsoids(4), self.SETTINGS, _moment(3), FABRIC)
        change = model.prototype - model.template.vertices
        torch.testing.assert_close(
            change[:, 1], 0.5 * 0.04 * torch.sign(model.template.vertices[:, 1]), atol=1e-6, rtol=0
        )
        assert change[:, [0, 2]].abs().max() < 1e-6
        assert moved["prototype_photos"] == 4

    def test_a_coordinate_moves_at_most_by_the_clip(self):
        model = self._model(0.3)
        update_prototype(model, Ellipsoids(4), self.SETTINGS, _moment(3), FABRIC)
        assert (model.prototype - model.template.vertices).abs().max().item() == pytest.approx(0.5 * 0.05, abs=1e-6)

    def test_outrageous_deformations_do_not_count(self):
        model = self._model(0.45)
        moved = update_prototype(model, Ellipsoids(4), self.SETTINGS, _moment(3), FABRIC)
        assert moved == {"prototype_photos": 0.0}
        torch.testing.assert_close(model.prototype, model.template.vertices)

    def test_photos_outside_the_clean_area_do_not_count(self):
        source = Ellipsoids(4)
        areas = source.mask.mean(dim=(1, 2, 3))
        limits = (float(areas[1]) - 1e-4, float(areas[2]) + 1e-4)
        settings = dataclasses.replace(self.SETTINGS, clean_area=limits)
        assert update_prototype(self._model(0.04), source, settings, _moment(3), FABRIC)["prototype_photos"] == 2

    def test_it_is_not_every_epoch_s_turn_and_not_the_last_epochs(self):
        settings = dataclasses.replace(self.SETTINGS, every=2, until=0.5)
        turns = [
            bool(update_prototype(self._model(0.04), Ellipsoids(4), settings, _moment(4 * e + 3), FABRIC))
            for e in range(10)
        ]
        assert turns == [False, True, False, True, False, False, False, False, False, False]

    def test_the_step_warms_up_and_decays(self):
        settings = dataclasses.replace(self.SETTINGS, warm_up=0.5, decay=0.9)
        model = self._model(0.04)
        update_prototype(model, Ellipsoids(4), settings, _moment(3), FABRIC)
        warm = 0.01 + 0.99 * (3 / 40) / 0.5
        expected = warm * 0.5 * 0.9 * 0.04
        assert (model.prototype - model.template.vertices).abs().max().item() == pytest.approx(expected, rel=1e-4)

    def test_smoothing_moves_half_way_to_the_neighbours_mean_and_keeps_what_is_constant(self):
        model = MagicMirror(tiny_config())
        constant = torch.ones(642, 3)
        torch.testing.assert_close(smooth(constant, model, 3), constant)
        spike = torch.zeros(642, 3)
        spike[100] = 1.0
        once = smooth(spike, model, 1)
        assert once[100, 0].item() == pytest.approx(0.5)
        assert (once[:, 0] > 0).sum() == 1 + (model.template.faces == 100).any(dim=1).sum()
