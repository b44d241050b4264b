"""Measures of a result; each name's docstring says whether higher or lower is better. A metric is never a loss."""

from mirror_core.metrics.frechet import frechet_distance
from mirror_core.metrics.inverted_faces import inverted_faces
from mirror_core.metrics.lpips import lpips_if_available
from mirror_core.metrics.mask_iou import mask_iou
from mirror_core.metrics.ssim import ssim

__all__ = ["frechet_distance", "inverted_faces", "lpips_if_available", "mask_iou", "ssim"]
