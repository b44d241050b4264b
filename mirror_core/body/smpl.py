"""SMPL and SMPL-X for those who hold the files and the package smplx; neither comes with this project.

Both are licensed by the Max Planck Society, for research only unless one buys more. Nothing is downloaded.
"""

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.body.kinematics import blend_skin, joint_transforms
from mirror_core.body.protocol import Posed
from mirror_core.checks import check_choice, check_shape
from mirror_core.errors import DependencyError, InputError

Kind = Literal["smpl", "smplx"]
TRUNK_AND_LIMBS = (
    *("pelvis", "left_hip", "right_hip", "spine1", "left_knee", "right_knee", "spine2", "left_ankle", "right_ankle"),
    *("spine3", "left_foot", "right_foot", "neck", "left_collar", "right_collar", "head", "left_shoulder"),
    *("right_shoulder", "left_elbow", "right_elbow", "left_wrist", "right_wrist"),
)
JOINTS = {
    "smpl": (*TRUNK_AND_LIMBS, "left_hand", "right_hand"),
    "smplx": (
        *TRUNK_AND_LIMBS,
        *("jaw", "left_eye", "right_eye"),
        *(
            f"{side}_{finger}{bone}"
            for side in ("left", "right")
            for finger in ("index", "middle", "pinky", "ring", "thumb")
            for bone in (1, 2, 3)
        ),
    ),
}
"""Names of the joints, by number."""
DOWNLOAD = {"smpl": "smpl.is.tue.mpg.de", "smplx": "smpl-x.is.tue.mpg.de"}


@dataclass(frozen=True)
class SmplBody:
    """Implements `mirror_core.body.Body`. Metres, y up, facing +z; the rest pose is a T. Faces do not smile.

    Attributes:
        template: the mean body.
        shapes: how each shape number moves it.
        poses: how the rotations of all joints but the root, less the identity, correct it.
        joint_regressor: joints' heads from vertices.
        faces: the skin.
        weights: of linear blend skinning.
        joint_names, parents: of the joints.
    """

    template: Float[Tensor, "V 3"]
    shapes: Float[Tensor, "V 3 S"]
    poses: Float[Tensor, "P V3"]
    joint_regressor: Float[Tensor, "J V"]
    faces: Int[Tensor, "F 3"]
    weights: Float[Tensor, "V J"]
    joint_names: tuple[str, ...]
    parents: tuple[int, ...]

    @property
    def shape_names(self) -> tuple[str, ...]:
        """Principal components of people's shapes, in standard deviations."""
        return tuple(f"beta{number}" for number in range(self.shapes.shape[-1]))

    def rest(self, shape: Float[Tensor, "B S"]) -> Float[Tensor, "B V 3"]:
        """Vertices in the rest pose."""
        check_shape("shape", shape, ("B", self.shapes.shape[-1]))
        return self.template + torch.einsum("bs,vis->bvi", shape, self.shapes)

    def joints(self, shape: Float[Tensor, "B S"]) -> Float[Tensor, "B J 3"]:
        """Heads of the joints in the rest pose."""
        return self.joint_regressor @ self.rest(shape)

    def still(self, batch: int = 1) -> Float[Tensor, "B J 3 3"]:
        """Rotations of the rest pose."""
        return torch.eye(3, dtype=self.template.dtype).expand(batch, len(self.parents), 3, 3)

    def __call__(self, shape: Float[Tensor, "B S"], rotations: Float[Tensor, "B J 3 3"]) -> Posed:
        """Bodies of that shape in that pose; see `Body`.

        Raises:
            InputError: there is not a number for each shape, or not a rotation for each joint.
        """
        check_shape("rotations", rotations, ("B", len(self.parents), 3, 3))
        rest = self.rest(shape)
        heads = self.joint_regressor @ rest
        transforms = joint_transforms(heads, self.parents, rotations)
        turned = (rotations[:, 1:] - self.still()[:, 1:]).flatten(1)
        corrected = rest + (turned @ self.poses).unflatten(-1, (-1, 3))
        joints = torch.einsum("bjik,bjk->bji", transforms[..., :3, :3], heads) + transforms[..., :3, 3]
        return Posed(blend_skin(corrected, self.weights, transforms), joints, transforms, rest)


def load_smpl(path: Path, kind: Kind = "smpl", shapes: int = 10, dtype: torch.dtype = torch.float32) -> SmplBody:
    """A body from the user's own file.

    Args:
        path: SMPL_NEUTRAL.pkl, SMPLX_NEUTRAL.npz or the like. A .pkl file runs code when it is opened: use .npz, or
            only files from the makers.
        kind: which of the two it holds.
        shapes: how many shape numbers.
        dtype: of all tensors but the faces.

    Raises:
        InputError: the file is missing or is not what it should be.
        DependencyError: smplx is not installed, or chumpy, which the oldest files need.
    """
    check_choice("kind", kind, tuple(JOINTS))
    if not path.is_file():
        raise InputError(
            f"There is no file {path}.", f"Download the model from {DOWNLOAD[kind]}, where its licence is, and name it."
        )
    try:
        smplx: Any = importlib.import_module("smplx")
    except ImportError as error:
        raise DependencyError(
            f"{kind} bodies need the package smplx.", "Install it: pip install mirror-core[smpl]."
        ) from error
    try:
        return _from_smplx(_read(smplx, path, kind, shapes), kind, dtype)
    except ModuleNotFoundError as error:
        raise DependencyError(f"{path.name} needs the package {error.name}.", f"Install {error.name}.") from error
    except Exception as error:
        # Whatever a parser that is not ours stumbles over: pickles, archives, missing keys, wrong shapes.
        reason = f"{type(error).__name__}: {error}"
        raise InputError(f"{path.name} is no {kind} model ({reason}).", "Name the model's own .npz or .pkl.") from error


def _read(smplx: Any, path: Path, kind: Kind, shapes: int) -> Any:
    """The package's model, which has the file's arrays in the same place for both kinds."""
    if kind == "smplx":
        hands = {"use_pca": False, "flat_hand_mean": True}
        return smplx.SMPLX(str(path), ext=path.suffix[1:], num_betas=shapes, **hands)
    if path.suffix != ".npz":
        return smplx.SMPL(str(path), num_betas=shapes)
    with np.load(path, allow_pickle=False) as file:
        arrays = smplx.utils.Struct(**file)
    return smplx.SMPL(str(path), data_struct=arrays, num_betas=shapes)


def _from_smplx(model: Any, kind: Kind, dtype: torch.dtype) -> SmplBody:
    arrays = {
        name: getattr(model, name).detach().to(dtype)
        for name in ("v_template", "shapedirs", "posedirs", "J_regressor", "lbs_weights")
    }
    parents = tuple(int(parent) for parent in model.parents)
    names = JOINTS[kind]
    if len(parents) != len(names):
        raise ValueError(f"it has {len(parents)} joints instead of {len(names)}")
    return SmplBody(
        template=arrays["v_template"],
        shapes=arrays["shapedirs"],
        poses=arrays["posedirs"],
        joint_regressor=arrays["J_regressor"],
        faces=model.faces_tensor.long(),
        weights=arrays["lbs_weights"],
        joint_names=names,
        parents=parents,
    )
