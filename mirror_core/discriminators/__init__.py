"""Networks that tell photos from renderings."""

from mirror_core.discriminators.wgan_critic import LITE_CRITIC, CriticConfig, WganCritic

__all__ = ["LITE_CRITIC", "CriticConfig", "WganCritic"]
