"""anny's phenotypes of adults: every body is a mean of corner bodies, weighted by a product over the traits."""

from jaxtyping import Float
from torch import Tensor

from mirror_core.checks import check_shape
from mirror_core.errors import InputError

ADULT = 2.0 / 3.0
"""anny's age from which a body is grown up; 1 is old. Younger bodies are refused, not clamped."""
TRAITS: tuple[tuple[str, tuple[float, ...]], ...] = (
    ("gender", (0.0, 1.0)),
    ("age", (ADULT, 1.0)),
    ("muscle", (0.0, 0.5, 1.0)),
    ("weight", (0.0, 0.5, 1.0)),
    ("height", (0.0, 1.0)),
    ("proportions", (0.0, 1.0)),
)
"""Name and anchors of each trait; between anchors bodies are interpolated linearly. Gender 0 is male, 1 female."""
ANCESTRIES = ("african", "asian", "caucasian")
"""Shares; they are divided by their sum."""
SHAPE_NAMES = (*(name for name, _ in TRAITS), *ANCESTRIES)
AVERAGE_ADULT = (0.5, 0.75, 0.5, 0.5, 0.5, 0.5, 1.0, 1.0, 1.0)
"""The shape code of nobody in particular."""


def corner_weights(shape: Float[Tensor, "B 9"]) -> Float[Tensor, "B 432"]:
    """How much of each corner body is in each body; ancestry varies slowest, proportions fastest.

    Args:
        shape: codes in the order of `SHAPE_NAMES`, each number 0 to 1, age 2/3 to 1.

    Raises:
        InputError: a number is outside, or no ancestry has a share.
    """
    check_shape("shape", shape, ("B", len(SHAPE_NAMES)))
    _check(shape)
    shares = shape[:, -3:]
    weights = shares / shares.sum(dim=1, keepdim=True)
    for column, (_, anchors) in enumerate(TRAITS):
        weights = (weights[:, :, None] * _hats(shape[:, column], anchors)[:, None]).flatten(1)
    return weights


def _hats(values: Float[Tensor, " B"], anchors: tuple[float, ...]) -> Float[Tensor, "B A"]:
    """Linear interpolation's weights of evenly spaced anchors."""
    step = anchors[1] - anchors[0]
    return (1.0 - (values[:, None] - values.new_tensor(anchors)).abs() / step).clamp(min=0.0)


def _check(shape: Tensor) -> None:
    lows = {"age": ADULT}
    for column, name in enumerate(SHAPE_NAMES):
        low = lows.get(name, 0.0)
        values = shape[:, column].detach()
        outside = values[~((values >= low - 1e-6) & (values <= 1.0 + 1e-6))]
        if len(outside):
            raise InputError(
                f"The body's {name} must lie between {low:.3g} and 1, but is {float(outside[0]):.4g}.",
                "Bodies are of adults only." if name == "age" else "",
            )
    if bool((shape[:, -3:].sum(dim=1) <= 0).any()):
        raise InputError("A body needs a share of african, asian or caucasian above 0, but all three are 0.")
