"""A search may begin at the code nearest to what a trained network says."""

import dataclasses

import pytest
import torch
from helpers.toy_decoder import ToyDecoder
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.errors import CancelledError, InputError
from mirror_core.inversion import PAPER, Decoded, InversionSettings, Objective, View, search_codes
from mirror_core.inversion.begin import STEPS, nearest_code
from mirror_core.rendering import Renderer

DECODER = ToyDecoder()
TRUE = torch.tensor([[0.6, -0.5, 2.0, -2.0, -1.0]])


def quiet(_what: str) -> None:
    pass


def test_the_code_of_a_mesh_that_the_decoder_made_is_found():
    """But for the pull towards the mean code."""
    made = DECODER(TRUE)
    code = nearest_code(DECODER, made.vertices, made.texture, quiet)
    again = DECODER(code)
    assert (again.vertices - made.vertices).abs().mean() < 0.1 * (
        DECODER.template.vertices - made.vertices
    ).abs().mean()
    assert (again.texture - made.texture).abs().mean() < 0.05


def test_shape_and_texture_may_have_other_sizes_than_the_decoders():
    made = DECODER(TRUE)
    texture = torch.nn.functional.interpolate(made.texture, (40, 24), mode="nearest")
    code = nearest_code(DECODER, DECODER.vertices_at(TRUE, 2562), texture, quiet)
    assert (DECODER(code).vertices - made.vertices).abs().mean() < 0.02


def test_it_can_be_stopped_at_every_step():
    asked: list[str] = []

    def stop(what: str) -> None:
        asked.append(what)
        if len(asked) == STEPS:
            raise CancelledError("stop")

    made = DECODER(TRUE)
    with pytest.raises(CancelledError):
        nearest_code(DECODER, made.vertices, made.texture, stop)


class Coarse:
    """A decoder of another template."""

    template, code_size = DECODER.template, 5

    def __call__(self, code: Tensor) -> Decoded:
        return DECODER(code)


def test_decoders_of_other_templates_are_refused():
    made = DECODER(TRUE)
    with pytest.raises(InputError, match="no method vertices_at"):
        nearest_code(Coarse(), made.vertices, made.texture, quiet)


@pytest.mark.parametrize("known", [TRUE, torch.full((1, 5), 9.0)])
def test_a_known_code_is_taken_where_it_is_better_than_all_random_ones(known: Tensor):
    seen, made = Camera.single(), DECODER(TRUE)
    drawn = Renderer(image_size=(32, 32))(made.vertices, DECODER.template, seen, made.texture)
    assert drawn.rgb is not None
    views = [View.of(drawn.rgb[0], drawn.mask[0], None)]
    settings = InversionSettings(codes=4, pixels=32, search_pixels=32, features="none")
    objective = Objective.of(settings, DECODER.template, None)
    alone, _ = search_codes(DECODER, views, seen, objective, quiet)
    code, _ = search_codes(DECODER, views, seen, objective, quiet, [known])
    assert torch.equal(code, known if known is TRUE else alone)


def test_published_searches_begin_at_random_codes():
    assert PAPER.begin == "random"
    with pytest.raises(InputError, match="begin must be one of mirror, random"):
        dataclasses.replace(PAPER, begin="best")
