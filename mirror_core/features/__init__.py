"""Networks whose features say how alike pictures are."""

from mirror_core.features.extractor import FeatureExtractor, features_of
from mirror_core.features.garment import GarmentConfig, GarmentNetwork
from mirror_core.features.inception import InceptionFeatures
from mirror_core.features.vgg import VggFeatures

__all__ = ["FeatureExtractor", "GarmentConfig", "GarmentNetwork", "InceptionFeatures", "VggFeatures", "features_of"]
