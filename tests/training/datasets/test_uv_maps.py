"""Objects as maps: there and back, whose photo is whose, and the codes of objects."""

import numpy as np
import pytest
import torch
from helpers.truths import make_truth
from helpers.uv_objects import egg_maps, eggs, tiny_config
from scipy.stats import kstest

from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator, make_generator_config
from mirror_core.mesh import make_template
from mirror_core.rendering.shading import SH_FACTORS
from mirror_core.trainers.convmesh import mirror_maps
from training.datasets.shape_maps import map_axes, maps_of
from training.datasets.synthetic import SyntheticPhotos, prepare
from training.datasets.uv_codes import CodeSettings, place_codes
from training.datasets.uv_maps import UvObjects, from_synthetic


@pytest.mark.parametrize(
    "changes",
    [{}, {"axes": "tangent"}, {"template": "two-pole-16", "axes": "tangent", "half_axes": (1.0, 1.0, 1.0)}],
)
def test_a_map_gives_the_shape_back(changes):
    """Nearly, also from another template's map; beside the poles, where a map is constant, tangents cannot turn."""
    config = make_generator_config("lite", **changes)
    vertices = torch.from_numpy(eggs(3).vertices)
    generator = ConvMeshGenerator(config)
    found = generator.shape(maps_of(vertices, config), 642)
    assert (found - vertices).abs().mean() < 0.003
    assert (found - vertices).abs().max() < (0.05 if config.axes == "model" else 0.15)


@pytest.mark.parametrize("template", ["642", "two-pole-16"])
@pytest.mark.parametrize("axes", ["model", "tangent"])
def test_a_symmetric_generators_maps_are_alike_on_both_sides(template: str, axes: str):
    """As it makes them itself: only vertices with x >= 0 read them, so that the tangent has one sign everywhere."""
    config = make_generator_config("lite", symmetric=True, template=template, axes=axes, modes=0)
    vertices = make_template(642).vertices * torch.tensor([[[0.8, 1.1, 1.3]], [[1.2, 0.9, 0.7]]])
    vertices = vertices + torch.tensor([0.1, 0.0, 0.0]) * vertices[..., :1] * vertices[..., 1:2]
    found = maps_of(vertices, config)
    assert torch.equal(found, found.flip(3))
    assert torch.equal(mirror_maps(found, map_axes(config)), found)
    assert (ConvMeshGenerator(config).shape(found, 642) - vertices).abs().mean() < 0.004
    bent = vertices + torch.tensor([0.3, 0.0, 0.0]) * vertices[..., 1:2]
    assert torch.allclose(maps_of(bent, config), found, atol=0.02)


def synthetic(lights: list[float]) -> SyntheticPhotos:
    """Two photos of one egg, then one of another, under lights of one number each."""
    wide = make_truth("wide", 20.0, make_template(2562).vertices.numpy() * np.float32([1.3, 1.0, 1.0]))
    truths = [make_truth("a", 0.0), make_truth("a", 90.0), wide]
    rows = [prepare(truth, (64, 64)) for truth in truths]
    joined = {name: np.stack([row[name] for row in rows]) for name in rows[0]}
    joined["pictures"] = joined["pictures"].astype(np.uint8)
    joined["lights"] = np.zeros((3, 9), np.float32)
    joined["lights"][:, 0] = np.array(lights) / SH_FACTORS[0]
    joined["vertices"] = joined["vertices"].astype(np.float32)
    joined["cameras"] = joined["cameras"].astype(np.float32)
    return SyntheticPhotos(**joined)


def test_photos_of_the_same_vertices_show_one_object():
    made = from_synthetic(synthetic([1.0, 1.0, 1.0]), 16)
    assert made.owner.tolist() == [0, 0, 1]
    assert len(made.vertices) == len(made.textures) == 2
    assert len(made.pictures) == 3
    assert (made.textures[..., 3] == 255).all()
    assert from_synthetic(synthetic([1.0, 1.0, 1.0]), 16, each=1).owner.tolist() == [0, 1]


def test_a_texture_is_taken_under_the_mean_light_of_its_photos():
    plain = from_synthetic(synthetic([1.0, 1.0, 1.0]), 16).textures[..., :3].astype(float)
    lit = from_synthetic(synthetic([0.2, 0.6, 1.0]), 16).textures[..., :3].astype(float)
    assert np.abs(lit[0] - 0.4 * plain[0]).max() < 1.5
    assert np.abs(lit[1] - plain[1]).max() < 1.5


def test_joined_collections_keep_whose_photo_is_whose():
    one, two = eggs(3, seed=1), eggs(4, seed=2)
    both = UvObjects.joined([one, two])
    assert both.owner.tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert np.array_equal(both.vertices[both.owner[4]], two.vertices[1])
    picked = both.select(np.array([5, 1]))
    assert np.array_equal(picked.vertices[picked.owner[0]], two.vertices[2])
    assert np.array_equal(picked.pictures[1], one.pictures[1])


def test_no_object_is_learnt_from_and_held_out():
    objects = eggs(12)
    twice = UvObjects(
        objects.vertices,
        objects.textures,
        np.repeat(objects.pictures, 2, axis=0),
        np.repeat(objects.cameras, 2, axis=0),
        np.repeat(np.arange(12), 2),
        objects.labels,
    )
    source = type(egg_maps()).of(twice, tiny_config(), CodeSettings(shape=3))
    first, last = source.divided(4)
    assert len(last) == len(last.maps) == 4
    assert len(first) == 16
    assert not {tuple(v[0]) for v in first.objects.vertices} & {tuple(v[0]) for v in last.objects.vertices}
    assert torch.equal(first.codes[:, 0], source.codes[:, 0] if 0 in first.objects.owner else first.codes[:, 0])


def test_two_processes_see_what_one_would():
    source, index = egg_maps(), torch.tensor([3, 1, 7, 5])
    whole = source.batch(index, torch.Generator().manual_seed(3)).known()
    half = source.batch(index, torch.Generator().manual_seed(3), slice(2, 4)).known()
    assert torch.equal(whole.texture[2:], half.texture)
    assert torch.equal(whole.vertices[2:], half.vertices)


def correlated(count: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Shapes of two causes in five numbers, textures of three in eight, of which one depends on a shape's; cubed."""
    rng = np.random.default_rng(0)
    causes = rng.standard_normal((count, 5)) ** 3
    shapes = causes[:, :2] @ rng.standard_normal((2, 5))
    causes[:, 2] += 0.5 * causes[:, 1]
    textures = causes[:, 2:] @ rng.standard_normal((3, 8))
    return shapes.astype(np.float32), textures.astype(np.float32)


def test_codes_have_mean_0_variance_1_and_no_covariance_and_are_linear_in_the_data():
    shapes, textures = correlated()
    codes = place_codes(shapes, textures, np.ones_like(textures), 5, CodeSettings(shape=2))
    assert codes.shape == (400, 5)
    assert np.abs(codes.mean(axis=0)).max() < 1e-5
    assert np.abs(np.cov(codes.T, bias=True) - np.eye(5)).max() < 1e-4
    matrix, *_ = np.linalg.lstsq(np.c_[codes, np.ones(400)], shapes, rcond=None)
    assert np.abs(np.c_[codes, np.ones(400)] @ matrix - shapes).max() < 1e-3


def test_made_normal_codes_look_like_draws_from_the_normal_distribution():
    shapes, textures = correlated()
    codes = place_codes(shapes, textures, np.ones_like(textures), 5, CodeSettings(shape=2, normal=True))
    for column in codes.T:
        assert kstest(column, "norm").pvalue > 0.9
    assert np.abs(np.corrcoef(codes.T) - np.eye(5)).max() < 0.35


def test_similar_objects_lie_near():
    shapes, textures = correlated()
    shapes[7], textures[7] = shapes[3] + 1e-4, textures[3] - 1e-4
    codes = place_codes(shapes, textures, np.ones_like(textures), 5, CodeSettings(shape=2))
    distance = np.linalg.norm(codes - codes[3], axis=1)
    assert np.argsort(distance)[1] == 7


def test_a_partial_texture_is_placed_by_what_is_seen_of_it():
    shapes, textures = correlated()
    visible = np.ones_like(textures)
    whole = place_codes(shapes, textures, visible, 5, CodeSettings(shape=2))
    visible[5, :3], textures[5, :3] = 0.0, 99.0
    part = place_codes(shapes, textures, visible, 5, CodeSettings(shape=2))
    assert np.linalg.norm(part[5] - whole[5]) < 0.5 * np.linalg.norm(whole - whole[5], axis=1).mean()


def test_the_share_of_shape_must_leave_something_to_texture():
    shapes, textures = correlated(20)
    with pytest.raises(InputError, match="shape numbers"):
        place_codes(shapes, textures, np.ones_like(textures), 5, CodeSettings(shape=5))
