"""The fast back end on the CPU: kernels compiled by numba, to the reference's numbers."""

import torch

from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.numba_backend.jit import compilation_message, is_compiled
from mirror_core.rendering.numba_backend.rasterize import rasterize
from mirror_core.rendering.numba_backend.render import render
from mirror_core.rendering.scene import ProjectedFaces, Scene


class NumbaBackend:
    """kaolin's DIB-R with the shading of covered pixels fused in; gradients are the same in every run."""

    name = "numba"

    def __init__(self) -> None:
        """Compile the kernels, unless the cache holds them from an earlier start."""
        if not is_compiled():
            with compilation_message():
                _render_once()

    def rasterize(self, faces: ProjectedFaces, image_size: tuple[int, int], settings: RasterSettings) -> Fragments:
        """Draw the valid faces hard, and the soft silhouette of all faces around them."""
        return rasterize(faces, image_size, settings)

    def render(self, scene: Scene, image_size: tuple[int, int], settings: RasterSettings) -> RenderedImage:
        """Rasterize and shade."""
        return render(scene, image_size, settings)


def _render_once() -> None:
    """Run every kernel that a render with gradients needs, in float32, on one triangle."""
    triangle = torch.tensor([[[-1.0, -1, -2], [1, -1, -2], [0, 1, -2]]], requires_grad=True)
    texture, light = torch.ones(1, 3, 2, 2, requires_grad=True), torch.ones(1, 9, requires_grad=True)
    corners = torch.tensor([[0, 1, 2]])
    scene = Scene(triangle, corners, torch.zeros(3, 2), corners, texture, light)
    with torch.enable_grad():
        picture = render(scene, (8, 8), RasterSettings())
        assert picture.rgb is not None
        torch.autograd.grad(picture.rgb.sum() + picture.silhouette.sum(), [triangle, texture, light])
