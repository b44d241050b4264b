"""Readers of photo collections, and the cache that makes them fast."""

from training.datasets.augment import Augmentation
from training.datasets.folder import Sample, find_samples
from training.datasets.source import LAYOUTS, CachedPhotos, PhotoSettings, open_source

__all__ = ["LAYOUTS", "Augmentation", "CachedPhotos", "PhotoSettings", "Sample", "find_samples", "open_source"]
