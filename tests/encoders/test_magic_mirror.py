"""3D Magic Mirror as a whole: what goes in, what comes out, and what each preset is."""

import dataclasses
import json

import pytest
import torch
from safetensors.torch import load_file, save_file

from mirror_core.encoders import PRESETS, MagicMirror, make_config
from mirror_core.errors import InputError

SMALL = {"paper": (64, 32), "release": (64, 32), "smr": (32, 32), "lite": (64, 32)}


@pytest.fixture(scope="module", params=list(PRESETS))
def model(request) -> MagicMirror:
    torch.manual_seed(0)
    return MagicMirror(make_config(request.param, image_size=SMALL[request.param]))


def _photos(model: MagicMirror, count: int = 2) -> tuple[torch.Tensor, torch.Tensor]:
    size = model.config.image_size
    return torch.rand(count, 3, *size), (torch.rand(count, 1, *size) > 0.5).float()


def test_before_training_every_shape_is_the_prototype(model):
    found = model(*_photos(model))
    assert found.vertices.shape == (2, 642, 3)
    assert found.offsets.abs().max() < 1e-2
    torch.testing.assert_close(found.vertices, model.prototype + found.offsets)


def test_before_training_every_camera_is_in_the_middle_of_its_ranges(model):
    camera, limits = model(*_photos(model)).camera, model.config.camera
    torch.testing.assert_close(camera.distance, torch.full((2,), sum(limits.distance) / 2), atol=1e-2, rtol=0)
    torch.testing.assert_close(camera.elevation, torch.full((2,), sum(limits.elevation) / 2), atol=1e-1, rtol=0)
    assert camera.offset.abs().max() < 1e-2
    if limits.start_in_front:
        assert camera.azimuth.abs().max() < 1.0


def test_light_begins_as_ambient_light_in_the_middle_of_its_range(model):
    light = model(*_photos(model)).light
    torch.testing.assert_close(light, torch.tensor([[3.0] + [0.0] * 8]).expand(2, -1), atol=1e-2, rtol=0)


def test_a_batch_of_two_is_two_of_one(model):
    model.eval()
    photo, mask = _photos(model)
    both = model(photo, mask)
    for number in range(2):
        one = model(photo[number : number + 1], mask[number : number + 1])
        torch.testing.assert_close(one.vertices[0], both.vertices[number], atol=1e-5, rtol=1e-4)
        torch.testing.assert_close(one.texture[0], both.texture[number], atol=1e-3, rtol=1e-3)
        torch.testing.assert_close(one.camera.distance[0], both.camera.distance[number], atol=1e-4, rtol=1e-4)
    model.train()


def test_every_parameter_learns(model):
    found = model(*_photos(model))
    total = found.vertices.square().sum() + found.texture.sum() + found.light.square().sum()
    total = total + found.camera.azimuth.sum() + found.camera.distance.sum() + found.camera.offset.sum()
    if found.background is not None:
        total = total + found.background.sum()
    total.backward()
    silent = [name for name, parameter in model.named_parameters() if parameter.grad is None]
    assert silent == []
    model.zero_grad()


def test_only_the_learning_encoders_get_gradients(model):
    model.zero_grad()
    found = model(*_photos(model), learning=("shape",))
    assert found.vertices.requires_grad
    assert not found.texture.requires_grad
    assert not found.light.requires_grad
    assert not found.camera.azimuth.requires_grad


def test_saved_and_loaded_it_gives_the_same(model, tmp_path):
    model.eval()
    model.save_pretrained(tmp_path / "model")
    again = MagicMirror.from_pretrained(tmp_path / "model")
    assert again.config == model.config
    photo, mask = _photos(model)
    torch.testing.assert_close(again(photo, mask).vertices, model(photo, mask).vertices)
    model.train()


def test_lite_is_small_enough_to_ship():
    assert sum(parameter.numel() for parameter in MagicMirror(make_config("lite")).parameters()) <= 4_000_000


def test_the_hidden_background_says_nothing_unless_it_is_kept():
    mask = torch.zeros(1, 1, 160, 96)
    mask[:, :, 40:120, 30:60] = 1.0
    photo = torch.rand(1, 3, 160, 96)
    other = photo * mask + torch.rand_like(photo) * (1 - mask)
    model = MagicMirror(make_config("lite"))
    assert torch.equal(model.normalise(photo, mask), model.normalise(other, mask))
    keeping = MagicMirror(make_config("lite", keep_background=True))
    assert not torch.equal(keeping.normalise(photo, mask), keeping.normalise(other, mask))


def test_smoothed_offsets_are_the_solution_of_the_smoothing_equation():
    from mirror_core.mesh.laplacian import combinatorial_laplacian

    rough, smooth = (
        dataclasses.replace(make_config("lite").shape, smoothing=amount, centre=False, dropout=0.0)
        for amount in (0.0, 2.0)
    )
    torch.manual_seed(0)
    plain = MagicMirror(make_config("lite", image_size=(64, 32), shape=rough))
    smoothed = MagicMirror(make_config("lite", image_size=(64, 32), shape=smooth))
    smoothed.load_state_dict(plain.state_dict())
    photo, mask = _photos(plain)
    laplacian = torch.from_numpy(combinatorial_laplacian(plain.template.faces.numpy(), 642).toarray()).float()
    offsets = smoothed(photo, mask).offsets
    torch.testing.assert_close(offsets + 2.0 * laplacian @ offsets, plain(photo, mask).offsets, atol=1e-6, rtol=1e-4)


class TestBadInput:
    def test_a_photo_of_another_size(self):
        model = MagicMirror(make_config("lite"))
        with pytest.raises(
            InputError, match=r"photo must have shape \(B, 3, 160, 96\), but its shape is \(1, 3, 96, 160\)"
        ):
            model(torch.rand(1, 3, 96, 160), torch.ones(1, 1, 96, 160))

    def test_a_size_that_cannot_be_halved_five_times(self):
        with pytest.raises(InputError, match=r"multiples of 32, but is \(100, 50\)"):
            make_config("lite", image_size=(100, 50))

    def test_an_unknown_preset(self):
        with pytest.raises(InputError, match="preset must be one of paper, release, lite, smr, but is 'papr'"):
            make_config("papr")

    def test_a_folder_without_a_model(self, tmp_path):
        with pytest.raises(InputError, match=r"has no config.json"):
            MagicMirror.from_pretrained(tmp_path)

    def test_another_kind_of_model(self, tmp_path):
        MagicMirror(make_config("lite")).save_pretrained(tmp_path)
        config = json.loads((tmp_path / "config.json").read_text())
        (tmp_path / "config.json").write_text(json.dumps(config | {"kind": "ConvMesh"}))
        with pytest.raises(InputError, match="holds a model of the kind 'ConvMesh', not 'MagicMirror'"):
            MagicMirror.from_pretrained(tmp_path)

    def test_a_setting_this_version_does_not_know(self, tmp_path):
        MagicMirror(make_config("lite")).save_pretrained(tmp_path)
        config = json.loads((tmp_path / "config.json").read_text())
        config["config"]["shape"]["wings"] = 2
        (tmp_path / "config.json").write_text(json.dumps(config))
        with pytest.raises(InputError, match=r"ShapeConfig has other fields than this version's; they differ in wings"):
            MagicMirror.from_pretrained(tmp_path)

    def test_a_model_from_before_a_setting_was_added_still_loads(self, tmp_path):
        MagicMirror(make_config("paper", image_size=(64, 32))).save_pretrained(tmp_path)
        config = json.loads((tmp_path / "config.json").read_text())
        del config["config"]["texture"]["spread"]
        (tmp_path / "config.json").write_text(json.dumps(config))
        assert MagicMirror.from_pretrained(tmp_path).config == make_config("paper", image_size=(64, 32))

    def test_a_cut_off_file(self, tmp_path):
        MagicMirror(make_config("lite")).save_pretrained(tmp_path)
        file = tmp_path / "model.safetensors"
        file.write_bytes(file.read_bytes()[:1000])
        with pytest.raises(InputError, match="damaged"):
            MagicMirror.from_pretrained(tmp_path)

    def test_tensors_of_another_configuration(self, tmp_path):
        MagicMirror(make_config("lite")).save_pretrained(tmp_path)
        tensors = load_file(tmp_path / "model.safetensors")
        tensors.pop("prototype")
        save_file(tensors, tmp_path / "model.safetensors")
        with pytest.raises(InputError, match="do not fit its configuration"):
            MagicMirror.from_pretrained(tmp_path)
