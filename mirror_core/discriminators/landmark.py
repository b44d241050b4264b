"""The classifier of SMR's landmarks."""

from jaxtyping import Float
from torch import Tensor, nn


class LandmarkClassifier(nn.Module):
    """Tells which face of the mesh a picture's feature belongs to (SMR: 256, 1,024 and 1,280 channels).

    Args:
        features: length of a feature.
        faces: of the mesh.
        hidden: width between; the activation there, which SMR does not give, is a ReLU.
    """

    def __init__(self, features: int = 256, faces: int = 1280, hidden: int = 1024) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(features, hidden), nn.ReLU(), nn.Linear(hidden, faces))

    def forward(self, feature: Float[Tensor, "N D"]) -> Float[Tensor, "N F"]:
        """A score for each face."""
        return self.layers(feature)
