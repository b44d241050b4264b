"""Networks that judge: photos from renderings, maps from maps, and which face of the mesh a feature belongs to."""

from mirror_core.discriminators.landmark import LandmarkClassifier
from mirror_core.discriminators.patch import PATCH_LITE, PATCH_PAPER, PatchConfig, PatchDiscriminator
from mirror_core.discriminators.uv import UV_LITE, UV_PAPER, UVDiscriminator, UVDiscriminatorConfig, mask_texture
from mirror_core.discriminators.wgan_critic import LITE_CRITIC, CriticConfig, WganCritic

__all__ = [
    "LITE_CRITIC",
    "PATCH_LITE",
    "PATCH_PAPER",
    "UV_LITE",
    "UV_PAPER",
    "CriticConfig",
    "LandmarkClassifier",
    "PatchConfig",
    "PatchDiscriminator",
    "UVDiscriminator",
    "UVDiscriminatorConfig",
    "WganCritic",
    "mask_texture",
]
