"""A stand-in for NVIDIA kaolin, which needs CUDA: its signature, the reference back end's answers."""

from types import ModuleType
from typing import Any

import torch
from torch import Tensor

from mirror_core.rendering.fragments import RasterSettings
from mirror_core.rendering.reference import ReferenceBackend
from mirror_core.rendering.scene import ProjectedFaces


class FakeKaolin(ModuleType):
    """kaolin.render.mesh with 0.18's signature, which remembers its calls and answers with the reference back end."""

    def __init__(self) -> None:
        super().__init__("kaolin.render.mesh")
        self.calls: list[dict[str, Any]] = []

    def dibr_rasterization(  # noqa: PLR0917  kaolin's own order
        self,
        height: int,
        width: int,
        face_vertices_z: Tensor,
        face_vertices_image: Tensor,
        face_features: Tensor,
        face_normals_z: Tensor,
        sigmainv: float = 7000,
        boxlen: float = 0.02,
        knum: int = 30,
        multiplier: float | None = None,
        eps: float | None = None,
        rast_backend: str = "cuda",
    ) -> tuple[Tensor, Tensor, Tensor]:
        self.calls.append(dict(locals()))
        faces = ProjectedFaces(face_vertices_image, face_vertices_z, face_normals_z >= 0)
        fragments = ReferenceBackend().rasterize(faces, (height, width), RasterSettings(sigmainv, boxlen, knum))
        batch, count = face_normals_z.shape
        index = fragments.face_index.clamp(min=0) + torch.arange(batch)[:, None, None] * count
        corners = face_features.reshape(batch * count, 3, -1)[index]
        features = (corners * fragments.barycentric[..., None]).sum(dim=-2)
        return features, fragments.silhouette, fragments.face_index
