"""The VGG-19 network that SMR's landmarks are told by, where the user has its weights."""

from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.errors import DependencyError, InputError

LAYERS: list[str | int] = [64, 64, "M", 128, 128, "M", 256]
"""Channels and halvings up to relu3_1."""
MEAN, SPREAD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
"""ImageNet's, in sRGB."""


class VggFeatures(nn.Module):
    """The layer relu3_1 of VGG-19: 256 channels at a quarter of the picture's size. It does not learn.

    Args:
        weights: torchvision's file "vgg19-dcbb9e9d.pth".

    Raises:
        DependencyError: torchvision is not installed.
        InputError: the file is missing or holds something else.
    """

    mean: Tensor
    spread: Tensor

    def __init__(self, weights: Path) -> None:
        super().__init__()
        try:
            from torchvision.models.vgg import make_layers
        except ImportError as error:
            raise DependencyError(
                "VGG-19 needs the package torchvision, which is not installed.",
                "Install it with `pip install mirror-core[train]`.",
            ) from error
        self.layers = make_layers(LAYERS)
        self.layers.load_state_dict(_read(weights, set(self.layers.state_dict())))
        self.register_buffer("mean", torch.tensor(MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("spread", torch.tensor(SPREAD).view(1, 3, 1, 1), persistent=False)
        self.requires_grad_(False).eval()

    def forward(self, picture: Float[Tensor, "B 3 H W"]) -> Float[Tensor, "B 256 h w"]:
        """Features of pictures, sRGB 0..1."""
        return self.layers((picture - self.mean) / self.spread)


def _read(weights: Path, names: set[str]) -> dict[str, Tensor]:
    """The wanted tensors of torchvision's file, without the prefix "features."."""
    if not weights.is_file():
        raise InputError(f"There are no VGG-19 weights at {weights}.", "Name torchvision's file vgg19-dcbb9e9d.pth.")
    try:
        tensors = torch.load(weights, map_location="cpu", weights_only=True)
        return {name: tensors[f"features.{name}"] for name in names}
    except Exception as error:  # whatever torch makes of a user's file, an unpickling error among others
        raise InputError(f"{weights} does not hold torchvision's VGG-19 weights: {error!r}.") from error
