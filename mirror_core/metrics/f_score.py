"""How much of two surfaces lies close together."""

from dataclasses import dataclass

from mirror_core.metrics.surface import SurfaceDistances


@dataclass(frozen=True)
class FScore:
    """Shares 0..1; higher is better.

    Attributes:
        precision: of the result that lies within the threshold of the truth.
        recall: of the truth that lies within the threshold of the result.
        value: their harmonic mean; 0 where both are.
    """

    precision: float
    recall: float
    value: float


def f_score(apart: SurfaceDistances, height: float, percent: float) -> FScore:
    """Precision and recall (Knapitsch et al. 2017) at a threshold of `percent` of `height`; higher is better."""
    threshold = height * percent / 100.0
    precision, recall = (float((d <= threshold).mean()) for d in (apart.to_truth, apart.to_result))
    return FScore(precision, recall, 2.0 * precision * recall / max(precision + recall, 1e-12))
