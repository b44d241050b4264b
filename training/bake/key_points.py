"""Key points of anny's body: a weighted mean of a few vertices each, for the baked body."""

from typing import Any

import torch
from torch import Tensor

VERTICES = 64
"""Of each key point, the heaviest; the rest move no key point by more than 0.3 mm."""


def key_point_regressors(model: Any) -> tuple[dict[str, Tensor], dict[str, list[str]]]:
    """COCO's 17 key points and 6 of the feet, from anny's own regressor.

    Args:
        model: anny with all vertices of its base mesh.

    Returns:
        "key_points.index" and "key_points.weight", (23, 64), and the key points' names.
    """
    import anny  # pyright: ignore[reportMissingImports]

    regressor = anny.KeypointsRegressor.coco(model)
    heaviest = regressor.regression_weights.topk(VERTICES, dim=1)
    weights = heaviest.values / heaviest.values.sum(dim=1, keepdim=True)
    tensors = {
        "key_points.index": model.base_mesh_vertex_indices[heaviest.indices].to(torch.uint16),
        "key_points.weight": weights.float(),
    }
    return tensors, {"key_points": list(regressor.labels)}
