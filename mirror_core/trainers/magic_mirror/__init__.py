"""How 3D Magic Mirror and SMR learn."""

from mirror_core.trainers.magic_mirror.geometry import GeometryTask
from mirror_core.trainers.magic_mirror.landmarks import LandmarkSettings
from mirror_core.trainers.magic_mirror.settings import MagicMirrorTraining, Objective, PrototypeLoop, TruthWeights
from mirror_core.trainers.magic_mirror.task import MagicMirrorTask

__all__ = [
    "GeometryTask",
    "LandmarkSettings",
    "MagicMirrorTask",
    "MagicMirrorTraining",
    "Objective",
    "PrototypeLoop",
    "TruthWeights",
]
