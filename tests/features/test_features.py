"""Networks that describe pictures."""

import pytest
import torch

from mirror_core.errors import InputError
from mirror_core.features import FeatureExtractor, GarmentConfig, GarmentNetwork, InceptionFeatures, features_of

SMALL = GarmentConfig(("Dress", "Shirt"), widths=(8, 8), features=5)


def test_a_network_describes_each_picture_on_its_own():
    network = GarmentNetwork(SMALL).eval()
    pictures = torch.rand(60, 3, 32, 16)
    vectors = features_of(network, pictures)
    assert vectors.shape == (60, 5)
    torch.testing.assert_close(network.describe(pictures[7:8])[0], vectors[7])


def test_saved_in_half_precision_it_describes_nearly_the_same(tmp_path):
    network = GarmentNetwork(SMALL).eval()
    network.save_pretrained(tmp_path / "small")
    again = GarmentNetwork.from_pretrained(tmp_path / "small")
    assert again.config == SMALL
    picture = torch.rand(2, 3, 32, 16)
    torch.testing.assert_close(again.describe(picture), network.describe(picture), atol=1e-2, rtol=1e-2)


def test_the_shipped_network_knows_its_labels_and_is_small():
    network = GarmentNetwork.from_pretrained()
    assert "T-Shirt" in network.config.labels
    assert sum(parameter.numel() for parameter in network.parameters()) < 1_500_000
    assert isinstance(network, FeatureExtractor)
    assert not network.training


def test_missing_inception_weights_are_named(tmp_path):
    with pytest.raises(InputError, match=r"no Inception weights at .*inception.pth"):
        InceptionFeatures(tmp_path / "inception.pth")


def test_a_file_that_is_not_inception_is_refused(tmp_path):
    torch.save({"some": torch.zeros(1)}, tmp_path / "other.pth")
    with pytest.raises(InputError, match="does not hold FID's Inception weights"):
        InceptionFeatures(tmp_path / "other.pth")


def test_inception_takes_a_user_s_weights_and_gives_2048_numbers(tmp_path, monkeypatch):
    """Random weights in the published file's layout; the published file itself cannot be had offline."""
    from torch_fidelity import feature_extractor_inceptionv3 as fidelity

    monkeypatch.setattr(fidelity, "load_state_dict_from_url", lambda *_, **__: None)
    monkeypatch.setattr(fidelity.FeatureExtractorInceptionV3, "load_state_dict", lambda *_: None)
    blank = fidelity.FeatureExtractorInceptionV3("fid", ["2048"])
    monkeypatch.undo()
    torch.save(blank.state_dict(), tmp_path / "inception.pth")
    vectors = InceptionFeatures(tmp_path / "inception.pth").describe(torch.rand(2, 3, 64, 32))
    assert vectors.shape == (2, 2048)
