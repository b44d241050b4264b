"""One loss a file: functions of tensors that return one scalar, 0 at the best."""

from mirror_core.losses.chamfer_mask import chamfer_mask_loss
from mirror_core.losses.deformation import deformation_loss
from mirror_core.losses.flatness import flatness_loss
from mirror_core.losses.fold import fold_loss
from mirror_core.losses.image import image_loss
from mirror_core.losses.laplacian import laplacian_loss
from mirror_core.losses.silhouette_iou import silhouette_iou_loss
from mirror_core.losses.symmetry import symmetry_loss

__all__ = [
    "chamfer_mask_loss",
    "deformation_loss",
    "flatness_loss",
    "fold_loss",
    "image_loss",
    "laplacian_loss",
    "silhouette_iou_loss",
    "symmetry_loss",
]
