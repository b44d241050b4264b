"""The Inception network that FID is defined by, where the user has its weights."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import DependencyError, InputError


class InceptionFeatures:
    """2048 numbers a picture from the FID variant of Inception v3, by torch-fidelity.

    Args:
        weights: the file "weights-inception-2015-12-05-6726825d.pth" of torch-fidelity's releases.

    Raises:
        DependencyError: torch-fidelity is not installed.
        InputError: the file is missing or holds something else.
    """

    name = "inception"

    def __init__(self, weights: Path) -> None:
        try:
            from torch_fidelity.feature_extractor_inceptionv3 import FeatureExtractorInceptionV3
        except ImportError as error:
            raise DependencyError(
                "FID needs the package torch-fidelity, which is not installed.",
                "Install it with `pip install mirror-core[evaluate]`.",
            ) from error
        if not weights.is_file():
            raise InputError(
                f"There are no Inception weights at {weights}.", "Name the file, or leave --inception out."
            )
        try:
            self._network = FeatureExtractorInceptionV3("fid", ["2048"], feature_extractor_weights_path=str(weights))
        except (RuntimeError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise InputError(f"{weights} does not hold FID's Inception weights: {error}.") from error

    def describe(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 2048"]:
        """The pool features, of pictures rounded to 8 bits, as FID wants them."""
        levels = (picture.clamp(0.0, 1.0) * 255.0).round().to(torch.uint8)
        (features,) = self._network(levels)
        return features
