"""Readers of photo collections, and the cache that makes them fast."""

from training.datasets.augment import Augmentation
from training.datasets.folder import Sample, find_samples
from training.datasets.mixed import MixedPhotos, SyntheticSource
from training.datasets.source import LAYOUTS, CachedPhotos, PhotoSettings, open_source
from training.datasets.synthetic import SyntheticPhotos, open_synthetic

__all__ = [
    "LAYOUTS",
    "Augmentation",
    "CachedPhotos",
    "MixedPhotos",
    "PhotoSettings",
    "Sample",
    "SyntheticPhotos",
    "SyntheticSource",
    "find_samples",
    "open_source",
    "open_synthetic",
]
