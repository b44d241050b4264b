"""On posed bodies cloth covers what it hides, keeps its lengths, and lies over what is worn under it."""

import numpy as np
import pytest
from helpers.wearers import POSES, body, heights_over, posed, sewn, shown_through, wearer

from training.synthetic.dress import follow
from training.synthetic.tailor.anatomy import groups
from training.synthetic.tailor.drape import DrapeSettings, drape
from training.synthetic.tailor.settle import Surface, settle
from training.synthetic.tailor.wrinkle import Creases, crease, pressed

SMOOTH = DrapeSettings(creases=None)


@pytest.mark.parametrize("pose", POSES)
@pytest.mark.parametrize("kind", ["t-shirt", "sweater", "dress", "coat", "skirt", "jeans", "shorts"])
@pytest.mark.parametrize("name", ["heavy woman", "thin tall woman"])
def test_the_body_does_not_poke_out(pose: str, kind: str, name: str) -> None:
    skin = posed(name, pose)
    vertices, garment = skin.vertices[0].numpy(), sewn(kind, name)
    surface = Surface.of_mesh(vertices, groups(body()).faces)
    cloth = drape(garment, follow(garment, skin.transforms[0].numpy()), surface, np.random.default_rng(0))
    assert shown_through(garment, cloth, vertices) < (0.02 if pose == "sitting" else 0.002)
    edges = garment.plan.edges
    length = np.linalg.norm(cloth[edges[:, 0]] - cloth[edges[:, 1]], axis=1)
    assert np.percentile(length - garment.lengths, 99) < 0.05  # metres: no spikes


def test_clothes_that_are_not_ours_settle_too() -> None:
    skin = posed("average", "step")
    vertices, faces = skin.vertices[0].numpy(), groups(body()).faces
    surface = Surface.of_mesh(vertices, faces)
    tight = vertices[:13380] - np.float32(0.01) * np.repeat(np.float32([[0, 0, 1]]), 13380, axis=0)
    legs = groups(body()).legs["L"]
    settled = settle(tight, np.zeros((0, 3), np.int32), surface, 0.004)
    assert heights_over(settled[legs], surface.points, surface.normals).min() > 0.002


def test_the_coat_lies_over_the_shirt() -> None:
    skin = posed("average", "arms down")
    transforms, rng = skin.transforms[0].numpy(), np.random.default_rng(0)
    surface = Surface.of_mesh(skin.vertices[0].numpy(), groups(body()).faces)
    shirt, coat = sewn("shirt"), sewn("coat")
    under = drape(shirt, follow(shirt, transforms), surface, rng)[: shirt.plan.main]
    layered = surface.under(under, shirt.plan.main_faces)
    over = drape(coat, follow(coat, transforms), layered, rng)[: coat.plan.main]
    chest = over[coat.plan.sheets["front"].ids[10:40, 6:20].ravel()]
    assert heights_over(chest, layered.points, layered.normals).min() > 0


def test_the_same_seed_gives_the_same_creases() -> None:
    garment = sewn("dress")
    surface = wearer().surface
    first, again, other = (
        drape(garment, garment.piece.vertices, surface, np.random.default_rng(seed)) for seed in (3, 3, 4)
    )
    assert first.tobytes() == again.tobytes()
    assert not np.array_equal(first, other)


def test_a_skirt_hangs_lower_than_skinning_takes_it_when_a_leg_is_raised() -> None:
    skin, garment = posed("average", "sitting"), sewn("skirt")
    placed = follow(garment, skin.transforms[0].numpy())
    surface = Surface.of_mesh(skin.vertices[0].numpy(), groups(body()).faces)
    hung = drape(garment, placed, surface, np.random.default_rng(0), SMOOTH)
    hem = garment.plan.sheets["front"].ids[0]
    assert hung[hem, 1].mean() < placed[hem, 1].mean() - 0.01


def test_creases_lie_between_nothing_and_all_and_run_down_where_they_should() -> None:
    x, y = np.meshgrid(np.linspace(0, 1, 200), np.linspace(0, 1, 200))
    points = np.stack([x.ravel(), y.ravel(), 0 * x.ravel()], axis=1).astype(np.float32)
    field = crease(points, Creases(upright=1.0), np.random.default_rng(0)).reshape(200, 200)
    assert field.min() >= 0
    assert field.max() <= 1
    assert np.abs(np.diff(field, axis=1)).mean() > 2 * np.abs(np.diff(field, axis=0)).mean()


def test_cloth_pressed_to_a_quarter_less_has_the_root_of_that() -> None:
    points, edges = np.float32([[0, 0, 0], [0.75, 0, 0], [1.75, 0, 0]]), np.int32([[0, 1], [1, 2]])
    lengths = np.float32([1.0, 1.0])
    np.testing.assert_allclose(pressed(points, edges, lengths), np.sqrt([0.25, 0.125, 0]), atol=1e-6)
