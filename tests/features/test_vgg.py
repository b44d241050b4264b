"""VGG-19 with a user's weights; the published file cannot be had offline, so the tests write one of random numbers."""

from pathlib import Path

import pytest
import torch
from torchvision.models.vgg import cfgs, make_layers

from mirror_core.errors import InputError
from mirror_core.features import VggFeatures


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A file as torchvision writes it: all of VGG-19's convolutions, and something of its classifier."""
    tensors = {f"features.{name}": values for name, values in make_layers(cfgs["E"]).state_dict().items()}
    path = tmp_path / "vgg19.pth"
    torch.save(tensors | {"classifier.0.weight": torch.zeros(2, 2)}, path)
    return path


def test_the_layer_is_relu3_1_of_vgg_19(weights):
    network = VggFeatures(weights)
    whole = make_layers(cfgs["E"])
    whole.load_state_dict({k.removeprefix("features."): v for k, v in torch.load(weights).items() if "features" in k})
    picture = torch.rand(2, 3, 32, 24)
    mean, spread = torch.tensor([0.485, 0.456, 0.406]), torch.tensor([0.229, 0.224, 0.225])
    expected = whole[:12]((picture - mean[:, None, None]) / spread[:, None, None])
    assert expected.shape == (2, 256, 8, 6)
    torch.testing.assert_close(network(picture), expected)


def test_it_does_not_learn_but_hands_gradients_on(weights):
    network = VggFeatures(weights)
    assert not any(parameter.requires_grad for parameter in network.parameters())
    picture = torch.rand(1, 3, 16, 16, requires_grad=True)
    network(picture).sum().backward()
    assert picture.grad is not None
    assert picture.grad.abs().sum() > 0


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(InputError, match=r"no VGG-19 weights at .*vgg\.pth"):
        VggFeatures(tmp_path / "vgg.pth")


@pytest.mark.parametrize("content", [b"", b"not a file of tensors"])
def test_a_file_that_is_not_one_of_tensors_is_refused(tmp_path, content):
    (tmp_path / "vgg.pth").write_bytes(content)
    with pytest.raises(InputError, match="does not hold torchvision's VGG-19 weights"):
        VggFeatures(tmp_path / "vgg.pth")


def test_another_network_s_file_is_refused(tmp_path):
    torch.save({"features.0.weight": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(InputError, match="does not hold torchvision's VGG-19 weights"):
        VggFeatures(tmp_path / "other.pth")
