"""Networks that judge: photos from renderings, and which face of the mesh a feature belongs to."""

from mirror_core.discriminators.landmark import LandmarkClassifier
from mirror_core.discriminators.wgan_critic import LITE_CRITIC, CriticConfig, WganCritic

__all__ = ["LITE_CRITIC", "CriticConfig", "LandmarkClassifier", "WganCritic"]
