"""The fast back end on the CPU: kernels compiled by numba, to the reference's numbers."""

from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.numba_backend.rasterize import rasterize
from mirror_core.rendering.numba_backend.render import render
from mirror_core.rendering.scene import ProjectedFaces, Scene


class NumbaBackend:
    """kaolin's DIB-R with the shading of covered pixels fused in; gradients are the same in every run."""

    name = "numba"

    def rasterize(self, faces: ProjectedFaces, image_size: tuple[int, int], settings: RasterSettings) -> Fragments:
        """Draw the valid faces hard, and the soft silhouette of all faces around them."""
        return rasterize(faces, image_size, settings)

    def render(self, scene: Scene, image_size: tuple[int, int], settings: RasterSettings) -> RenderedImage:
        """Rasterize and shade."""
        return render(scene, image_size, settings)
