"""An adapter to NVIDIA kaolin's own DIB-R, for comparison on CUDA; kaolin is not a dependency.

Written to kaolin 0.18. The depth, which kaolin does not return, and the barycentric weights, which it does not either,
come from interpolating the unit weights of each corner.
"""

import importlib
from types import ModuleType

import torch

from mirror_core.errors import BackendError
from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.scene import ProjectedFaces, Scene
from mirror_core.rendering.shading import render_fragments


class KaolinBackend:
    """kaolin.render.mesh.dibr_rasterization behind this library's interface; needs tensors on CUDA."""

    name = "kaolin"

    def __init__(self) -> None:
        self._mesh: ModuleType = importlib.import_module("kaolin.render.mesh")

    def rasterize(self, faces: ProjectedFaces, image_size: tuple[int, int], settings: RasterSettings) -> Fragments:
        """Draw the valid faces hard, and the soft silhouette of all faces around them."""
        height, width = image_size
        if settings.perspective_correct or (settings.isotropic and height != width):
            raise BackendError(
                f"The back end 'kaolin' knows neither perspective_correct={settings.perspective_correct} nor "
                f"isotropic={settings.isotropic} on images of {height} x {width}.",
                "Choose the back end 'reference'.",
            )
        batch, count = faces.valid.shape
        corners = torch.eye(3).to(faces.image).expand(batch, count, 3, 3).contiguous()
        weights, silhouette, face_index = self._mesh.dibr_rasterization(
            height,
            width,
            faces.z.contiguous(),
            faces.image.contiguous(),
            corners,
            torch.where(faces.valid, 1.0, -1.0).to(faces.image),
            sigmainv=settings.sigmainv,
            boxlen=settings.boxlen,
            knum=settings.knum,
            rast_backend="cuda",
        )
        index = face_index.clamp(min=0).reshape(batch, -1, 1).expand(-1, -1, 3)
        z = faces.z.detach().gather(1, index).reshape(batch, height, width, 3)
        return Fragments(face_index, weights, (z * weights.detach()).sum(dim=-1), silhouette)

    def render(self, scene: Scene, image_size: tuple[int, int], settings: RasterSettings) -> RenderedImage:
        """Rasterize, and shade with torch."""
        return render_fragments(self.rasterize, scene, image_size, settings)
