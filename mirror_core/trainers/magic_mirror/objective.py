"""Equation 11: the weighted terms that teach the encoders."""

import torch
from torch import Tensor

from mirror_core import losses
from mirror_core.attributes import Attributes
from mirror_core.encoders import MagicMirror
from mirror_core.mesh.topology import adjacent_faces, unique_edges
from mirror_core.trainers.magic_mirror.settings import Objective
from mirror_core.trainers.magic_mirror.views import View
from mirror_core.trainers.photos import PhotoBatch


class Terms:
    """The objective with what it needs to know of the template."""

    def __init__(self, weights: Objective, model: MagicMirror) -> None:
        faces = model.template.faces.numpy()
        self.weights = weights
        self.template = model.template
        self.edges = torch.from_numpy(unique_edges(faces)[0])
        self.pairs = torch.from_numpy(adjacent_faces(faces))

    def reconstruction(self, view: View, batch: PhotoBatch) -> dict[str, Tensor]:
        """Does the rendering look like the photo? Equations 7 and 9."""
        w, silhouette = self.weights, view.image.silhouette
        terms = {"silhouette": w.silhouette * losses.silhouette_iou_loss(silhouette, batch.mask)}
        if w.image_mask == "own":
            terms["image"] = w.image * losses.image_loss(view.rgb, silhouette, batch.photo, batch.mask)
        else:
            terms["image"] = w.image * losses.whitened_image_loss(view.rgb, batch.photo, batch.mask)
        if w.contour:
            terms["contour"] = w.contour * losses.contour_loss(silhouette, batch.mask)
        return terms

    def consistency(self, found: Attributes, given: Attributes) -> dict[str, Tensor]:
        """Do the encoders find what was rendered? Equation 10."""
        parts = losses.attribute_consistency_loss(found, given, self.weights.shape_distance)
        return {f"same_{name}": getattr(self.weights, name) * value for name, value in parts.items()}

    def regularisation(self, attributes: Attributes) -> dict[str, Tensor]:
        """Is the mesh sound? Section 3.3, and the release's additions."""
        w, offsets, vertices = self.weights, attributes.offsets, attributes.vertices
        device = vertices.device
        faces, edges = self.template.faces.to(device), self.edges.to(device)
        mirror = self.template.front_back.to(device)

        def symmetry() -> Tensor:
            if w.symmetric == "depth":
                return losses.symmetry_loss(vertices, mirror)
            return losses.offset_symmetry_loss(offsets, mirror)

        every = {
            "laplacian": lambda: losses.laplacian_loss(offsets, edges),
            "flatness": lambda: losses.flatness_loss(vertices, faces, self.pairs.to(device)),
            "symmetry": symmetry,
            "deformation": lambda: losses.deformation_loss(offsets),
            "edge_length": lambda: losses.edge_length_loss(vertices, edges),
            "rim_depth": lambda: losses.rim_depth_loss(vertices, w.rim),
        }
        return {name: getattr(w, name) * term() for name, term in every.items() if getattr(w, name) > 0}
