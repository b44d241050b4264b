"""Choosing a back end, and the adapter to kaolin."""

import importlib.util
import sys

import pytest
import torch
from helpers.fake_kaolin import FakeKaolin

from mirror_core.errors import BackendError, InputError
from mirror_core.rendering import available_backends
from mirror_core.rendering.backends import Backend, choose_backend, load_backend
from mirror_core.rendering.fragments import RasterSettings
from mirror_core.rendering.kaolin_backend import KaolinBackend
from mirror_core.rendering.scene import ProjectedFaces

CPU, CUDA = torch.device("cpu"), torch.device("cuda")


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Packages that the test wants to be missing: append their names."""
    missing: list[str] = []
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name in missing else find(name))
    load_backend.cache_clear()
    return missing


def test_auto_is_numba_on_the_cpu_and_reference_on_cuda() -> None:
    assert choose_backend("auto", CPU).name == "numba"
    assert choose_backend("auto", CUDA).name == "reference"


def test_auto_without_numba_is_the_reference(without: list[str]) -> None:
    without.append("numba")
    assert choose_backend("auto", CPU).name == "reference"
    assert "numba" not in available_backends()


def test_a_missing_package_is_named_with_a_remedy(without: list[str]) -> None:
    without.append("numba")
    with pytest.raises(
        BackendError, match=r"'numba' needs the package 'numba', which is not installed. Install it with"
    ):
        choose_backend("numba", CPU)
    without.append("kaolin")
    with pytest.raises(
        BackendError, match=r"needs the package 'kaolin', which is not installed. Install NVIDIA kaolin"
    ):
        choose_backend("kaolin", CUDA)


def test_numba_on_cuda_is_refused() -> None:
    with pytest.raises(BackendError, match=r"'numba' runs on the CPU, but the vertices are on cuda. Use 'reference'"):
        choose_backend("numba", CUDA)


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(InputError, match=r"backend must be one of auto, reference, numba, kaolin, but is 'vulkan'"):
        choose_backend("vulkan", CPU)


def test_every_back_end_is_a_backend(backend: Backend) -> None:
    assert isinstance(backend, Backend)


def test_choosing_a_back_end_imports_no_other() -> None:
    import subprocess

    code = "import sys, mirror_core.rendering as r; print('numba' in sys.modules, 'kaolin' in sys.modules)"
    answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert answer.stdout.split() == ["False", "False"]


def faces() -> ProjectedFaces:
    image = torch.tensor([[[(-0.5, -0.5), (0.5, -0.5), (0.0, 0.5)], [(0.0, 0.0), (0.5, 0.5), (0.9, 0.1)]]])
    return ProjectedFaces(image, torch.tensor([[[-1.0, -2, -3], [-1, -1, -1]]]), torch.tensor([[True, False]]))


def test_kaolin_is_called_as_its_signature_wants(fake_kaolin: FakeKaolin) -> None:
    KaolinBackend().rasterize(faces(), (12, 10), RasterSettings(sigmainv=50.0, boxlen=0.1, knum=7))
    (call,) = fake_kaolin.calls
    assert (call["height"], call["width"]) == (12, 10)
    assert call["face_vertices_z"].equal(faces().z)
    assert call["face_vertices_image"].equal(faces().image)
    assert call["face_features"].equal(torch.eye(3).expand(1, 2, 3, 3))
    assert (call["face_normals_z"] >= 0).equal(faces().valid)
    assert (call["sigmainv"], call["boxlen"], call["knum"]) == (50.0, 0.1, 7)
    assert call["multiplier"] is None  # kaolin's own: 1000
    assert call["eps"] is None
    assert call["rast_backend"] == "cuda"


@pytest.mark.parametrize(
    "settings", [RasterSettings(perspective_correct=True), RasterSettings(isotropic=True)], ids=str
)
def test_what_kaolin_cannot_do_is_refused(fake_kaolin: FakeKaolin, settings: RasterSettings) -> None:
    with pytest.raises(BackendError, match=r"on images of 12 x 10. Choose the back end 'reference'"):
        KaolinBackend().rasterize(faces(), (12, 10), settings)
    assert not fake_kaolin.calls
