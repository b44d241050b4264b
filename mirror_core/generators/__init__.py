"""Networks that invent textured meshes."""

from mirror_core.generators.codes import draw_codes
from mirror_core.generators.config import LITE, PAPER, PRESETS, ConvMeshConfig, make_generator_config
from mirror_core.generators.convmesh import ConvMeshGenerator, Generated

__all__ = [
    "LITE",
    "PAPER",
    "PRESETS",
    "ConvMeshConfig",
    "ConvMeshGenerator",
    "Generated",
    "draw_codes",
    "make_generator_config",
]
