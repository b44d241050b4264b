"""Which objects are of one kind: those of like shape."""

import numpy as np
import torch
from jaxtyping import Float
from scipy.cluster.vq import kmeans2
from torch import Tensor

from mirror_core.errors import InputError

ITERATIONS = 50
LEAST = 2
"""Objects for each kind; one alone has no spread."""


def kinds_of(
    codes: Float[Tensor, "N Z"], moved: Float[Tensor, "Z V 3"], count: int, seed: int = 0
) -> Float[Tensor, "N K"]:
    """1 where an object is of a kind, found by k-means of what the codes move the vertices by.

    Args:
        codes: of objects.
        moved: by one unit of each number of the code, e.g. `Modes.moved`; colours do not make a kind.
        count: kinds.
        seed: of the first centres.

    Raises:
        InputError: there are too few objects.
    """
    if len(codes) < LEAST * count:
        raise InputError(f"{len(codes)} objects are too few for {count} kinds.", "Set generator.kinds lower, or to 0.")
    shapes = torch.tensordot(codes, moved, 1).flatten(1).numpy()
    _, found = kmeans2(shapes, count, iter=ITERATIONS, minit="++", seed=seed, missing="raise")
    return torch.nn.functional.one_hot(torch.from_numpy(found.astype(np.int64)), count).float()
