"""How ConvMesh learns: a generator of textured meshes against discriminators of maps and of pictures."""

from mirror_core.trainers.convmesh.batch import UvBatch, UvTruth, mirror_maps
from mirror_core.trainers.convmesh.settings import ConvMeshTraining, ConvMeshWeights, TiedCodes
from mirror_core.trainers.convmesh.task import ConvMeshTask

__all__ = [
    "ConvMeshTask",
    "ConvMeshTraining",
    "ConvMeshWeights",
    "TiedCodes",
    "UvBatch",
    "UvTruth",
    "mirror_maps",
]
