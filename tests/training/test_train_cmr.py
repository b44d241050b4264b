"""ConvMesh on CUB and PASCAL3D+ in their own layouts: CMR's cameras and the classes reach what is learnt from."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.cmr_folders import COLOURS, TURNS, write_cars, write_cub
from safetensors.torch import load_file

from mirror_core.attributes import WeakPerspective
from mirror_core.cli.options import UsageError
from mirror_core.discriminators import PatchConfig, UVDiscriminatorConfig
from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator, Generated, make_generator_config
from mirror_core.generators.reconstructor import RECONSTRUCTOR_LITE, ConvMeshReconstructor
from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.convmesh.objective import Judges
from mirror_core.trainers.loop import LoopSettings
from mirror_core.trainers.schedule import Schedule
from training.datasets.posed import POSES
from training.recipes.convmesh import RECIPES, ConvMeshRecipe, UvDataSettings
from training.train_convmesh import TrainConvMesh
from training.train_reconstructor import TrainReconstructor

SIZE, TEXTURE = 64, 32
NETWORK = dataclasses.replace(
    RECONSTRUCTOR_LITE,
    half_axes=(1.0, 1.0, 1.0),
    image=32,
    encoder=(8, 8, 8),
    hidden=(16,),
    begin=8,
    trunk=(8, 8),
    mesh_width=4,
    texture_widths=(4,),
    texture_last=4,
)
"""Untrained it deforms nothing: its shapes are unit spheres."""
SMALL = {"code": 6, "map": 16, "trunk": (8, 8), "mesh_width": 4, "texture_widths": (8,), "texture_last": 4}


def tiny(name: str, rebuild: Path) -> ConvMeshRecipe:
    """A published recipe with networks of a few thousand parameters and two classes."""
    published = RECIPES[name]
    coarse = ((4, 4, 2),) if published.uv.coarse else ()
    return dataclasses.replace(
        published,
        generator=make_generator_config(
            "paper", template=published.generator.template, texture=TEXTURE, classes=2, embedding=4, **SMALL
        ),
        uv=UVDiscriminatorConfig(TEXTURE, 16, 2, ((4, 4, 2),), ((4, 4, 2),), coarse),
        image=PatchConfig((4, 4)),
        data=UvDataSettings(image_size=(SIZE, SIZE), rebuild=str(rebuild), held_out=2),
        loop=LoopSettings(3, 2, Schedule(last=1.0), Averaging("none"), validate_every=3, log_every=1, pictures=2),
    )


@pytest.fixture
def network(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    ConvMeshReconstructor(NETWORK).save_pretrained(tmp_path / "reconstructor" / "best")
    return tmp_path / "reconstructor" / "best"


@pytest.fixture
def command(tmp_path: Path, network: Path, monkeypatch: pytest.MonkeyPatch) -> TrainConvMesh:
    """On six photos of CUB, three of each class."""
    cache = write_cub(tmp_path / "CUB_200_2011")
    monkeypatch.setitem(RECIPES, "tiny", tiny("paper", network))
    where = {"out": tmp_path / "run", "cache": tmp_path / "cache"}
    return TrainConvMesh(tmp_path / "CUB_200_2011", recipe="tiny", cub=cache, device="cpu", **where)


def test_cameras_and_labels_reach_the_batch(command: TrainConvMesh):
    """Worked out by hand.

    The box of an even photo, 5 % wider at each border, is (17, 7) to (83, 73), 66 pixels wide, with the origin in its
    middle; that of an odd one is (6, 1) to (83, 78), 77 pixels wide.
    """
    train, val = command.divided(RECIPES["tiny"])
    assert (len(train), len(val)) == (4, 2)
    held = {1, 4}
    numbers = [number for number in range(6) if number not in held]
    for source, which in ((train, numbers), (val, sorted(held))):
        batch = source.batch(torch.arange(len(which)))
        truth = batch.known()
        assert truth.label is not None
        assert truth.label.tolist() == [int(number >= 3) for number in which]
        camera = truth.camera
        assert isinstance(camera, WeakPerspective)
        odd = torch.tensor([number % 2 for number in which], dtype=torch.bool)
        assert torch.allclose(camera.scale, torch.where(odd, 60.0 / 77.0, 60.0 / 66.0))
        aside = torch.tensor([(50 - 6) * 2 / 77 - 1, 1 - (40 - 1) * 2 / 77])
        assert torch.allclose(camera.translation, torch.where(odd[:, None], aside, torch.zeros(2)), atol=1e-6)
        turns = torch.from_numpy(np.stack([TURNS[int(number >= 3)] for number in which])).float()
        assert torch.allclose(camera.matrix(), turns, atol=1e-6)


def test_mirrored_maps_keep_their_label_and_camera(command: TrainConvMesh):
    train, _ = command.divided(RECIPES["tiny"])
    index = torch.arange(4).repeat(8)
    plain, drawn = (train.batch(index, g).known() for g in (None, torch.Generator().manual_seed(0)))
    flipped = (drawn.texture != plain.texture).flatten(1).any(dim=1)
    assert 8 < int(flipped.sum()) < 24
    assert torch.equal(drawn.texture[flipped], plain.texture.flip(3)[flipped])
    assert plain.label is not None
    assert drawn.label is not None
    assert torch.equal(drawn.label, plain.label)
    assert isinstance(plain.camera, WeakPerspective)
    assert isinstance(drawn.camera, WeakPerspective)
    assert torch.equal(drawn.camera.rotation, plain.camera.rotation)


def test_through_the_cameras_textures_have_the_photos_colours(command: TrainConvMesh):
    """A texel's place on the unit sphere, turned by the camera, lies in one of the photo's four quarters."""
    source, _ = command.divided(RECIPES["tiny"])
    truth = source.batch(torch.arange(4)).known()
    middle = (torch.arange(TEXTURE) + 0.5) / TEXTURE
    longitude, latitude = ((middle - 0.5) * 2 * torch.pi)[None], ((0.5 - middle) * torch.pi)[:, None]
    parts = (
        latitude.cos() * longitude.sin(),
        latitude.sin() * torch.ones_like(longitude),
        latitude.cos() * longitude.cos(),
    )
    places = torch.stack(parts, dim=-1)
    assert truth.label is not None
    for row in range(4):
        right, up, near = (places @ torch.from_numpy(TURNS[int(truth.label[row])]).float().T).unbind(-1)
        visible = truth.visible[row, 0] > 0
        assert not visible[near < 0.0].any()
        for (x, y), colour in COLOURS.items():
            sure = (right * x > 0.15) & (up * y > 0.15) & (near > 0.5)
            assert int(sure.sum()) > 20
            assert visible[sure].all()
            apart = truth.texture[row][:, sure] - torch.tensor(colour)[:, None] / 255
            assert apart.abs().max() < 0.06


def test_renderings_for_the_image_discriminator_go_through_the_same_cameras(command: TrainConvMesh):
    """A generated unit sphere covers the photo's mask: a disc whose size and middle the camera's numbers say."""
    recipe = RECIPES["tiny"]
    source, _ = command.divided(recipe)
    batch = source.batch(torch.arange(4))
    task = recipe.task()
    white, still = torch.ones(4, 3, TEXTURE, TEXTURE), torch.zeros(4, 3, 16, 16)
    made = Generated(still, white, task.generator.template.vertices.expand(4, -1, -1))
    drawn = (Judges(task.uv, task.image, task.generator).draw(made, batch).mean(dim=1) > 0.5).float()
    both = (drawn * batch.mask[:, 0]).sum(dim=(1, 2))
    either = torch.maximum(drawn, batch.mask[:, 0]).sum(dim=(1, 2))
    assert (both / either).min() > 0.93
    camera, pixels = batch.known().camera, torch.arange(SIZE) + 0.5
    assert isinstance(camera, WeakPerspective)
    area, across, down = drawn.sum(dim=(1, 2)), drawn.sum(dim=1) @ pixels, drawn.sum(dim=2) @ pixels
    assert torch.allclose(area, torch.pi * (camera.scale * SIZE / 2) ** 2, rtol=0.04)
    expected = (camera.translation * torch.tensor([1.0, -1.0]) + 1.0) * SIZE / 2
    assert torch.allclose(torch.stack([across, down], dim=1) / area[:, None], expected, atol=0.5)


def test_the_published_networks_own_maps_are_the_truth(command: TrainConvMesh, network: Path):
    """Not maps found from its shapes, which would differ a little from all that a generator makes."""
    config = dataclasses.replace(NETWORK, template="two-pole-16", symmetric=True, axes="tangent")
    made = ConvMeshReconstructor(config)
    with torch.no_grad():
        made.mesh_map.layer.weight.normal_(std=0.05)
    made.save_pretrained(network, overwrite=True)
    train, _ = command.divided(RECIPES["tiny"])
    windows = command.photos(RECIPES["tiny"])
    assert windows is not None
    batch = windows.batch(torch.tensor([0, 2, 3, 5]))
    with torch.no_grad():
        small = [torch.nn.functional.avg_pool2d(part, 2) for part in (batch.photo, batch.mask)]
        expected = ConvMeshReconstructor.from_pretrained(network)(small[0], (small[1] > 0.5).float()).deformation
    plain = train.batch(torch.arange(4)).known().deformation
    assert plain.std() > 0.005
    assert (plain - expected).abs().mean() < 0.1 * plain.std()
    # The generator makes maps that are alike on both sides, so a mirror changes neither its own nor these.
    assert torch.equal(plain, plain.flip(3))
    for seed in range(3):
        drawn = train.batch(torch.arange(4), torch.Generator().manual_seed(seed)).known()
        assert torch.equal(drawn.deformation, plain)


def test_a_run_on_cub_ends_with_a_generator_of_two_classes(command: TrainConvMesh):
    command.run()
    generator = ConvMeshGenerator.from_pretrained(command.out / "best")
    assert generator.config.classes == 2
    assert generator(torch.zeros(2, 6), torch.tensor([0, 1])).texture.shape == (2, 3, TEXTURE, TEXTURE)
    lines = [json.loads(line) for line in (command.out / "metrics.jsonl").read_text().splitlines()]
    terms = {name for line in lines for name in line}
    assert {"critic_uv", "critic_image", "uv", "image", "flatness"} <= {name.removeprefix("train/") for name in terms}
    config = json.loads((command.out / "config.json").read_text())["recipe"]
    assert config["cub"] == str(command.cub)


def test_other_cameras_other_labels_or_another_network_are_prepared_anew(command: TrainConvMesh, network: Path):
    recipe = RECIPES["tiny"]
    kept = lambda: len(list(command.cache.glob("uv-*")))  # noqa: E731
    command.divided(recipe)
    command.divided(recipe)
    assert kept() == 1
    poses = {"001.Front/0_0.jpg": [0.0, 0.25, 0.0]}
    (network.parent / POSES).write_text(json.dumps(poses))
    command.divided(recipe)
    assert kept() == 2
    torch.manual_seed(1)
    ConvMeshReconstructor(NETWORK).save_pretrained(network, overwrite=True)
    command.divided(recipe)
    assert kept() == 3


def test_cameras_are_mended_as_the_reconstruction_network_learnt(command: TrainConvMesh, network: Path):
    (network.parent / POSES).write_text(json.dumps({"001.Front/0_0.jpg": [float(np.log(1.1)), 0.25, -0.5]}))
    photos = command.photos(RECIPES["tiny"])
    assert photos is not None
    camera = photos.batch(torch.tensor([0, 2])).camera  # type: ignore[union-attr]
    assert isinstance(camera, WeakPerspective)
    assert torch.allclose(camera.scale, torch.tensor([1.1, 1.0]) * 60.0 / 66.0)
    assert torch.allclose(camera.translation, torch.tensor([[0.25, -0.5], [0.0, 0.0]]), atol=1e-6)
    (network.parent / POSES).write_text("[]")
    with pytest.raises(InputError, match="holds no cameras"):
        command.photos(RECIPES["tiny"])


def test_training_the_reconstruction_network_leaves_what_it_learnt_of_the_cameras(tmp_path: Path):
    cache = write_cub(tmp_path / "CUB_200_2011", each=1)
    command = TrainReconstructor(tmp_path / "CUB_200_2011", cub=cache, out=tmp_path / "run", epochs=2, device="cpu")
    command.run()
    poses = json.loads((tmp_path / "run" / POSES).read_text())
    assert set(poses) == {"001.Front/0_0.jpg", "002.Side/1_0.jpg"}
    last = load_file(sorted((tmp_path / "run" / "checkpoints").glob("*.safetensors"))[-1])
    learnt = last["module/poses/weight"]
    assert torch.allclose(torch.tensor(list(poses.values())), learnt)
    assert learnt.abs().max() > 0.0


def test_what_does_not_fit_together_is_refused(command: TrainConvMesh, network: Path):
    recipe = RECIPES["tiny"]
    few = dataclasses.replace(recipe, generator=dataclasses.replace(recipe.generator, classes=1))
    with pytest.raises(InputError, match="labels up to 1, but the generator has 1 classes"):
        command.divided(few)
    oblong = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, image_size=(64, 48)))
    with pytest.raises(UsageError, match="64 x 48"):
        command.divided(oblong)
    mirror = dataclasses.replace(recipe, data=dataclasses.replace(recipe.data, rebuild=f"{network}+mirror-people"))
    with pytest.raises(UsageError, match="Name the folder alone"):
        command.divided(mirror)
    with pytest.raises(InputError, match="not both"):
        dataclasses.replace(command, pascal3d=command.cub).divided(recipe)
    with pytest.raises(UsageError, match="no photos"):
        dataclasses.replace(command, data=None).divided(recipe)


def test_cars_have_the_lists_shapes_as_classes(tmp_path: Path, network: Path, monkeypatch: pytest.MonkeyPatch):
    cache, labels = write_cars(tmp_path / "PASCAL3D"), tmp_path / "p3d_labels.csv"
    labels.write_text("file,a,b,shape,c\nn2_2.JPEG,red,red,limousine,x\nn1_1.JPEG,blue,red,wagon,x\n")
    monkeypatch.setitem(RECIPES, "tiny-car", tiny("paper-car", network))
    recipe = RECIPES["tiny-car"]
    command = TrainConvMesh(tmp_path / "PASCAL3D", recipe="tiny-car", pascal3d=cache, cache=tmp_path / "cache")
    with pytest.raises(UsageError, match="--labels"):
        command.divided(recipe)
    command = dataclasses.replace(command, labels=labels)
    photos = command.photos(recipe)
    assert photos is not None
    assert photos.names == ["car_imagenet/n1_1.JPEG", "car_imagenet/n2_2.JPEG"]
    found = command.labels_of(photos, recipe)
    assert found is not None
    assert found.tolist() == [1, 0]  # by alphabet: limousine, wagon
    assert command.windows(command.data or tmp_path, recipe).cameras.scale.tolist() == pytest.approx([60.0 / 66.0] * 2)
    assert recipe.task().shares == (2.0, 1.0)
    labels.write_text("file,a,b,shape,c\nn2_2.JPEG,red,red,limousine,x\n")
    with pytest.raises(InputError, match="does not name 1 of 2 photos"):
        command.labels_of(photos, recipe)


def test_the_published_network_for_cars_has_the_finer_template(tmp_path: Path):
    assert TrainReconstructor(tmp_path, preset="paper", cub=tmp_path).config().template == "two-pole-16"
    assert TrainReconstructor(tmp_path, preset="paper", pascal3d=tmp_path).config().template == "two-pole-31"
