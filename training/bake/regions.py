"""Which face of anny's body belongs to which part of a person, for the baked body.

Parts go by the joints that move a face, eyes and mouth by anny's segmentation of its texture, front and back by the
normal at rest, scalp and face by a plane through the hairline.
"""

from typing import Any

import torch
from torch import Tensor

from mirror_core.body.regions import REGIONS

JOINTS = {
    "torso_front": ("root", "pelvis.", "spine", "clavicle.", "shoulder"),
    "neck": ("neck",),
    "face": ("head", "eye."),
    "upper_arm": ("upperarm",),
    "lower_arm": ("lowerarm",),
    "hand": ("wrist.", "finger", "metacarpal"),
    "upper_leg": ("upperleg",),
    "lower_leg": ("lowerleg",),
    "foot": ("foot.", "toe"),
}
"""Beginnings of the joints' names; limbs are told apart by the names' ends, .L and .R."""
SEGMENTS = {
    "eyes": ("eye_back.L", "eye_front.L", "eye_back.R", "eye_front.R", "eye_cavity.L", "eye_cavity.R"),
    "mouth": ("mouth_cavity", "tongue"),
}
"""Regions and the colours of anny's segmentation that they take."""
FOREHEAD, NAPE = (0.045, 0.075), (-0.078, -0.068)
"""Where the hairline begins and ends: metres to the front of the ears and above the eyes."""


def face_regions(model: Any) -> tuple[dict[str, Tensor], dict[str, list[str]]]:
    """Number of each face's region.

    Args:
        model: anny with all vertices of its base mesh; z up, facing -y.

    Returns:
        "regions.face", (F,), numbers in `mirror_core.body.regions.REGIONS`, and these names.
    """
    from anny.face_segmentation import get_face_segmentation_mask  # pyright: ignore[reportMissingImports]

    with torch.no_grad():
        rest = model()["rest_vertices"][0]
    corners = rest[model.faces]
    labels = _by_joints(model)
    normals = torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    labels[(labels == REGIONS.index("torso_front")) & (normals[:, 1] > 0)] = REGIONS.index("torso_back")
    labels[(labels == REGIONS.index("face")) & _under_hair(model, rest)] = REGIONS.index("scalp")
    for region, segments in SEGMENTS.items():
        labels[get_face_segmentation_mask(model, list(segments))] = REGIONS.index(region)
    return {"regions.face": labels.to(torch.uint8)}, {"regions": list(REGIONS)}


def _by_joints(model: Any) -> Tensor:
    """The region whose joints move a face most."""
    weights, owners = model.vertex_bone_weights[model.faces], model.vertex_bone_indices[model.faces].long()
    regions = torch.tensor([_region(name) for name in model.bone_labels])[owners]
    shares = weights.new_zeros(len(model.faces), len(REGIONS))
    return shares.scatter_add_(1, regions.flatten(1), weights.flatten(1)).argmax(dim=1)


def _region(joint: str) -> int:
    side = {"L": "_left", "R": "_right"}.get(joint[-1], "")
    for region, beginnings in JOINTS.items():
        if joint.startswith(beginnings):
            return REGIONS.index(region if region in REGIONS else region + side)
    raise ValueError(f"the joint {joint} belongs to no region")


def _under_hair(model: Any, rest: Tensor) -> Tensor:
    """Faces above and behind the plane through forehead and nape, level from left to right."""
    import anny  # pyright: ignore[reportMissingImports]

    named = anny.KeypointsRegressor.coco(model, ["left_eye", "right_eye", "left_ear", "right_ear"])
    points = named({"vertices": rest[None]})[0]
    centres = rest[model.faces].mean(dim=1)
    front = points[2:, 1].mean() - centres[:, 1]
    up = centres[:, 2] - points[:2, 2].mean()
    (front_0, up_0), (front_1, up_1) = FOREHEAD, NAPE
    return (front_0 - front_1) * (up - up_1) > (up_0 - up_1) * (front - front_1)
