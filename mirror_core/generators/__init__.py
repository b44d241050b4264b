"""Networks that invent textured meshes."""

from mirror_core.generators.codes import draw_codes
from mirror_core.generators.config import LITE, PAPER, PRESETS, ConvMeshConfig, make_generator_config
from mirror_core.generators.convmesh import ConvMeshGenerator, Generated
from mirror_core.generators.ema import MovingAverage, average_decay
from mirror_core.generators.kinds import CodeKinds
from mirror_core.generators.modes import LinearModes, Modes
from mirror_core.generators.reconstructor import RECONSTRUCTOR_LITE, ConvMeshReconstructor, ReconstructorConfig

__all__ = [
    "LITE",
    "PAPER",
    "PRESETS",
    "RECONSTRUCTOR_LITE",
    "CodeKinds",
    "ConvMeshConfig",
    "ConvMeshGenerator",
    "ConvMeshReconstructor",
    "Generated",
    "LinearModes",
    "Modes",
    "MovingAverage",
    "ReconstructorConfig",
    "average_decay",
    "draw_codes",
    "make_generator_config",
]
