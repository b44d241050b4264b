"""Networks that tell photos from renderings."""

from mirror_core.discriminators.wgan_critic import CriticConfig, WganCritic

__all__ = ["CriticConfig", "WganCritic"]
