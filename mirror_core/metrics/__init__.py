"""Measures of a result; each name's docstring says whether higher or lower is better. A metric is never a loss."""

from mirror_core.metrics.inverted_faces import inverted_faces
from mirror_core.metrics.mask_iou import mask_iou
from mirror_core.metrics.ssim import ssim

__all__ = ["inverted_faces", "mask_iou", "ssim"]
