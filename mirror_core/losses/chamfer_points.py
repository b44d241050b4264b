"""Distance between two point sets, whatever their order."""

import torch
from jaxtyping import Float
from torch import Tensor


def chamfer_points_loss(a: Float[Tensor, "B V 3"], b: Float[Tensor, "B N 3"]) -> Float[Tensor, ""]:
    """Mean squared distance to the nearest point of the other set, both ways, summed (as pytorch3d has it)."""
    distances = torch.cdist(a.detach(), b.detach())
    to_b, to_a = distances.argmin(dim=2), distances.argmin(dim=1)
    return _squared(a, _pick(b, to_b)) + _squared(b, _pick(a, to_a))


def _pick(points: Tensor, index: Tensor) -> Tensor:
    return points.gather(1, index[..., None].expand(-1, -1, 3))


def _squared(a: Tensor, b: Tensor) -> Tensor:
    return (a - b).square().sum(dim=-1).mean()
