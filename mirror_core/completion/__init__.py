"""Completion of the side that the photo does not show."""

from mirror_core.completion.complete import CompletedBack, complete_back
from mirror_core.completion.network import BackConfig, BackNetwork, Behind

__all__ = ["BackConfig", "BackNetwork", "Behind", "CompletedBack", "complete_back"]
