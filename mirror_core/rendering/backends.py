"""Back ends by name; each is imported when it is first asked for."""

import importlib
import importlib.util
from functools import lru_cache
from typing import Protocol, runtime_checkable

import torch

from mirror_core.checks import check_choice
from mirror_core.errors import BackendError
from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.scene import ProjectedFaces, Scene


@runtime_checkable
class Backend(Protocol):
    """What every back end does, to the same numbers; tests/rendering/test_backend_contract.py says exactly what."""

    name: str

    def rasterize(self, faces: ProjectedFaces, image_size: tuple[int, int], settings: RasterSettings) -> Fragments:
        """Draw triangles that are already on the image plane."""
        ...

    def render(self, scene: Scene, image_size: tuple[int, int], settings: RasterSettings) -> RenderedImage:
        """Project, rasterize and shade."""
        ...


_MODULES = {
    "reference": ("mirror_core.rendering.reference", "ReferenceBackend", "torch"),
    "numba": ("mirror_core.rendering.numba_backend", "NumbaBackend", "numba"),
    "kaolin": ("mirror_core.rendering.kaolin_backend", "KaolinBackend", "kaolin"),
}
"""Name -> module, class, and the package it needs."""

_REMEDIES = {
    "numba": "Install it with `pip install numba`, or choose the back end 'reference'.",
    "kaolin": "Install NVIDIA kaolin for your versions of torch and CUDA, or choose the back end 'reference'.",
}


def available_backends() -> list[str]:
    """Names of the back ends whose packages are installed."""
    return [name for name, (_, _, package) in _MODULES.items() if importlib.util.find_spec(package) is not None]


def choose_backend(name: str, device: torch.device) -> Backend:
    """Find the back end of that name for tensors on `device`; "auto" is numba on the CPU, reference elsewhere.

    Raises:
        InputError: there is no back end of that name.
        BackendError: its package is not installed, or it does not run on that device.
    """
    check_choice("backend", name, ("auto", *_MODULES))
    if name == "auto":
        name = "numba" if device.type == "cpu" and "numba" in available_backends() else "reference"
    if name == "numba" and device.type != "cpu":
        raise BackendError(
            f"The back end 'numba' runs on the CPU, but the vertices are on {device}.", "Use 'reference'."
        )
    if name == "kaolin" and device.type != "cuda":
        raise BackendError(
            f"The back end 'kaolin' runs on CUDA, but the vertices are on {device}.", "Use 'numba' or 'reference'."
        )
    return load_backend(name)


@lru_cache
def load_backend(name: str) -> Backend:
    """Import a back end.

    Raises:
        BackendError: its package is not installed.
    """
    module, class_name, package = _MODULES[name]
    if importlib.util.find_spec(package) is None:
        raise BackendError(
            f"The back end {name!r} needs the package {package!r}, which is not installed.", _REMEDIES[name]
        )
    backend: Backend = getattr(importlib.import_module(module), class_name)()
    return backend
