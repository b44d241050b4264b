"""Discriminators of maps may weigh differently, as ConvMesh's do for PASCAL3D+."""

import pytest
import torch
from helpers.uv_objects import egg_maps, tiny_config

from mirror_core.discriminators import UVDiscriminator, UVDiscriminatorConfig
from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator
from mirror_core.losses.least_squares import Scores, least_squares_critic_loss, least_squares_generator_loss
from mirror_core.trainers.convmesh.objective import Judges, critic_terms, generator_terms
from training.recipes.convmesh import RECIPES

UV = UVDiscriminatorConfig(texture=16, map=16, full=((4, 4, 2),), mesh=((4, 4, 2),), coarse=())


def judges(shares: tuple[float, ...] | None) -> Judges:
    torch.manual_seed(0)
    return Judges(UVDiscriminator(UV), None, ConvMeshGenerator(tiny_config()), shares)


def scores(*values: float) -> Scores:
    """One object, one patch, wholly visible, for each discriminator."""
    return [(torch.full((1, 1, 1), value), torch.ones(1, 1, 1)) for value in values]


def test_the_texture_weighs_twice_as_much_as_the_mesh():
    """Squared distances from 1 of 0.5 and 0 are 1/4 and 1; from 0, 1/4 and 0."""
    fake, real = scores(0.5, 0.0), scores(1.0, 0.5)
    for shares, expected in ((None, 0.625), ((1.0, 1.0), 0.625), ((2.0, 1.0), 0.5)):
        assert judges(shares).mean(least_squares_generator_loss, fake).item() == pytest.approx(expected)
    critic = judges((2.0, 1.0)).mean(least_squares_critic_loss, real, fake)
    assert critic.item() == pytest.approx((2 * 0.25 + 0.25) / 3)


def test_shares_reach_both_sides_terms():
    batch = egg_maps().batch(torch.arange(3))
    found: dict[tuple[float, ...] | None, list[float]] = {}
    for shares in (None, (1.0, 1.0), (1.0, 0.0), (0.0, 1.0), (2.0, 1.0)):
        judge = judges(shares)
        with torch.no_grad():
            made = judge.generator.eval()(torch.zeros(3, 6))
            terms = critic_terms(judge, made, batch, "hinge") | generator_terms(judge, made, batch, "hinge")
        found[shares] = [terms["critic_uv"].item(), terms["uv"].item()]
    assert found[(1.0, 1.0)] == pytest.approx(found[None])
    weighed = [(2 * texture + mesh) / 3 for texture, mesh in zip(found[(1.0, 0.0)], found[(0.0, 1.0)], strict=True)]
    assert found[(2.0, 1.0)] == pytest.approx(weighed)
    assert found[(2.0, 1.0)] != pytest.approx(found[None])


def test_there_must_be_a_share_for_each():
    with pytest.raises(InputError, match="3 weights for 2 discriminators"):
        judges((2.0, 1.0, 1.0)).mean(least_squares_generator_loss, scores(0.5, 0.0))


def test_only_the_recipe_for_cars_has_them():
    assert {name: recipe.uv_shares for name, recipe in RECIPES.items() if recipe.uv_shares} == {"paper-car": (2.0, 1.0)}
    assert RECIPES["paper-car"].generator.classes == RECIPES["paper-car"].uv.classes == 11
    assert RECIPES["paper"].generator.classes == RECIPES["paper"].uv.classes == 200
