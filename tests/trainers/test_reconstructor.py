"""ConvMesh's reconstruction network overfits photos of known cameras, and each photo mends its camera."""

import dataclasses

import numpy as np
import pytest
import torch
from helpers.uv_objects import eggs
from lightning.fabric import Fabric

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.generators.reconstructor import RECONSTRUCTOR_LITE, ConvMeshReconstructor
from mirror_core.trainers.convmesh.reconstruct import ReconstructorTraining, ReconstructTask, mended
from mirror_core.trainers.moment import Moment
from training.datasets.posed import PosedPhotos, squared

FABRIC = Fabric(accelerator="cpu", devices=1)
TINY = dataclasses.replace(
    RECONSTRUCTOR_LITE,
    image=32,
    encoder=(8, 8, 8),
    hidden=(16,),
    begin=8,
    trunk=(8, 8, 8),
    mesh_width=4,
    texture_widths=(4,),
    texture_last=4,
)


def posed(count: int = 4) -> PosedPhotos:
    objects = eggs(count)
    values = torch.from_numpy(objects.pictures).permute(0, 3, 1, 2).float() / 255
    numbers = torch.from_numpy(objects.cameras)
    camera = Camera(numbers[:, 0], numbers[:, 1], numbers[:, 2], numbers[:, 3:])
    square = squared(values, 32).permute(0, 2, 3, 1)
    return PosedPhotos((square * 255).round().byte().numpy(), camera)


def task(**settings: float) -> ReconstructTask:
    torch.manual_seed(0)
    return ReconstructTask(ConvMeshReconstructor(TINY), 4, ReconstructorTraining(**settings))


def test_photos_are_found_again():
    photos, learner = posed(), task(learning_rate=3e-3, pose_rate=1e-3)
    batch = photos.batch(torch.arange(4))
    first: dict[str, torch.Tensor] = {}
    last: dict[str, torch.Tensor] = {}
    for step in range(40):
        last = learner.step(batch, Moment(0, step, 1, 40), FABRIC)
        first = first or last
    assert last["colour"] < 0.5 * first["colour"]
    assert last["silhouette"] < first["silhouette"]
    assert learner.poses.weight.abs().max() > 0.0
    assert 0.0 < learner.validate(learner.network.eval(), photos)["mask_iou"] <= 1.0


def test_flatness_matters_less_and_less():
    learner, batch = (
        task(flatness=1.0, first_flatness=3.0, relax=1.0, learning_rate=0.0),
        posed().batch(torch.arange(4)),
    )
    terms = [float(learner.step(batch, Moment(0, step, 1, 10), FABRIC)["flatness"]) for step in range(4)]
    assert [round(value / terms[3], 3) for value in terms] == [3.0, 2.0, 1.0, 1.0]


def test_the_rate_is_halved_again_and_again():
    learner, batch = task(halve_every=2), posed().batch(torch.arange(4))
    for epoch, factor in ((0, 1.0), (2, 0.5), (5, 0.25)):
        for optimizer in learner.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = group["base_lr"]
        learner.step(batch, Moment(0, epoch, 10, 1), FABRIC)
        assert learner.optimizers["model"].param_groups[0]["lr"] == pytest.approx(1e-4 * factor)


@pytest.mark.parametrize("kind", ["weak", "perspective"])
def test_a_mended_camera_shifts_and_scales_what_it_sees(kind: str):
    camera: Camera | WeakPerspective = Camera.single(20.0, 5.0, 2.5)
    if kind == "weak":
        camera = WeakPerspective.near(Camera.single(20.0, 5.0, 2.5))
    photos = posed(1)
    own = torch.tensor([[float(np.log(1.2)), 0.1, -0.05]])
    before, after = seen(camera), seen(mended(camera, own))
    assert torch.allclose(after[0], before[0] + torch.tensor([0.1, -0.05]), atol=0.02)
    assert ((after[1] - after[0]) / (before[1] - before[0])).mean() == pytest.approx(1.2, abs=0.05)
    assert len(photos) == 1


def seen(camera: Camera | WeakPerspective) -> torch.Tensor:
    """NDC of the origin and of a point beside and above it."""
    from mirror_core.attributes.camera import HALF_VIEW
    from mirror_core.rendering.projection import camera_space

    points = torch.tensor([[[0.0, 0.0, 0.0], [0.1, 0.1, 0.0]]])
    found = camera_space(points, camera)[0]
    return found[:, :2] / (-found[:, 2:] * HALF_VIEW)
