"""Reconstruction by searching in a generator (MeshInversion, Zhang et al. 2022)."""

from mirror_core.inversion.decoder import Decoded, Decoder, GeneratorDecoder, load_decoder
from mirror_core.inversion.descent import Found, descend
from mirror_core.inversion.features import FeatureMap, feature_map
from mirror_core.inversion.objective import Objective
from mirror_core.inversion.search import search_codes
from mirror_core.inversion.settings import (
    MASK_LOSSES,
    OURS,
    PAPER,
    TEXTURE_LOSSES,
    InversionSettings,
    InversionStage,
    InversionWeights,
    shortened,
)
from mirror_core.inversion.view import View

__all__ = [
    "MASK_LOSSES",
    "OURS",
    "PAPER",
    "TEXTURE_LOSSES",
    "Decoded",
    "Decoder",
    "FeatureMap",
    "Found",
    "GeneratorDecoder",
    "InversionSettings",
    "InversionStage",
    "InversionWeights",
    "Objective",
    "View",
    "descend",
    "feature_map",
    "load_decoder",
    "search_codes",
    "shortened",
]
