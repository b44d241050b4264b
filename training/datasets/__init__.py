"""Readers of photo collections."""

from training.datasets.folder import Sample, find_samples

__all__ = ["Sample", "find_samples"]
