"""The back ends under test, and small scenes for them."""

import importlib.util
import sys
from types import ModuleType
from typing import Any

import pytest
import torch
from torch import Tensor

from mirror_core.mesh.template import Template
from mirror_core.rendering.backends import Backend, load_backend
from mirror_core.rendering.fragments import RasterSettings
from mirror_core.rendering.kaolin_backend import KaolinBackend
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


@pytest.fixture
def fake_kaolin(monkeypatch: pytest.MonkeyPatch) -> FakeKaolin:
    """A kaolin that can be imported."""
    fake = FakeKaolin()
    for name in ("kaolin", "kaolin.render", "kaolin.render.mesh"):
        monkeypatch.setitem(sys.modules, name, fake if name.endswith("mesh") else ModuleType(name))
    return fake


@pytest.fixture(params=["reference", "numba", "kaolin (faked)", "kaolin"])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each back end in turn."""
    if request.param == "kaolin (faked)":
        request.getfixturevalue("fake_kaolin")
        return KaolinBackend()
    if request.param == "kaolin" and not (importlib.util.find_spec("kaolin") and torch.cuda.is_available()):
        pytest.skip("kaolin needs to be installed, and a CUDA device")
    return load_backend(request.param)


@pytest.fixture
def two_triangles() -> Template:
    """A template of a square in the plane z = 0, split along a diagonal, whose texture fills it once."""
    vertices = torch.tensor([[-0.8, -0.7, 0.1], [0.75, -0.8, 0.0], [0.7, 0.8, -0.1], [-0.7, 0.75, 0.05]])
    faces = torch.tensor([[0, 1, 2], [0, 2, 3]])
    uv = torch.tensor([[0.1, 0.1], [0.9, 0.12], [0.88, 0.9], [0.13, 0.87]])
    numbers = torch.arange(4)
    return Template(vertices, faces, uv, faces, numbers, numbers, numbers)
