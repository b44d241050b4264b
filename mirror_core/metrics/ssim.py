"""Structural similarity."""

from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import DependencyError


def ssim(a: Float[Tensor, "B C H W"], b: Float[Tensor, "B C H W"]) -> float:
    """Mean structural similarity of pictures in 0..1 (Gaussian window of 11 pixels); 1 is equal, higher is better.

    Raises:
        DependencyError: torchmetrics is not installed.
    """
    try:
        from torchmetrics.functional.image import structural_similarity_index_measure
    except ImportError as error:
        raise DependencyError(
            "SSIM needs the package torchmetrics, which is not installed.",
            "Install it with `pip install mirror-core[evaluate]`.",
        ) from error
    value = structural_similarity_index_measure(a, b, data_range=1.0)
    assert isinstance(value, Tensor)
    return float(value)
