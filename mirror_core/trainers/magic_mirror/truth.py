"""What synthetic photos teach directly: their camera, shape, texture and light are known. Ours, not the paper's."""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from mirror_core.attributes import Attributes, Camera
from mirror_core.attributes.light import Y00
from mirror_core.trainers.magic_mirror.settings import TruthWeights
from mirror_core.trainers.photos import TruthBatch


def truth_terms(weights: TruthWeights, found: Attributes, truth: TruthBatch | None) -> dict[str, Tensor]:
    """The weighted terms by name, means over the photos with a truth; 0 where the batch has none.

    Args:
        weights: 0 leaves a term out.
        found: for all photos of the batch.
        truth: about some of them.
    """
    if not weights.on:
        return {}
    turn = torch.deg2rad(found.camera.azimuth)
    losses: dict[str, Tensor] = dict.fromkeys(("camera", "vertices", "texture", "light"), found.vertices.new_zeros(()))
    if truth is not None and len(truth.rows):
        mine = found.select(truth.rows)
        losses = {
            "camera": camera_loss(mine.camera, truth.camera),
            "vertices": (mine.vertices - truth.vertices).abs().mean(),
            "texture": texture_loss(mine, truth, weights.hidden),
            "light": (mine.light - truth.light).abs().mean(),
        }
    losses["frontal"] = frontal_loss(torch.stack([turn.cos(), turn.sin()], dim=1), real_photos(turn, truth))
    return {f"true_{name}": getattr(weights, name) * loss for name, loss in losses.items() if getattr(weights, name)}


def real_photos(found: Float[Tensor, "B ..."], truth: TruthBatch | None) -> Bool[Tensor, " B"]:
    """Which of a batch's photos have no truth; of `found` only length and device count."""
    real = torch.ones(len(found), dtype=torch.bool, device=found.device)
    return real if truth is None else real.index_fill(0, truth.rows, False)


def camera_loss(found: Camera, true: Camera) -> Float[Tensor, ""]:
    """Errors of azimuth, elevation, distance and offset, added up.

    The azimuth's is the chord between the two directions: unlike the difference of cosines and sines each by itself,
    which rests at the angle of equal sine, it calls towards the truth from everywhere.
    """
    turn = torch.deg2rad(found.azimuth - true.azimuth)
    return (2.0 * torch.sin(0.5 * turn).abs()).mean() + place_loss(found, true)


def place_loss(found: Camera, true: Camera) -> Float[Tensor, ""]:
    """Errors of elevation, distance and offset, added up: all but the azimuth."""
    elevation = torch.deg2rad(found.elevation - true.elevation).abs()
    distance = (found.distance - true.distance).abs()
    offset = (found.offset - true.offset).abs().sum(dim=1)
    return (elevation + distance + offset).mean()


def direction_loss(found: Float[Tensor, "B 2"], true: Camera) -> Float[Tensor, ""]:
    """Squared distance of the azimuth's vector from the true unit vector: it pulls through zero to the other side."""
    turn = torch.deg2rad(true.azimuth)
    return (found - torch.stack([turn.cos(), turn.sin()], dim=1)).square().sum(dim=1).mean()


def frontal_loss(found: Float[Tensor, "B 2"], real: Bool[Tensor, " B"]) -> Float[Tensor, ""]:
    """How far the azimuth vectors of real photos are from pointing clearly to the front, a cosine of 0.5."""
    return (torch.relu(0.5 - found[:, 0]) * real).sum() / real.sum().clamp(min=1)


def texture_loss(found: Attributes, truth: TruthBatch, hidden: float) -> Float[Tensor, ""]:
    """Mean absolute difference of the textures, each under its own mean light: only that product is in the photo.

    Args:
        found: of the photos with a truth; colours are taken from the photo and thus have its light.
        truth: about them.
        hidden: weight of texels that the photo does not show.
    """
    weight = truth.visible + hidden * (1.0 - truth.visible)
    lit = [_under_mean_light(each.texture, each.light) for each in (found, truth)]
    return ((lit[0] - lit[1]).abs() * weight).mean() / weight.mean()


def _under_mean_light(texture: Tensor, light: Float[Tensor, "N 9"]) -> Tensor:
    return texture * (Y00 * light[:, 0]).reshape(-1, 1, 1, 1)
