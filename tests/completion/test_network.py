"""The network's answer: colours from the photo's palette, a gate that mixes, and files that give it back."""

from pathlib import Path

import pytest
import torch

from mirror_core.completion import BackConfig, BackNetwork, Behind
from mirror_core.errors import InputError

TINY = BackConfig((32, 24), (4, 6, 8), palette=3)


def ask(network: BackNetwork, photo: torch.Tensor, mask: torch.Tensor) -> Behind:
    with torch.no_grad():
        return network.eval()(photo, mask)


def half_mask(height: int = 32, width: int = 24) -> torch.Tensor:
    mask = torch.zeros(2, 1, height, width)
    mask[:, :, 4:-4, 6:-6] = 1.0
    return mask


def test_every_pixel_gets_a_colour_a_gate_and_an_error():
    behind = ask(BackNetwork(TINY), torch.rand(2, 3, 32, 24), half_mask())
    assert behind.painted.shape == (2, 3, 32, 24)
    assert behind.gate.shape == behind.error.shape == (2, 1, 32, 24)
    assert 0 <= float(behind.gate.min()) <= float(behind.gate.max()) <= 1
    assert float(behind.error.min()) > 0


def test_the_gate_decides_between_photo_and_paint():
    photo, painted = torch.full((1, 3, 1, 3), 0.8), torch.full((1, 3, 1, 3), 0.2)
    gate = torch.tensor([0.0, 0.5, 1.0]).reshape(1, 1, 1, 3)
    assert Behind(painted, gate, gate).blend(photo)[0, 0, 0].tolist() == pytest.approx([0.2, 0.5, 0.8])


def test_the_background_is_not_looked_at():
    network, mask = BackNetwork(TINY), half_mask()
    photo = torch.rand(2, 3, 32, 24)
    other = photo * mask + (1 - mask) * torch.rand(2, 3, 32, 24)
    assert torch.allclose(ask(network, photo, mask).painted, ask(network, other, mask).painted, atol=1e-6)


def test_paint_is_near_the_object_s_own_colours():
    """A palette of one colour, and at most `own_colour` beside it."""
    photo = torch.rand(2, 3, 32, 24) * (1 - half_mask()) + 0.6 * half_mask()
    painted = ask(BackNetwork(TINY), photo, half_mask()).painted
    assert float((painted - 0.6).abs().max()) <= TINY.own_colour + 0.01


@pytest.mark.parametrize("size", [(32, 24), (80, 64), (50, 34)])
def test_other_sizes_work_as_well(size: tuple[int, int]):
    network = BackNetwork(TINY)
    assert ask(network, torch.rand(1, 3, *size), torch.ones(1, 1, *size)).painted.shape[2:] == size


def test_saved_and_read_it_is_the_same_but_for_half_precision(tmp_path: Path):
    network = BackNetwork(TINY)
    network.save_pretrained(tmp_path / "net")
    again = BackNetwork.from_pretrained(tmp_path / "net")
    assert again.config == TINY
    photo, mask = torch.rand(2, 3, 32, 24), half_mask()
    assert torch.allclose(ask(again, photo, mask).painted, ask(network, photo, mask).painted, atol=5e-3)


def test_tensors_of_another_size_are_refused(tmp_path: Path):
    BackNetwork(TINY).save_pretrained(tmp_path / "net")
    config = tmp_path / "net" / "config.json"
    config.write_text(config.read_text().replace('"palette": 3', '"palette": 4'))
    with pytest.raises(InputError, match="do not fit"):
        BackNetwork.from_pretrained(tmp_path / "net")
