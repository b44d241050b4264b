"""Measures of a result; each name's docstring says whether higher or lower is better. A metric is never a loss."""

from mirror_core.metrics.mask_iou import mask_iou

__all__ = ["mask_iou"]
