"""Whether two surfaces are turned alike where they are nearest."""

import numpy as np

from mirror_core.metrics.surface import SurfaceDistances


def normal_consistency(apart: SurfaceDistances) -> float:
    """Mean |cosine| between a point's normal and that of the other surface's nearest point, both ways, 0..1.

    Higher is better; random directions have 0.5. The sign is dropped (as in Occupancy Networks, Mescheder et al.
    2019): a cloth's one layer has no inside.
    """
    both = (np.abs(cosine).mean() for cosine in (apart.cosine_to_truth, apart.cosine_to_result))
    return float(sum(both) / 2.0)
