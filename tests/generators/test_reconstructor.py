"""ConvMesh's reconstruction network."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.errors import InputError
from mirror_core.generators import RECONSTRUCTOR_LITE, ConvMeshReconstructor, ReconstructorConfig

TINY = ReconstructorConfig(
    image=32,
    encoder=(4, 4, 8),
    hidden=(16, 16),
    begin=8,
    trunk=(8, 8, 8),
    mesh_width=4,
    texture_widths=(4, 4),
    texture_last=4,
)


def test_it_has_the_published_number_of_parameters_and_sizes():
    network = ConvMeshReconstructor(ReconstructorConfig())
    assert sum(parameter.numel() for parameter in network.parameters()) == 15_111_046
    made = network.eval()(torch.rand(1, 3, 256, 256), torch.ones(1, 1, 256, 256))
    assert made.deformation.shape == (1, 3, 32, 32)
    assert made.texture.shape == (1, 3, 128, 128)
    assert made.vertices.shape == (1, 482, 3)


@pytest.mark.parametrize("config", [TINY, replace(TINY, symmetric=False), RECONSTRUCTOR_LITE])
def test_training_begins_at_the_template(config: ReconstructorConfig):
    network = ConvMeshReconstructor(config)
    made = network(torch.rand(2, 3, config.image, config.image), torch.ones(2, 1, config.image, config.image))
    assert_close(made.vertices, network.template.vertices.expand(2, -1, -1))
    assert made.texture.min() >= 0
    assert made.texture.max() <= 1
    assert made.texture.flip(3).equal(made.texture) == config.symmetric


def test_the_background_is_not_looked_at():
    network = ConvMeshReconstructor(TINY).eval()
    mask = torch.zeros(1, 1, 32, 32)
    mask[..., 8:24, 8:24] = 1.0
    photo = torch.rand(1, 3, 32, 32)
    elsewhere = torch.where(mask > 0, photo, torch.rand(1, 3, 32, 32))
    assert_close(network(photo, mask).texture, network(elsewhere, mask).texture)


def test_it_learns_one_shape_and_its_colours():
    network = ConvMeshReconstructor(TINY)
    photo, mask = torch.rand(4, 3, 32, 32), torch.ones(4, 1, 32, 32)
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-2)
    losses = []
    for _ in range(12):
        made = network(photo, mask)
        loss = (made.vertices - 1.2 * network.template.vertices).square().mean() + (made.texture - 0.9).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.5 * losses[0]


def test_it_survives_a_file(tmp_path: Path):
    network = ConvMeshReconstructor(TINY).eval()
    network.save_pretrained(tmp_path / "model")
    again = ConvMeshReconstructor.from_pretrained(tmp_path / "model")
    photo, mask = torch.rand(1, 3, 32, 32), torch.ones(1, 1, 32, 32)
    torch.testing.assert_close(again(photo, mask).texture, network(photo, mask).texture, atol=2e-2, rtol=0)


def test_photos_of_another_size_are_refused():
    with pytest.raises(InputError, match=r"photo must have shape \(B, 3, 32, 32\)"):
        ConvMeshReconstructor(TINY)(torch.rand(1, 3, 64, 64), torch.ones(1, 1, 64, 64))
    with pytest.raises(InputError, match="image must be a multiple of 8, but is 36"):
        replace(TINY, image=36)
