"""A back of its own: colours from the photo, but from other places than the front's."""

import dataclasses

import torch
from helpers.tiny_mirror import SIZE, tiny_config

from mirror_core.encoders import MagicMirror
from mirror_core.encoders.texture import mirror_to_back


def test_front_and_back_halves_lie_where_the_uv_map_has_them():
    texture = mirror_to_back(torch.zeros(1, 3, 8, 4), torch.arange(4.0).expand(1, 3, 8, 4))
    assert texture[0, 0, 0].tolist() == [1, 0, 0, 0, 0, 0, 3, 2]


def _model() -> MagicMirror:
    torch.manual_seed(0)
    config = tiny_config()
    return MagicMirror(dataclasses.replace(config, texture=dataclasses.replace(config.texture, back="flow"))).eval()


def test_its_flow_starts_as_the_fronts_and_learns_on_its_own():
    model, photo, mask = _model(), torch.rand(2, 3, *SIZE), torch.ones(2, 1, *SIZE)
    last = model.texture.back_flow
    assert isinstance(last, torch.nn.Conv2d)
    assert last.bias is not None
    with torch.no_grad():
        last.weight.zero_()
        last.bias.copy_(torch.tensor([0.0, -0.5]))  # half a picture higher up
    front, back = model.texture.find_flow(model.normalise(photo, mask)).split(2, dim=1)
    lower = front[:, 1] - back[:, 1]
    assert lower.min() > 0.4
    width = SIZE[1]
    texture = model(photo, mask).texture
    assert texture.shape == (2, 3, SIZE[0], 2 * width)
    mirrored = mirror_to_back(texture[..., width // 2 : width // 2 + width])
    assert (texture - mirrored).abs().mean() > 0.05


def test_a_mirrored_back_has_no_weights_of_its_own():
    names = MagicMirror(tiny_config()).state_dict()
    assert set(_model().state_dict()) - set(names) == {"texture.back_flow.weight", "texture.back_flow.bias"}
