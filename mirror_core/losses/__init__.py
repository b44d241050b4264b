"""One loss a file: functions of tensors that return one scalar, 0 at the best (a critic's have no best)."""

from mirror_core.losses.attribute_consistency import attribute_consistency_loss
from mirror_core.losses.chamfer_mask import chamfer_mask_loss
from mirror_core.losses.chamfer_points import chamfer_points_loss
from mirror_core.losses.chamfer_texture import ChamferTexture, ColouredPoints, chamfer_texture_loss
from mirror_core.losses.contextual import contextual_loss
from mirror_core.losses.contour import contour_loss
from mirror_core.losses.deformation import deformation_loss
from mirror_core.losses.edge_length import edge_length_loss
from mirror_core.losses.flatness import flatness_loss
from mirror_core.losses.fold import fold_loss
from mirror_core.losses.image import image_loss, whitened_image_loss
from mirror_core.losses.landmark import face_centres, landmark_loss
from mirror_core.losses.laplacian import laplacian_loss
from mirror_core.losses.latent import latent_loss
from mirror_core.losses.rim_depth import rim_depth_loss
from mirror_core.losses.silhouette_iou import silhouette_iou_loss
from mirror_core.losses.symmetry import offset_symmetry_loss, symmetry_loss
from mirror_core.losses.wasserstein import critic_loss, generator_loss, gradient_penalty

__all__ = [
    "ChamferTexture",
    "ColouredPoints",
    "attribute_consistency_loss",
    "chamfer_mask_loss",
    "chamfer_points_loss",
    "chamfer_texture_loss",
    "contextual_loss",
    "contour_loss",
    "critic_loss",
    "deformation_loss",
    "edge_length_loss",
    "face_centres",
    "flatness_loss",
    "fold_loss",
    "generator_loss",
    "gradient_penalty",
    "image_loss",
    "landmark_loss",
    "laplacian_loss",
    "latent_loss",
    "offset_symmetry_loss",
    "rim_depth_loss",
    "silhouette_iou_loss",
    "symmetry_loss",
    "whitened_image_loss",
]
