"""Key points of a body where annotators of photos would put them, as weighted means of its vertices.

Linear in the vertices, so differentiable in pose and shape. The weights are anny's, cut to 64 vertices a point.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.body.asset import read_asset
from mirror_core.checks import check_shape

COCO = (
    "nose",
    "left_eye",
    "right_eye",
    "left_ear",
    "right_ear",
    "left_shoulder",
    "right_shoulder",
    "left_elbow",
    "right_elbow",
    "left_wrist",
    "right_wrist",
    "left_hip",
    "right_hip",
    "left_knee",
    "right_knee",
    "left_ankle",
    "right_ankle",
)
"""COCO's 17 key points, in COCO's order; left is the body's left."""
FEET = ("left_big_toe", "right_big_toe", "left_small_toe", "right_small_toe", "left_heel", "right_heel")
OPENPOSE = (
    "nose",
    "neck",
    "right_shoulder",
    "right_elbow",
    "right_wrist",
    "left_shoulder",
    "left_elbow",
    "left_wrist",
    "right_hip",
    "right_knee",
    "right_ankle",
    "left_hip",
    "left_knee",
    "left_ankle",
    "right_eye",
    "left_eye",
    "right_ear",
    "left_ear",
)
"""OpenPose's 18 key points (its COCO model), in OpenPose's order, as DeepFashion's pose annotations have them."""


def coco_key_points(vertices: Float[Tensor, "B V 3"]) -> Float[Tensor, "B 23 3"]:
    """`COCO` and then `FEET`.

    Args:
        vertices: of `AnnyBody`, all 19,158.
    """
    tensors, names = read_asset()
    check_shape("vertices", vertices, ("B", len(tensors["mean"]), 3))
    order = [names["key_points"].index(name) for name in (*COCO, *FEET)]
    index = tensors["key_points.index"].long()[order].to(vertices.device)
    return torch.einsum("bkpi,kp->bki", vertices[:, index], tensors["key_points.weight"][order].to(vertices))


def openpose_key_points(vertices: Float[Tensor, "B V 3"]) -> Float[Tensor, "B 18 3"]:
    """`OPENPOSE`; the neck is the middle between the shoulders.

    Args:
        vertices: of `AnnyBody`, all 19,158.
    """
    points = coco_key_points(vertices)
    shoulders = [COCO.index(name) for name in ("left_shoulder", "right_shoulder")]
    with_neck = torch.cat([points, points[:, shoulders].mean(dim=1, keepdim=True)], dim=1)
    names = (*COCO, *FEET, "neck")
    return with_neck[:, [names.index(name) for name in OPENPOSE]]
