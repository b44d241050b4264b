"""How far two surfaces are apart on average."""

from mirror_core.metrics.surface import SurfaceDistances


def chamfer_distance(apart: SurfaceDistances, height: float) -> float:
    """Mean distance to the other surface, averaged over both directions, in percent of `height`; lower is better.

    Distances are not squared, so that two spheres about one centre have the difference of their radii.
    """
    return float(50.0 * (apart.to_truth.mean() + apart.to_result.mean()) / height)
