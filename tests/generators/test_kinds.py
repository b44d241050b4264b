"""Random codes of data that fall into kinds."""

import pytest
import torch
from helpers.numerics import assert_close

from mirror_core.errors import InputError
from mirror_core.generators import CodeKinds, ConvMeshGenerator, draw_codes, make_generator_config
from training.datasets.uv_kinds import kinds_of


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def two_kinds() -> CodeKinds:
    """Three quarters of all around (5, 0), the rest around (-5, 1); the second number of each kind never varies."""
    kinds = CodeKinds(2, 2)
    codes = torch.tensor([[4.0, 0.0], [5.0, 0.0], [6.0, 0.0], [-5.0, 1.0]])
    kinds.set(codes, torch.tensor([[1.0, 0.0]] * 3 + [[0.0, 1.0]]))
    return kinds


def test_share_mean_and_spread_are_those_of_the_members():
    kinds = two_kinds()
    assert_close(kinds.share, torch.tensor([0.75, 0.25]))
    assert_close(kinds.mean, torch.tensor([[5.0, 0.0], [-5.0, 1.0]]))
    assert_close(kinds.spread, torch.tensor([[(2 / 3) ** 0.5, 0.0], [0.0, 0.0]]))


def test_codes_are_drawn_around_the_means_in_their_shares():
    codes = two_kinds().draw(4000, seeded())
    first = codes[:, 0] > 0
    assert first.float().mean().item() == pytest.approx(0.75, abs=0.03)
    assert codes[first, 0].std().item() == pytest.approx((2 / 3) ** 0.5, abs=0.03)
    assert torch.equal(codes[~first], torch.tensor([-5.0, 1.0]).expand_as(codes[~first]))


def test_truncation_is_about_the_mean_of_each_kind():
    codes = two_kinds().draw(500, seeded(), 0.5)
    assert (codes[codes[:, 0] > 0, 0] - 5).abs().max() <= 0.5 * (2 / 3) ** 0.5 + 1e-6


def test_until_they_are_set_codes_are_standard_normal():
    codes = CodeKinds(3, 8).draw(4000, seeded())
    assert codes.mean().abs().item() < 0.02
    assert codes.std().item() == pytest.approx(1.0, abs=0.02)


def test_the_seed_decides():
    first, again, other = (two_kinds().draw(6, seeded(seed)) for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_a_generator_without_kinds_draws_as_published():
    generator = ConvMeshGenerator(make_generator_config("lite", kinds=0))
    assert torch.equal(generator.draw(2, seeded(), 1.0), draw_codes(2, 160, seeded(), 1.0))
    assert not any("kinds" in name for name in generator.state_dict())


def test_objects_of_like_shape_are_of_one_kind_whatever_their_colour():
    """The first number moves the vertices, the second does not."""
    codes = torch.randn(40, 2, generator=seeded()) * torch.tensor([0.1, 5.0])
    codes[:10, 0] += 3.0
    moved = torch.zeros(2, 4, 3)
    moved[0] = 1.0
    members = kinds_of(codes, moved, 2)
    assert sorted(members.sum(dim=0).tolist()) == [10, 30]
    assert (members[:10] == members[0]).all()


def test_too_few_objects_for_so_many_kinds_are_refused():
    with pytest.raises(InputError, match="5 objects are too few for 3 kinds"):
        kinds_of(torch.randn(5, 2), torch.zeros(2, 4, 3), 3)
