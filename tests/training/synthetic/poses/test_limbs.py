"""Arms and legs go where they are told, on a body whose joints are known."""

import numpy as np
import pytest
import torch

from mirror_core.body import AVERAGE_ADULT, load_body
from training.synthetic.poses.limbs import Arm, Foot, Hand, hang, reach, stand
from training.synthetic.poses.limits import LIMITS, beyond_limits, measure
from training.synthetic.poses.rig import Half, Posing, Rig, shortest_turn, turn, twist_about

BODY = load_body()
HEADS = BODY.joints(torch.tensor([AVERAGE_ADULT]))[0].double().numpy()
RIG = Rig(BODY.joint_names, BODY.parents)


def posing() -> Posing:
    return Posing(RIG, HEADS)


def test_places_are_the_body_models() -> None:
    chance = np.random.default_rng(0)
    made = posing()
    made.local = np.stack([turn(tuple(chance.normal(size=3)), chance.uniform(0, 90)) for _ in RIG.names])
    joints = BODY(torch.tensor([AVERAGE_ADULT]), torch.from_numpy(made.local).float()[None]).joints[0]
    for name in ("root", "wrist.L", "foot.R", "head"):
        np.testing.assert_allclose(made.place(name), joints[RIG.number[name]], atol=1e-5)


def test_a_mirrored_pose_has_mirrored_places() -> None:
    made, mirrored = posing(), posing()
    hang(Half(made, "L"), Arm(30, 20, 10, 50, 15))
    mirrored.local = RIG.mirror(made.local)
    np.testing.assert_allclose(mirrored.place("wrist.R"), made.place("wrist.L") * (-1, 1, 1), atol=2e-3)


def test_half_tells_the_right_side_as_the_left() -> None:
    left, right = posing(), posing()
    hang(Half(left, "L"), Arm(12, 5, 8, 25, 10))
    hang(Half(right, "R"), Arm(12, 5, 8, 25, 10))
    np.testing.assert_allclose(RIG.mirror(left.local), right.local, atol=2e-2)


@pytest.mark.parametrize(("abduction", "elbow"), [(0, 0), (10, 20), (45, 90), (90, 140)])
def test_a_hanging_arm_has_the_angles_it_is_given(abduction: float, elbow: float) -> None:
    made = posing()
    for side in "LR":
        hang(Half(made, side), Arm(abduction, 0.0, 0.0, elbow))
        angles = measure(made)
    for side in ("left", "right"):
        assert angles[f"{side} shoulder elevation"] == pytest.approx(abduction, abs=0.5)
        assert angles[f"{side} elbow flexion"] == pytest.approx(elbow, abs=0.5)


def test_a_hand_reaches_its_place() -> None:
    made = posing()
    palm, fingers = np.array([0.2, 0.2, 0.2]), np.array([0.0, -1.0, 0.0])
    assert reach(Half(made, "L"), Hand(palm, fingers, np.array([-1.0, 0, 0]), np.array([0.5, 0, -1.0])))
    # The forearm's second bone turns it about a line a millimetre beside the wrist.
    np.testing.assert_allclose(made.place("wrist.L"), palm - 0.075 * fingers, atol=2e-3)
    pointing = made.turned("wrist.L") @ (HEADS[RIG.number["finger3-1.L"]] - HEADS[RIG.number["wrist.L"]])
    np.testing.assert_allclose(pointing / np.linalg.norm(pointing), fingers, atol=1e-6)


def test_a_hand_too_far_away_is_not_reached() -> None:
    made = posing()
    far = Hand(np.array([2.0, 0.5, 0.0]), np.array([1.0, 0, 0]), np.array([0.0, -1, 0]), np.array([0.0, 0, -1]))
    assert not reach(Half(made, "L"), far)


def test_a_foot_stands_where_it_is_put_and_points_where_it_is_told() -> None:
    made = posing()
    half = Half(made, "L")
    ball = half.rest("toe3-1") + np.array([-0.05, 0.1, 0.1])
    assert stand(half, Foot(ball, outward=20.0, heel=15.0))
    np.testing.assert_allclose(made.place("toe3-1.L"), ball, atol=1e-6)
    np.testing.assert_allclose(made.turned("foot.L"), turn((0, 1, 0), 20) @ turn((1, 0, 0), 15), atol=1e-9)
    assert made.place("lowerleg01.L")[2] > made.place("foot.L")[2]  # the knee in front


@pytest.mark.parametrize(
    ("joint", "axis", "degrees", "angle"),
    [
        ("lowerleg01.L", (1, 0, 0), -30, "left knee flexion"),
        ("lowerleg01.L", (1, 0, 0), 150, "left knee flexion"),
        ("upperleg01.R", (1, 0, 0), 50, "right hip flexion"),
        ("foot.L", (1, 0, 0), -40, "left ankle flexion"),
        ("head", (0, 1, 0), 80, "neck rotation"),
        ("spine03", (0, 0, 1), 50, "back side bend"),
    ],
)
def test_what_nobody_can_do_is_beyond_the_limits(
    joint: str, axis: tuple[float, float, float], degrees: float, angle: str
) -> None:
    made = posing()
    made.bend(joint, turn(axis, degrees))
    assert angle in beyond_limits(made)


def test_an_elbow_bends_one_way_only() -> None:
    made = posing()
    hang(Half(made, "R"), Arm(10, elbow=-20.0))
    assert measure(made)["right elbow flexion"] == pytest.approx(-20, abs=0.5)
    assert "right elbow flexion" in beyond_limits(made)


def test_the_rest_pose_is_within_all_limits_and_all_limits_are_measured() -> None:
    assert beyond_limits(posing()) == {}
    measured = {name.removeprefix("left ").removeprefix("right ") for name in measure(posing())}
    assert measured == set(LIMITS)


def test_turns() -> None:
    quarter = turn((0, 0, 2), 90)
    np.testing.assert_allclose(quarter @ [1, 0, 0], [0, 1, 0], atol=1e-12)
    assert twist_about(quarter, np.array([0.0, 0, 1])) == pytest.approx(90)
    assert twist_about(quarter, np.array([1.0, 0, 0])) == pytest.approx(0)
    np.testing.assert_allclose(shortest_turn(np.array([1.0, 0, 0]), np.array([0.0, 3, 0])), quarter, atol=1e-12)
