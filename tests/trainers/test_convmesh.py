"""Whose turn it is, what each side learns, and that the release's defects are not repeated."""

import dataclasses
import math

import pytest
import torch
from helpers.uv_objects import egg_maps, tiny_config
from lightning.fabric import Fabric
from safetensors.torch import load_file
from torch import Tensor

from mirror_core.discriminators import PatchConfig, PatchDiscriminator, UVDiscriminator, UVDiscriminatorConfig
from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.convmesh import ConvMeshTask, ConvMeshTraining, ConvMeshWeights, TiedCodes, mirror_maps
from mirror_core.trainers.convmesh.objective import flatness_term, tied_terms
from mirror_core.trainers.loop import LoopSettings, fit
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.run_folder import RunFolder
from mirror_core.trainers.schedule import Schedule

FABRIC = Fabric(accelerator="cpu", devices=1)
UV = UVDiscriminatorConfig(texture=16, map=16, full=((4, 4, 2),), mesh=((4, 4, 2),), coarse=())
LOOP = LoopSettings(
    epochs=2,
    batch=4,
    schedule=Schedule(last=0.5),
    averaging=Averaging("none"),
    validate_every=1,
    log_every=1,
    checkpoint_minutes=0.0,
    pictures=2,
)


def tiny_task(**settings: object) -> ConvMeshTask:
    torch.manual_seed(0)
    networks = ConvMeshGenerator(tiny_config()), UVDiscriminator(UV), PatchDiscriminator(PatchConfig((4, 4)))
    return ConvMeshTask(*networks, ConvMeshTraining(**settings))


def moment(step: int) -> Moment:
    return Moment(0, step, 10, 10)


def weights_of(task: ConvMeshTask) -> dict[str, dict[str, Tensor]]:
    return {
        name: {n: p.detach().clone() for n, p in module.named_parameters()} for name, module in task.modules.items()
    }


def learners(task: ConvMeshTask, step: int) -> set[str]:
    """The networks whose weights a step changes."""
    before = weights_of(task)
    task.step(egg_maps().batch(torch.arange(4), torch.Generator().manual_seed(step)), moment(step), FABRIC)
    after = weights_of(task)
    return {name for name in before if any(not torch.equal(before[name][n], after[name][n]) for n in before[name])}


def test_the_discriminators_learn_twice_then_the_generator_once():
    task = tiny_task()
    turns = [learners(task, step) for step in range(6)]
    assert turns == [{"uv", "image"}, {"uv", "image"}, {"generator", "model"}] * 2


def test_without_a_weight_there_is_no_judge_of_pictures():
    task = tiny_task(weights=ConvMeshWeights(image=0.0))
    assert set(task.modules) == set(task.optimizers) | {"model"} == {"model", "generator", "uv"}
    terms = task.step(egg_maps().batch(torch.arange(4)), moment(0), FABRIC)
    assert set(terms) == {"critic_uv"}


def test_gradients_from_the_generators_step_do_not_reach_the_discriminators_next_one():
    """The release never clears those of its PatchGAN."""
    task, batch = tiny_task(), egg_maps().batch(torch.arange(4))
    task.step(batch, moment(2), FABRIC)
    assert task.image is not None
    left = [p.grad.clone() for p in task.image.parameters() if p.grad is not None]
    assert any(bool(g.abs().sum()) for g in left)
    fresh = tiny_task()
    fresh.load = None  # type: ignore[attr-defined]
    for name, module in fresh.modules.items():
        module.load_state_dict(task.modules[name].state_dict())
    for each in (task, fresh):
        each.step(batch, moment(3), FABRIC)
    assert fresh.image is not None
    pairs = zip(task.image.parameters(), fresh.image.parameters(), strict=True)
    assert all(torch.equal(a, b) for a, b in pairs)


def test_maps_are_mirrored_at_random_but_photos_never():
    """The release flips the photos of its PatchGAN along with the maps, and rolls them by half a width."""
    source, index = egg_maps(), torch.arange(12)
    plain, drawn = source.batch(index), source.batch(index, torch.Generator().manual_seed(0))
    assert torch.equal(plain.photo, drawn.photo)
    assert torch.equal(plain.mask, drawn.mask)
    flipped = torch.tensor([not torch.equal(a, b) for a, b in zip(plain.known().code, drawn.known().code, strict=True)])
    assert 0 < int(flipped.sum()) < 12
    expected = mirror_maps(plain.known().deformation, "model")
    assert torch.equal(drawn.known().deformation[flipped], expected[flipped])
    assert torch.equal(drawn.known().texture[flipped], plain.known().texture.flip(3)[flipped])


def test_a_mirrored_map_makes_the_mirrored_shape():
    generator = ConvMeshGenerator(tiny_config())
    maps = 0.1 * torch.randn(2, 3, 16, 16, generator=torch.Generator().manual_seed(0))
    there = generator.shape(maps)
    back = generator.shape(mirror_maps(maps, "model"))
    aside = torch.tensor([-1.0, 1.0, 1.0])
    assert torch.allclose(there[:, generator.template.left_right] * aside, back, atol=1e-5)
    tangent = ConvMeshGenerator(tiny_config(axes="tangent"))
    there, back = tangent.shape(maps), tangent.shape(mirror_maps(maps, "tangent"))
    assert torch.allclose(there[:, tangent.template.left_right] * aside, back, atol=1e-5)


def test_hidden_texels_teach_nothing():
    generator, batch = ConvMeshGenerator(tiny_config()).eval(), egg_maps().batch(torch.arange(3))
    truth = batch.known()
    assert truth.code is not None
    made = generator(truth.code)
    spoilt = truth.texture + (1.0 - truth.visible) * 0.7
    other = dataclasses.replace(batch, maps=dataclasses.replace(truth, texture=spoilt))
    here, there = (tied_terms(made, each, generator, TiedCodes()) for each in (batch, other))
    assert here["tied_texture"] == there["tied_texture"] > 0.0


def test_the_first_codes_of_a_step_are_those_of_the_data():
    task, batch = tiny_task(tied=TiedCodes(share=0.5)), egg_maps().batch(torch.arange(4))
    code = batch.known().code
    assert code is not None
    task.generator.eval()
    made, first = task.make(batch, moment(50))
    assert first == 2
    assert torch.allclose(made.texture[:2], task.generator(code[:2]).texture, atol=1e-6)
    assert not torch.allclose(made.texture[2:], task.generator(code[2:]).texture, atol=1e-3)


def test_tied_codes_without_codes_are_refused():
    task = tiny_task(tied=TiedCodes())
    with pytest.raises(InputError, match="codes"):
        task.step(egg_maps(placing=None).batch(torch.arange(4)), moment(0), FABRIC)


def test_flatness_is_a_sum_over_edges_as_released():
    generator = ConvMeshGenerator(tiny_config()).eval()
    with torch.no_grad():
        made = generator(torch.zeros(1, 6))
    faces = generator.template.faces
    normals = torch.linalg.cross(
        made.vertices[0, faces[:, 1]] - made.vertices[0, faces[:, 0]],
        made.vertices[0, faces[:, 2]] - made.vertices[0, faces[:, 0]],
    )
    normals = normals / normals.norm(dim=1, keepdim=True)
    edge_of: dict[tuple[int, int], list[int]] = {}
    for number, face in enumerate(faces.tolist()):
        for a, b in ((0, 1), (1, 2), (2, 0)):
            edge_of.setdefault((min(face[a], face[b]), max(face[a], face[b])), []).append(number)
    expected = sum((float(normals[a] @ normals[b]) - 1.0) ** 2 for a, b in edge_of.values())
    assert math.isclose(float(flatness_term(made, generator)), expected, rel_tol=1e-3)


def train(folder, resume: bool = False, minutes: float | None = None) -> bool:
    train_on, val = egg_maps(16).divided(4)
    run = RunFolder(folder, {}, resume=resume)
    task = tiny_task(tied=TiedCodes(), ramp="steps", critic_steps=1)
    return fit(task, train_on, val, LOOP, run, FABRIC, minutes)


def test_a_run_that_was_stopped_goes_on_to_the_same_weights(tmp_path):
    assert train(tmp_path / "whole")
    while not train(tmp_path / "parts", resume=(tmp_path / "parts").exists(), minutes=0.0):
        pass
    whole, parts = (
        load_file(sorted((tmp_path / name / "checkpoints").glob("*.safetensors"))[-1]) for name in ("whole", "parts")
    )
    assert whole.keys() == parts.keys()
    assert [name for name in whole if not torch.equal(whole[name], parts[name])] == []
    best = ConvMeshGenerator.from_pretrained(tmp_path / "whole" / "best")
    assert best(torch.zeros(1, 6)).texture.shape == (1, 3, 16, 16)
    assert list((tmp_path / "whole" / "samples").glob("val-*.jpg"))


def test_tied_objects_come_near():
    """Fifty steps of the generator, with the codes of eggs that differ in three sizes and one colour."""
    source = egg_maps(16)
    weights = ConvMeshWeights(uv=0.0, image=0.0)
    task = tiny_task(tied=TiedCodes(share=1.0), ramp="steps", weights=weights, critic_steps=1, generator_rate=0.01)
    before = task.validate(task.average.average, source)
    for step in range(100):
        batch = source.batch(torch.arange(16), torch.Generator().manual_seed(step))
        task.step(batch, Moment(0, step, 1, 100), FABRIC)
    after = task.validate(task.average.average, source)
    assert after["vertices"] < 0.8 * before["vertices"]
    assert after["texture"] < 0.6 * before["texture"]
