"""The front does not fold over itself in the picture."""

from jaxtyping import Float, Int
from torch import Tensor


def fold_loss(points: Float[Tensor, "B V 2"], faces: Int[Tensor, "F 3"], least: float = 0.05) -> Float[Tensor, ""]:
    """How far the projected faces fall short of `least` of their mean area, counter-clockwise being positive.

    Ours; none of the papers has it. An inverted face counts in proportion to its area.

    Args:
        points: projected vertices, x right, y up.
        faces: the faces that should be seen from their outside.
        least: share of the mean area below which a face counts.
    """
    a, b, c = points[:, faces].unbind(dim=2)
    u, v = b - a, c - a
    area = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    share = area / area.detach().abs().mean(dim=1, keepdim=True)
    return (least - share).clamp(min=0.0).mean()
