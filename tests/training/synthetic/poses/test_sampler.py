"""Poses that are drawn: repeatable, within what people can do, feet on the ground, arms outside the body."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from helpers.data import shared_data

from mirror_core.body import AVERAGE_ADULT, AnnyBody, load_body
from mirror_core.errors import InputError
from training.synthetic.poses import Habits, PoseSampler, read_library
from training.synthetic.poses.library import towards
from training.synthetic.poses.limits import beyond_limits, measure
from training.synthetic.poses.rig import Posing, Rig, turn
from training.synthetic.poses.touch import Touch

COUNT = 40
AVERAGE = np.array(AVERAGE_ADULT, np.float32)


@pytest.fixture(scope="module")
def body() -> AnnyBody:
    return load_body()


@pytest.fixture(scope="module")
def made(body: AnnyBody) -> Callable[[torch.Tensor], Posing]:
    heads = body.joints(torch.tensor([AVERAGE_ADULT]))[0].double().numpy()

    def make(rotations: torch.Tensor) -> Posing:
        posing = Posing(Rig(body.joint_names, body.parents), heads)
        posing.local = rotations[0].double().numpy()
        return posing

    return make


@pytest.fixture(scope="module")
def drawn(body: AnnyBody) -> list[torch.Tensor]:
    sampler = PoseSampler(body)
    return [sampler.draw(np.random.default_rng(seed), AVERAGE) for seed in range(COUNT)]


def test_the_same_chance_gives_the_same_pose_and_another_another(body: AnnyBody, drawn: list[torch.Tensor]) -> None:
    again = PoseSampler(body).draw(np.random.default_rng(3), AVERAGE)
    assert torch.equal(again, drawn[3])
    assert len({tensor.numpy().tobytes() for tensor in drawn}) == COUNT


def test_poses_are_rotations(drawn: list[torch.Tensor]) -> None:
    poses = torch.cat(drawn)
    torch.testing.assert_close(poses @ poses.mT, torch.eye(3).expand_as(poses), atol=1e-5, rtol=0)
    assert (torch.linalg.det(poses) > 0).all()


def test_no_pose_is_beyond_what_people_can_do(
    drawn: list[torch.Tensor], made: Callable[[torch.Tensor], Posing]
) -> None:
    assert [beyond_limits(made(pose)) for pose in drawn] == [{}] * COUNT


def test_no_arm_goes_through_the_body(
    body: AnnyBody, drawn: list[torch.Tensor], made: Callable[[torch.Tensor], Posing]
) -> None:
    touch = Touch(body, every=2)  # twice the points that the sampler looks at
    flesh = touch.flesh(torch.tensor([AVERAGE_ADULT]), made(drawn[0]).heads)
    through = 0
    for pose in drawn:
        posing = made(pose)
        trunk = flesh.posed(posing)
        through += sum(len(touch.arms_through(posing, flesh, trunk, side) - {"hand"}) for side in "LR")
        assert touch.legs_through(posing, flesh) == set()
    assert through <= 1  # a point between those that were looked at


def test_an_arm_in_the_belly_is_found(body: AnnyBody, made: Callable[[torch.Tensor], Posing]) -> None:
    touch = Touch(body)
    posing = made(body.still())
    flesh = touch.flesh(torch.tensor([AVERAGE_ADULT]), posing.heads)
    assert touch.arms_through(posing, flesh, flesh.posed(posing), "L") == set()
    posing.bend("upperarm01.L", turn((0, 0, 1), -75.0))  # straight through the hip
    assert touch.arms_through(posing, flesh, flesh.posed(posing), "L") >= {"lower_arm"}


def test_both_feet_are_near_the_ground(drawn: list[torch.Tensor], made: Callable[[torch.Tensor], Posing]) -> None:
    for pose in drawn:
        posing = made(pose)
        balls = [float(posing.place(f"toe3-1.{side}")[1]) for side in "LR"]
        assert abs(balls[0] - balls[1]) < 0.05  # the toes of a foot that has just been put down are up


def test_arms_mostly_hang_lower_than_the_rigs_own(
    drawn: list[torch.Tensor], made: Callable[[torch.Tensor], Posing]
) -> None:
    """The rig's rest pose holds them out at 42 degrees; in photos they hang."""
    elevations = [measure(made(pose))[f"{side} shoulder elevation"] for pose in drawn for side in ("left", "right")]
    assert np.median(elevations) < 22
    assert max(elevations) < 75


def test_people_lean_to_both_sides_and_turn_their_heads_both_ways(
    drawn: list[torch.Tensor], made: Callable[[torch.Tensor], Posing]
) -> None:
    for name in ("back side bend", "neck rotation"):
        angles = np.array([measure(made(pose))[name] for pose in drawn])
        assert (angles > 2).sum() > COUNT / 8
        assert (angles < -2).sum() > COUNT / 8


def test_large_and_small_bodies_are_posed_as_well(body: AnnyBody) -> None:
    sampler = PoseSampler(body)
    for weight in (0.05, 0.95):
        shape = AVERAGE.copy()
        shape[3] = weight
        for seed in range(5):
            assert sampler.draw(np.random.default_rng(seed), shape).shape == (1, len(body.parents), 3, 3)


def test_the_catalogue_shows_people_frontally_arms_a_little_out(
    body: AnnyBody, made: Callable[[torch.Tensor], Posing]
) -> None:
    sampler = PoseSampler(body, preset="catalogue")
    for seed in range(10):
        angles = measure(made(sampler.draw(np.random.default_rng(seed), AVERAGE)))
        for side in ("left", "right"):
            assert 10 < angles[f"{side} shoulder elevation"] < 35
            assert angles[f"{side} elbow flexion"] < 25
        assert abs(angles["back rotation"]) < 1


def test_habits_decide_how_people_hold_their_arms(body: AnnyBody, made: Callable[[torch.Tensor], Posing]) -> None:
    never = {"walking": 0, "leaning": 0, "pocket": 0, "on_hip": 0, "bent": 0, "clasped": 0, "behind": 0}
    hands = {}
    for name, habits in {"hang": Habits(**never), "hips": Habits(**{**never, "on_hip": 1})}.items():
        posing = made(PoseSampler(body, habits=habits).draw(np.random.default_rng(2), AVERAGE))
        hands[name] = posing.place("wrist.L")[1]
    assert hands["hips"] > hands["hang"] + 0.1


def test_makehumans_poses_are_read_by_kind_and_used(body: AnnyBody) -> None:
    library = read_library(shared_data("makehuman", "poses"), body)
    assert [len(library[kind]) for kind in ("standing", "run", "sit")] == [6, 1, 1]
    with_it = PoseSampler(body, library, habits=Habits(whole=1.0)).draw(np.random.default_rng(0), AVERAGE)
    without = PoseSampler(body, habits=Habits(whole=1.0)).draw(np.random.default_rng(0), AVERAGE)
    assert not torch.equal(with_it, without)


def test_without_a_folder_there_is_no_library(body: AnnyBody) -> None:
    assert read_library(None, body) == {}


def test_a_folder_without_poses_is_refused(body: AnnyBody, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"holds no poses \(standing\*\.bvh"):
        read_library(tmp_path, body)


def test_halfway_between_two_poses_is_half_the_turn() -> None:
    start, end = turn((0, 0, 1), 20)[None], turn((0, 0, 1), 80)[None]
    np.testing.assert_allclose(towards(start, end, 0.5)[0], turn((0, 0, 1), 50), atol=1e-12)
    np.testing.assert_allclose(towards(start, end, 1.0), end, atol=1e-12)
