"""How alike two sets of features are, wherever they lie (Mechrez et al. 2018, "The contextual loss")."""

import torch
from jaxtyping import Float
from torch import Tensor

WIDTH = 0.5
"""Of the kernel that turns relative distances into likenesses, as published."""
SMALLEST = 1e-5
"""Added to the least distance before it divides."""


def contextual_loss(rendered: Float[Tensor, "N D"], photo: Float[Tensor, "M D"]) -> Float[Tensor, ""]:
    """Minus the logarithm of the mean, over the photo's features, of the likeness to the rendered one most like it.

    Features are compared by the cosine about the photo's mean; distances are relative to each rendered feature's least
    (equations 2 to 5 there). MeshInversion's Table 4 compares its own losses with this one.

    Args:
        rendered: features of the picture that is optimised.
        photo: the others. All distances between the two are in memory at once.
    """
    if not (len(rendered) and len(photo)):
        return rendered.sum() * 0.0
    middle = photo.mean(dim=0)
    first, second = (torch.nn.functional.normalize(features - middle, dim=1) for features in (rendered, photo))
    distance = 1.0 - first @ second.T
    relative = distance / (distance.min(dim=1, keepdim=True).values + SMALLEST)
    alike = torch.softmax((1.0 - relative) / WIDTH, dim=1)
    return -alike.max(dim=0).values.mean().log()
