"""The Chamfer texture loss against its definition."""

import hypothesis
import numpy as np
import pytest
import torch
from hypothesis import strategies

from mirror_core.errors import InputError
from mirror_core.losses import ChamferTexture, ColouredPoints, chamfer_texture_loss, contextual_loss, latent_loss
from mirror_core.losses.coloured_points import nearest_coloured

SIZES = strategies.integers(1, 60)


def cloud(count: int, values: int = 3, seed: int = 0, dtype=torch.float32) -> ColouredPoints:
    generator = torch.Generator().manual_seed(seed)
    places = torch.rand(count, 2, generator=generator, dtype=dtype) * 2 - 1
    return ColouredPoints(places, torch.rand(count, values, generator=generator, dtype=dtype) * 2 - 1)


def matrix(a: ColouredPoints, b: ColouredPoints, rule: ChamferTexture) -> torch.Tensor:
    """Equation 7, written out."""
    apart = (a.places[:, None] - b.places[None]).square().sum(dim=2)
    unlike = (a.values[:, None] - b.values[None]).square().sum(dim=2)
    return (apart + 1 - rule.tolerance).pow(rule.alpha).clamp(min=1) * (unlike + rule.eps_a)


def test_two_points_by_hand():
    """Places 0.6 apart: 0.36 + 0.9 = 1.26; colours 0.5 apart in red: 0.25 + 1; both directions alike."""
    a = ColouredPoints(torch.tensor([[0.0, 0.0]]), torch.tensor([[0.5, 0.0, 0.0]]))
    b = ColouredPoints(torch.tensor([[0.6, 0.0]]), torch.tensor([[0.0, 0.0, 0.0]]))
    assert chamfer_texture_loss(a, b, ChamferTexture()).item() == pytest.approx(2 * 1.26 * 1.25)
    assert chamfer_texture_loss(a, b, ChamferTexture(both=False)).item() == pytest.approx(1.26 * 1.25)


def test_within_the_tolerance_places_do_not_count():
    """0.3 apart is 0.09 squared, less than 0.1."""
    a, b = cloud(1), ColouredPoints(cloud(1).places + torch.tensor([[0.3, 0.0]]), cloud(1).values)
    assert chamfer_texture_loss(a, b, ChamferTexture()).item() == pytest.approx(2.0)


def test_a_like_colour_far_away_loses_against_a_less_like_one_nearby():
    """Far: 2^2 + 0.9 times 1; near: 1 times (0.5^2 + 1)."""
    a = ColouredPoints(torch.zeros(1, 2), torch.zeros(1, 3))
    b = ColouredPoints(torch.tensor([[2.0, 0.0], [0.0, 0.0]]), torch.tensor([[0.0, 0, 0], [0.5, 0, 0]]))
    assert chamfer_texture_loss(a, b, ChamferTexture(both=False)).item() == pytest.approx(1.25)


@hypothesis.given(
    SIZES, SIZES, strategies.sampled_from([0.0, 0.1, 1.0]), strategies.sampled_from([0.5, 1.0, 3.0]), SIZES
)
def test_the_tree_finds_what_all_distances_find(first, second, tolerance, alpha, seed):
    a, b, rule = cloud(first, seed=seed), cloud(second, seed=seed + 1), ChamferTexture(tolerance, alpha=alpha)
    both = [torch.cat([c.places, c.values], dim=1) for c in (a, b)]
    found = nearest_coloured(*both, 1 - tolerance, 1.0, alpha)
    distances = matrix(a, b, rule)
    assert torch.allclose(distances.gather(1, found[:, None])[:, 0], distances.min(dim=1).values, rtol=1e-5)


def test_the_tree_on_many_points_of_few_colours():
    """Pictures have thousands of pixels of the same colour: the tree's boxes are then flat, and ties abound."""
    a, b = cloud(3000, seed=1), cloud(2000, seed=2)
    a, b = (ColouredPoints(c.places, (c.values * 2).round() / 2) for c in (a, b))
    rule = ChamferTexture()
    distances = matrix(a, b, rule)
    expected = distances.min(dim=1).values.mean() + distances.min(dim=0).values.mean()
    assert chamfer_texture_loss(a, b, rule).item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("values", [3, 20])
def test_colours_and_long_features_are_compared_by_the_same_rule(values: int):
    a, b, rule = cloud(700, values, 1), cloud(90, values, 2), ChamferTexture(0.05, 0.5, 2.0)
    distances = matrix(a, b, rule)
    expected = distances.min(dim=1).values.mean() + distances.min(dim=0).values.mean()
    assert chamfer_texture_loss(a, b, rule).item() == pytest.approx(expected.item(), rel=1e-5)


@pytest.mark.parametrize("values", [3, 12])
@pytest.mark.parametrize("both", [True, False])
def test_gradcheck(values: int, both: bool):
    a, b = cloud(12, values, 1, torch.float64), cloud(9, values, 2, torch.float64)
    rule = ChamferTexture(both=both)
    first, second = a.values.clone().requires_grad_(), b.values.clone().requires_grad_()
    assert torch.autograd.gradcheck(
        lambda x, y: chamfer_texture_loss(ColouredPoints(a.places, x), ColouredPoints(b.places, y), rule),
        (first, second),
    )


def test_places_have_no_gradient():
    a, b = cloud(20), cloud(20, seed=1)
    places, values = a.places.clone().requires_grad_(), a.values.clone().requires_grad_()
    loss = chamfer_texture_loss(ColouredPoints(places, values), b, ChamferTexture())
    assert torch.autograd.grad(loss, places, allow_unused=True) == (None,)


def test_nothing_rendered_is_no_error_and_no_gradient():
    values = torch.zeros(0, 3, requires_grad=True)
    loss = chamfer_texture_loss(ColouredPoints(torch.zeros(0, 2), values), cloud(5), ChamferTexture())
    loss.backward()
    assert loss.item() == 0.0


def test_settings_out_of_range_are_refused():
    with pytest.raises(InputError, match="tolerance"):
        ChamferTexture(tolerance=1.5)
    with pytest.raises(InputError, match="points must be at least 1"):
        ChamferTexture(points=0)


def test_latent_loss_is_half_the_mean_square():
    assert latent_loss(torch.tensor([[2.0, 0.0], [0.0, 0.0]])).item() == pytest.approx(0.5)


def test_contextual_loss_of_the_same_features_is_almost_nothing():
    """Each feature's likeness to itself is exp(2) against exp((1 - d / 1e-5) / h), which is 0 for all others."""
    features = torch.from_numpy(np.random.default_rng(0).normal(size=(30, 8)).astype(np.float32))
    assert contextual_loss(features, features).item() == pytest.approx(0.0, abs=1e-3)
    assert contextual_loss(features.flip(0), features).item() == pytest.approx(0.0, abs=1e-3)  # places do not count


def test_contextual_loss_by_hand():
    """Two features opposite each other about the photo's mean; one rendered feature is a right angle off.

    Rendered (1, 0) and (0, 1), photo (1, 0) and (-1, 0), mean (0, 0). Distances: (0, 2) and (1, 1). Relative to the
    least of a row: (0, 2e5) and (1, 1): likenesses (1, 0) and (1/2, 1/2). Column maxima 1 and 1/2: -log(3/4).
    """
    rendered, photo = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    assert contextual_loss(rendered, photo).item() == pytest.approx(-np.log(0.75), abs=1e-4)


def test_contextual_loss_gradcheck():
    rendered, photo = cloud(6, 4, 1, torch.float64).values, cloud(5, 4, 2, torch.float64).values
    assert torch.autograd.gradcheck(lambda x: contextual_loss(x, photo), (rendered.requires_grad_(),))
