"""Measures of a result; each name's docstring says whether higher or lower is better. A metric is never a loss."""

from mirror_core.metrics.align_scale import Placement, align_scale
from mirror_core.metrics.camera_angles import CameraAngles, camera_angles, viewing_rotation
from mirror_core.metrics.chamfer_distance import chamfer_distance
from mirror_core.metrics.f_score import FScore, f_score
from mirror_core.metrics.frechet import frechet_distance
from mirror_core.metrics.inverted_faces import inverted_faces
from mirror_core.metrics.lpips import lpips_if_available
from mirror_core.metrics.mask_iou import mask_iou
from mirror_core.metrics.normal_consistency import normal_consistency
from mirror_core.metrics.ssim import ssim
from mirror_core.metrics.surface import Surface, SurfaceDistances, sample_surface, surface_distances
from mirror_core.metrics.volumetric_iou import volumetric_iou

__all__ = [
    "CameraAngles",
    "FScore",
    "Placement",
    "Surface",
    "SurfaceDistances",
    "align_scale",
    "camera_angles",
    "chamfer_distance",
    "f_score",
    "frechet_distance",
    "inverted_faces",
    "lpips_if_available",
    "mask_iou",
    "normal_consistency",
    "sample_surface",
    "ssim",
    "surface_distances",
    "viewing_rotation",
    "volumetric_iou",
]
