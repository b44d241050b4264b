"""Key points where annotators of photos put them."""

import torch

from mirror_core.body import AVERAGE_ADULT, load_body
from mirror_core.body.key_points import COCO, FEET, OPENPOSE, coco_key_points, openpose_key_points

BODY = load_body()
REST = BODY.rest(torch.tensor([AVERAGE_ADULT]))
POINTS = dict(zip((*COCO, *FEET), coco_key_points(REST)[0], strict=True))


def test_openposes_order_is_that_of_deepfashions_annotations() -> None:
    """Limbs of OpenPose's COCO model: 1 joins 2 and 5, 2 joins 3, ..., 0 joins 14 and 15, 14 joins 16, 15 joins 17."""
    assert len(OPENPOSE) == 18
    assert OPENPOSE[:5] == ("nose", "neck", "right_shoulder", "right_elbow", "right_wrist")
    assert OPENPOSE[14:] == ("right_eye", "left_eye", "right_ear", "left_ear")


def test_both_orders_name_the_same_points() -> None:
    for name, point in zip(OPENPOSE, openpose_key_points(REST)[0], strict=True):
        if name != "neck":
            assert torch.equal(point, POINTS[name])


def test_the_neck_is_the_middle_between_the_shoulders() -> None:
    neck = openpose_key_points(REST)[0, OPENPOSE.index("neck")]
    torch.testing.assert_close(neck, (POINTS["left_shoulder"] + POINTS["right_shoulder"]) / 2)


def test_left_and_right_are_mirror_images() -> None:
    for name, point in POINTS.items():
        if name.startswith("left"):
            mirrored = POINTS[name.replace("left", "right")] * torch.tensor([-1.0, 1, 1])
            torch.testing.assert_close(point, mirrored, atol=2e-3, rtol=0)
            assert point[0] > 0


def test_limbs_key_points_lie_at_their_joints() -> None:
    joints = dict(zip(BODY.joint_names, BODY.joints(torch.tensor([AVERAGE_ADULT]))[0], strict=True))
    for name, joint in (
        ("elbow", "lowerarm01"),
        ("wrist", "wrist"),
        ("knee", "lowerleg01"),
        ("ankle", "foot"),
        ("shoulder", "upperarm01"),
        ("hip", "upperleg01"),
    ):
        assert (POINTS[f"left_{name}"] - joints[f"{joint}.L"]).norm() < 0.04


def test_a_persons_points_are_in_order_from_head_to_foot() -> None:
    heights = [
        float(POINTS[f"left_{name}"][1]) for name in ("eye", "shoulder", "elbow", "hip", "knee", "ankle", "heel")
    ]
    assert heights == sorted(heights, reverse=True)


def test_points_follow_the_body_linearly() -> None:
    torch.testing.assert_close(coco_key_points(2 * REST + 1), 2 * coco_key_points(REST) + 1)
