"""People are whole, dressed and grown up; nothing pokes through what covers it."""

import numpy as np
import pytest
from scipy import ndimage as ndi

from mirror_core.attributes import Camera
from mirror_core.attributes.light import ambient_light
from mirror_core.body import SHAPE_NAMES, AnnyBody
from mirror_core.body.key_points import OPENPOSE
from tests.helpers.data import shared_data
from training.synthesize import people
from training.synthetic.dress import LAYERS
from training.synthetic.makehuman import Skin, open_wardrobe
from training.synthetic.outfits import Habits, Outfitter
from training.synthetic.parts import part_number
from training.synthetic.people import People, draw_shape, joint_turns
from training.synthetic.studio.shoot import shoot
from training.synthetic.subject import Subject
from training.synthetic.tailor.anatomy import measure


@pytest.fixture(scope="module")
def drawer() -> People:
    return people(shared_data("makehuman"), None)


def test_the_same_chances_make_the_same_person(drawer: People) -> None:
    one, two = (drawer.draw(np.random.default_rng(3)) for _ in range(2))
    assert [piece.name for piece in one.pieces] == [piece.name for piece in two.pieces]
    for a, b in zip(one.pieces, two.pieces, strict=True):
        np.testing.assert_array_equal(a.vertices, b.vertices)
        np.testing.assert_array_equal(a.texture, b.texture)


@pytest.mark.parametrize("seed", range(4))
def test_head_is_above_hips_above_feet(drawer: People, seed: int) -> None:
    figure = drawer.draw(np.random.default_rng(seed))
    height = dict(zip(OPENPOSE, figure.key_points[:, 1], strict=True))
    assert height["nose"] > height["neck"] > height["left_hip"] > height["left_ankle"]
    tall = np.ptp(np.concatenate([piece.vertices[np.unique(piece.faces)] for piece in figure.pieces])[:, 1])
    assert 1.3 < tall < 2.3


@pytest.mark.parametrize("seed", range(6))
def test_hardly_any_skin_is_seen_inside_a_garment(drawer: People, seed: int) -> None:
    subject = Subject.of(drawer.draw(np.random.default_rng(100 + seed)))
    bare, specks = part_number("skin"), 0
    free = {part_number(name) for name in ("null", "hair", "glasses", "hat", "skin")}
    for azimuth in (0.0, 90.0, 180.0, 270.0):
        camera = Camera.single(azimuth, 5.0, 3.0)
        parts = shoot(subject.pieces, camera, ambient_light()[0].numpy(), (256, 128)).parts
        label, count = ndi.label(parts == bare, np.ones((3, 3)))
        for number in range(1, count + 1):
            spot = label == number
            around = set(np.unique(parts[ndi.binary_dilation(spot, np.ones((3, 3))) & ~spot]))
            specks += int(spot.sum()) if len(around) == 1 and not around & free and spot.sum() < 26 else 0
    assert specks <= 20  # of some 28,000 pixels


def test_shapes_are_of_adults_with_the_skin_s_sex_and_ancestry() -> None:
    rng = np.random.default_rng(0)
    for age in ("young", "middleage", "old"):
        for sex, low, high in (("female", 0.85, 1.0), ("male", 0.0, 0.15)):
            shape = dict(
                zip(SHAPE_NAMES, draw_shape(Skin(shared_data("README.md"), age, "asian", sex), rng), strict=True)
            )
            assert low <= shape["gender"] <= high
            assert shape["age"] >= 2 / 3 - 1e-6
            assert shape["asian"] == 1.0 > shape["african"]


def test_only_joints_that_turn_are_told(body: AnnyBody) -> None:
    rotations = body.still()[0].numpy().copy()
    rotations[5] = [[1, 0, 0], [0, 0, -1], [0, 1, 0]]  # 90 degrees about x
    turns = joint_turns(body, rotations)
    assert list(turns) == [body.joint_names[5]]
    np.testing.assert_allclose(turns[body.joint_names[5]], [90, 0, 0], atol=1e-4)


@pytest.mark.parametrize("sex", ["female", "male"])
def test_everybody_is_dressed(body: AnnyBody, drawer: People, sex: str) -> None:
    wearer = measure(body, body.mean.numpy(), body.mean_joints.numpy())
    for seed in range(12):
        outfit = drawer.outfitter.dress(sex, (50.0, 40.0, 30.0), wearer, np.random.default_rng(seed))
        slots = {garment.slot for garment in outfit.garments}
        assert {"upper", "lower"} <= slots or "whole" in slots


def test_credits_are_of_what_is_worn(body: AnnyBody) -> None:
    wardrobe = open_wardrobe(shared_data("makehuman"), body)
    wearer = measure(body, body.mean.numpy(), body.mean_joints.numpy())
    outfitter = Outfitter(wardrobe, habits=Habits(tailored=0.0))
    for seed in range(8):
        outfit = outfitter.dress("female", (50.0, 40.0, 30.0), wearer, np.random.default_rng(seed))
        owed = [item.credit for item in wardrobe.items if item.credit]
        worn = {garment.piece.name for garment in outfit.garments}
        assert [credit["item"] for credit in outfit.credits] == [
            garment.piece.name
            for garment in outfit.garments
            if any(credit["item"] == garment.piece.name for credit in owed)
        ]
        assert worn


def test_coats_are_over_shirts_over_trousers() -> None:
    assert LAYERS["lower"] < LAYERS["boots"] < LAYERS["upper"] == LAYERS["whole"] < LAYERS["outer"]
