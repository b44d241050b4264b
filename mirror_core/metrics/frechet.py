"""Distance between two sets of feature vectors."""

import numpy as np
from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import InputError


def frechet_distance(a: Float[Tensor, "N D"], b: Float[Tensor, "M D"]) -> float:
    """Squared Frechet distance of two normal distributions with the sets' means and covariances; lower is better.

    |m_a - m_b|^2 + tr(C_a + C_b - 2 (C_a C_b)^(1/2)), Heusel et al. 2017. With Inception's features this is FID. Sets
    that are not several times larger than D make it too large; compare only sets of the same sizes.

    Raises:
        InputError: a set has fewer than two vectors.
    """
    if min(len(a), len(b)) < 2:
        raise InputError(f"A Frechet distance needs two vectors on each side, but there are {len(a)} and {len(b)}.")
    first, second = (values.detach().double().cpu().numpy() for values in (a, b))
    means = np.square(first.mean(axis=0) - second.mean(axis=0)).sum()
    c, d = np.cov(first, rowvar=False), np.cov(second, rowvar=False)
    # C D has the eigenvalues of the positive semidefinite C^(1/2) D C^(1/2).
    eigenvalues = np.linalg.eigvals(np.atleast_2d(c) @ np.atleast_2d(d)).real.clip(min=0.0)
    return float(means + np.trace(np.atleast_2d(c)) + np.trace(np.atleast_2d(d)) - 2.0 * np.sqrt(eigenvalues).sum())
