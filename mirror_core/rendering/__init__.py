"""The differentiable renderer: projection, rasterization by a back end chosen by name, shading."""

from mirror_core.rendering.backends import available_backends
from mirror_core.rendering.fragments import Fragments, RasterSettings, RenderedImage
from mirror_core.rendering.renderer import Renderer

__all__ = ["Fragments", "RasterSettings", "RenderedImage", "Renderer", "available_backends"]
