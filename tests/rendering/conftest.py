"""The back ends under test, and small scenes for them."""

import importlib.util
import sys
from types import ModuleType

import pytest
import torch
from helpers.fake_kaolin import FakeKaolin

from mirror_core.mesh.template import Template
from mirror_core.rendering.backends import Backend, load_backend
from mirror_core.rendering.kaolin_backend import KaolinBackend


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
