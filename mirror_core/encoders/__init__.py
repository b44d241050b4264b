"""Networks that find a photo's causes."""

from mirror_core.encoders.config import (
    CameraConfig,
    LightConfig,
    MagicMirrorConfig,
    ShapeConfig,
    TextureConfig,
)
from mirror_core.encoders.magic_mirror import MagicMirror
from mirror_core.encoders.presets import PRESETS, make_config

__all__ = [
    "PRESETS",
    "CameraConfig",
    "LightConfig",
    "MagicMirror",
    "MagicMirrorConfig",
    "ShapeConfig",
    "TextureConfig",
    "make_config",
]
