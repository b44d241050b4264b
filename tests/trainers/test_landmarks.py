"""SMR's landmark term in a training step."""

import dataclasses

import pytest
import torch
from helpers.tiny_mirror import Ellipsoids, tiny_config
from lightning.fabric import Fabric
from torchvision.models.vgg import make_layers

from mirror_core.discriminators import CriticConfig, WganCritic
from mirror_core.encoders import MagicMirror
from mirror_core.features.vgg import LAYERS
from mirror_core.trainers.magic_mirror import LandmarkSettings, MagicMirrorTask, MagicMirrorTraining, Objective
from mirror_core.trainers.magic_mirror.landmarks import Landmarks
from mirror_core.trainers.magic_mirror.settings import TOGETHER
from mirror_core.trainers.moment import Moment

MOMENT = Moment(seed=0, step=0, epochs=10, steps_per_epoch=4)
NOTHING_ELSE = Objective(
    **dict.fromkeys(("image", "silhouette", "adversarial", "camera", "vertices", "texture", "light"), 0.0),
    **dict.fromkeys(("laplacian", "flatness", "symmetry", "deformation"), 0.0),
)


def _task(landmarks: LandmarkSettings | None) -> MagicMirrorTask:
    torch.manual_seed(0)
    critic = WganCritic(CriticConfig(((8, 5, 4), (8, 3, 2), (8, 3, 2))))
    training = MagicMirrorTraining(objective=NOTHING_ELSE, turns=TOGETHER, learning_rate=1e-3)
    return MagicMirrorTask(MagicMirror(tiny_config()), critic, training, landmarks)


def _step(task: MagicMirrorTask) -> dict[str, torch.Tensor]:
    return task.step(Ellipsoids(4).batch(torch.arange(4)), MOMENT, Fabric(accelerator="cpu", devices=1))


def test_without_settings_there_is_no_such_term():
    task = _task(None)
    assert set(task.modules) == {"model", "critic"}
    assert "landmarks" not in _step(task)


def test_at_first_no_face_is_told_from_another():
    loss = _step(_task(LandmarkSettings(weight=1.0)))["landmarks"].item()
    assert loss == pytest.approx(torch.tensor(1280.0).log().item(), abs=0.2)


def test_shape_camera_and_classifier_learn_from_it():
    task = _task(LandmarkSettings(weight=1.0))
    learners = {"shape": task.model.shape, "camera": task.model.camera, "classifier": task.modules["landmarks"]}
    before = {name: [p.clone() for p in module.parameters()] for name, module in learners.items()}
    _step(task)
    for name, module in learners.items():
        assert any(not torch.equal(p, q) for p, q in zip(module.parameters(), before[name], strict=True)), name


def test_the_feature_network_does_not_learn():
    task = _task(LandmarkSettings(weight=1.0))
    photo = Ellipsoids(1).photo
    assert task.landmarks is not None
    before = task.landmarks.describe(photo)
    _step(task)
    torch.testing.assert_close(task.landmarks.describe(photo), before)


def test_what_is_around_the_object_does_not_matter():
    task = _task(LandmarkSettings())
    source = Ellipsoids(2)
    batch = source.batch(torch.arange(2))
    other = dataclasses.replace(batch, photo=torch.where(batch.mask > 0, batch.photo, torch.rand(2, 3, 64, 32)))
    assert task.landmarks is not None
    found = task.model(batch.photo, batch.mask)
    first, second = (task.landmarks.loss(found, each, MOMENT).item() for each in (batch, other))
    assert first == pytest.approx(second)


def test_reading_upside_down_is_something_else():
    model = MagicMirror(tiny_config())
    batch = Ellipsoids(2).batch(torch.arange(2))
    batch.photo[:, :, :32] = 0.9  # another colour above than below
    found = model(batch.photo, batch.mask)
    values = list[float]()
    for upside_down in (False, True):
        torch.manual_seed(0)
        settings = LandmarkSettings(weight=1.0, upside_down=upside_down)
        values.append(Landmarks(settings, model).loss(found, batch, MOMENT).item())
    assert values[0] != pytest.approx(values[1], abs=1e-4)


def test_vgg_19_where_the_user_has_it(tmp_path):
    tensors = {f"features.{name}": values for name, values in make_layers(LAYERS).state_dict().items()}
    torch.save(tensors, tmp_path / "vgg19.pth")
    task = _task(LandmarkSettings(vgg=tmp_path / "vgg19.pth"))
    assert next(task.modules["landmarks"].parameters()).shape == (1024, 256)
    assert _step(task)["landmarks"].isfinite()
