"""The reference back end: plain torch, on the CPU and on CUDA; the truth that the others are tested against."""

from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.reference.hard import draw_faces, perspective_weights, pixel_weights
from mirror_core.rendering.reference.soft import soft_silhouette
from mirror_core.rendering.scene import ProjectedFaces, Scene
from mirror_core.rendering.shading import render_fragments


class ReferenceBackend:
    """kaolin's DIB-R from (face, pixel) pairs of bounding boxes; gradients come from autograd."""

    name = "reference"

    def rasterize(self, faces: ProjectedFaces, image_size: tuple[int, int], settings: RasterSettings) -> Fragments:
        """Draw the valid faces hard, and the soft silhouette of all faces around them."""
        face_index, depth = draw_faces(faces, image_size, settings)
        weights = pixel_weights(faces.image, face_index)
        if settings.perspective_correct:
            weights = perspective_weights(weights, faces.z, face_index)
        silhouette = soft_silhouette(faces.image, face_index, settings)
        return Fragments(face_index, weights, depth, silhouette)

    def render(self, scene: Scene, image_size: tuple[int, int], settings: RasterSettings) -> RenderedImage:
        """Rasterize and shade."""
        return render_fragments(self.rasterize, scene, image_size, settings)
