"""The camera encoder (3D Magic Mirror, equation 3 and Table 7)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import azimuth_from_vector
from mirror_core.encoders.config import CameraConfig
from mirror_core.encoders.layers import (
    AddCoordinates,
    HalvingBlock,
    MixedPool,
    ResidualBlock,
    conv_norm,
    make_activation,
    start_small,
)

POOLED = (2, 2)


class CameraEncoder(nn.Module):
    """From a picture to a camera: azimuth as the angle of a vector, the rest within given ranges."""

    def __init__(self, config: CameraConfig, norm: str) -> None:
        super().__init__()
        self.config = config
        norm = config.normalisation or norm
        channels = config.widths[0]
        layers: list[nn.Module] = [AddCoordinates(), conv_norm(6, channels, 5, 2, norm)]
        for count in config.blocks:
            layers.append(HalvingBlock(channels, norm))
            channels *= 2
            layers += [ResidualBlock(channels, norm) for _ in range(count)]
        self.backbone = nn.Sequential(*layers)
        self.global_pool = MixedPool(1) if config.integration else None
        self.pool = MixedPool(POOLED)
        features = channels * (2 if config.integration else 1) * POOLED[0] * POOLED[1]
        self.reach, self.direction, self.target = (self._head(features) for _ in range(3))
        if config.start_in_front:
            with torch.no_grad():
                last = self.direction[-1]
                assert isinstance(last, nn.Linear)
                last.bias.copy_(torch.tensor([1.0, 0.0]))

    def forward(self, picture: Float[Tensor, "B 4 H W"]) -> Camera:
        """One camera a picture."""
        return self.look(picture)[0]

    def look(self, picture: Float[Tensor, "B 4 H W"]) -> tuple[Camera, Float[Tensor, "B 2"]]:
        """One camera a picture, and the vector whose angle is its azimuth.

        The vector can be taught to turn round through zero; the angle alone is stuck where it is half a circle wrong.
        """
        if self.config.shrink > 1:
            picture = nn.functional.avg_pool2d(picture, self.config.shrink)
        reach, direction, target = self._read(picture)
        if self.config.symmetric:
            mirrored = self._read(picture.flip(3))
            reach = (reach + mirrored[0]) / 2
            direction = (direction + mirrored[1] * direction.new_tensor([1.0, -1.0])) / 2
            target = (target + mirrored[2] * target.new_tensor([-1.0, 1.0])) / 2
        distance, elevation = torch.sigmoid(reach).unbind(dim=1)
        camera = Camera(
            azimuth=azimuth_from_vector(direction) * (self.config.azimuth / 360.0),
            elevation=_within(self.config.elevation, elevation),
            distance=_within(self.config.distance, distance),
            offset=self.config.offset * torch.tanh(target),
        )
        return camera, direction

    def _read(self, picture: Float[Tensor, "B 4 H W"]) -> tuple[Tensor, Tensor, Tensor]:
        """The heads' raw answers: (distance, elevation), the azimuth's cosine and sine, the offset."""
        features = self.backbone(picture)
        if self.global_pool is not None:
            features = torch.cat([features, self.global_pool(features).expand_as(features)], dim=1)
        pooled = self.pool(features).flatten(1)
        return self.reach(pooled), self.direction(pooled), self.target(pooled)

    def _head(self, features: int) -> nn.Sequential:
        hidden = self.config.hidden
        return nn.Sequential(
            nn.Linear(features, hidden),
            nn.LayerNorm(hidden),
            make_activation(),
            nn.Dropout(self.config.dropout),
            start_small(nn.Linear(hidden, 2)),
        )


def _within(limits: tuple[float, float], share: Tensor) -> Tensor:
    return limits[0] + share * (limits[1] - limits[0])
