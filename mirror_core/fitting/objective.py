"""What a fit minimises, term by term."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core import losses
from mirror_core.attributes import Camera
from mirror_core.fitting.settings import Weights
from mirror_core.mesh import Template
from mirror_core.mesh.normals import face_normals
from mirror_core.mesh.topology import adjacent_faces, unique_edges
from mirror_core.rendering.projection import camera_space, image_scale


@dataclass(frozen=True)
class Neighbourhoods:
    """Index lists that the regularisers need.

    Attributes:
        edges: each edge once.
        face_pairs: faces that share an edge.
        front_faces: faces that should be seen from their outside.
    """

    edges: Int[Tensor, "E 2"]
    face_pairs: Int[Tensor, "E 2"]
    front_faces: Int[Tensor, "G 3"]

    @classmethod
    def of(
        cls, template: Template, start: Float[Tensor, "1 V 3"], camera: Camera, *, laid: bool = True
    ) -> "Neighbourhoods":
        """Those of a template whose fit begins at `start` before `camera`, on their device.

        Args:
            template: vertices and faces.
            start: where they are.
            camera: that sees them.
            laid: the start lays the template's front onto the picture; else any face may be in front.
        """
        faces = template.faces.numpy()
        front = _upright_faces(template, start, camera) if laid else _facing_faces(template, start, camera)
        return cls(
            torch.from_numpy(unique_edges(faces)[0]).to(start.device),
            torch.from_numpy(adjacent_faces(faces)).to(start.device),
            front,
        )


@dataclass(frozen=True)
class Objective:
    """The weighted losses of one fit.

    Attributes:
        template: of the vertices that are fitted.
        camera: that the mask is seen through.
        start: where the vertices began, (1, V, 3); offsets are counted from here.
        weights: of the terms; a term of weight 0 is not computed.
        near: index lists of the template.
    """

    template: Template
    camera: Camera
    start: Float[Tensor, "1 V 3"]
    weights: Weights
    near: Neighbourhoods

    def terms(
        self,
        vertices: Float[Tensor, "1 V 3"],
        silhouette: Float[Tensor, "1 1 H W"],
        mask: Float[Tensor, "1 1 H W"],
        foreground: Float[Tensor, "N 2"],
    ) -> dict[str, Float[Tensor, ""]]:
        """Each term times its weight; their sum is what is minimised.

        Args:
            vertices: now, model space.
            silhouette: rendered from them.
            mask: the photo's.
            foreground: a sample of the mask's pixel centres, NDC.
        """
        w, offsets, points = self.weights, vertices - self.start, project_points(vertices, self.camera)
        faces = self.template.faces.to(vertices.device)
        every = {
            "silhouette": lambda: w.silhouette * losses.silhouette_iou_loss(silhouette, mask),
            "chamfer": lambda: w.chamfer * losses.chamfer_mask_loss(points[0], foreground),
            "laplacian": lambda: w.laplacian * losses.laplacian_loss(offsets, self.near.edges),
            "flatness": lambda: w.flatness * losses.flatness_loss(vertices, faces, self.near.face_pairs),
            "symmetry": lambda: w.symmetry * losses.symmetry_loss(vertices, self.template.front_back),
            "deformation": lambda: w.deformation * losses.deformation_loss(offsets),
            "fold": lambda: w.fold * losses.fold_loss(points, self.near.front_faces),
        }
        return {name: term() for name, term in every.items() if getattr(w, name) > 0}


def _upright_faces(template: Template, start: Float[Tensor, "1 V 3"], camera: Camera) -> Int[Tensor, "G 3"]:
    """The template's half on the camera's side, but for the faces of an open hem, which look down from the start."""
    faces = template.faces.to(start.device)
    towards_eye = torch.nn.functional.normalize(camera.eye(), dim=-1)
    height = (template.vertices.to(start.device) @ towards_eye[0])[faces]
    at_rim = (height <= 0).any(dim=1)
    looks_down = face_normals(start, faces)[0, :, 1] < -0.6
    return faces[(height.mean(dim=1) > 0) & ~(at_rim & looks_down)]


def _facing_faces(template: Template, start: Float[Tensor, "1 V 3"], camera: Camera) -> Int[Tensor, "G 3"]:
    """The faces that show the camera their outside at the start."""
    faces = template.faces.to(start.device)
    a, b, c = project_points(start, camera)[0, faces].unbind(dim=1)
    u, v = b - a, c - a
    return faces[u[:, 0] * v[:, 1] > u[:, 1] * v[:, 0]]


def project_points(vertices: Float[Tensor, "B V 3"], camera: Camera) -> Float[Tensor, "B V 2"]:
    """Where a square picture shows the vertices, NDC."""
    seen = camera_space(vertices, camera)
    return seen[..., :2] * seen.new_tensor(image_scale((1, 1))) / -seen[..., 2:]
