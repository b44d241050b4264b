"""Where random codes come from when the data fall into kinds (ours, named `kinds`)."""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.generators.codes import draw_codes


class CodeKinds(nn.Module):
    """Normal distributions without covariances, one for each kind of object: dresses, trousers, shirts.

    Between the kinds lies nothing that anybody wears: the mean of a dress and a pair of trousers is a sack. Until `set`
    all kinds are the standard normal distribution.

    Args:
        kinds: how many.
        code: length of the code.
    """

    share: Tensor
    mean: Tensor
    spread: Tensor

    def __init__(self, kinds: int, code: int) -> None:
        super().__init__()
        self.register_buffer("share", torch.full((kinds,), 1.0 / kinds))
        self.register_buffer("mean", torch.zeros(kinds, code))
        self.register_buffer("spread", torch.ones(kinds, code))

    def set(self, codes: Float[Tensor, "N Z"], kind: Float[Tensor, "N K"]) -> None:
        """Learn from codes.

        Args:
            codes: of objects.
            kind: 1 where the object is of the kind, 0 elsewhere; each kind has at least one.
        """
        count = kind.sum(dim=0)
        self.share.copy_(count / len(codes))
        self.mean.copy_(kind.T @ codes / count[:, None])
        self.spread.copy_((kind.T @ codes.square() / count[:, None] - self.mean.square()).clamp(min=0.0).sqrt())

    def draw(
        self, count: int, generator: torch.Generator, truncation: int | float | None = None
    ) -> Float[Tensor, "{count} Z"]:
        """Codes by chance: of each kind its share, about.

        Args:
            count: how many.
            generator: where the randomness comes from, on the CPU.
            truncation: see `draw_codes`; in standard deviations of the kind, about its mean.
        """
        kind = torch.multinomial(self.share.cpu(), count, replacement=True, generator=generator)
        apart = draw_codes(count, self.mean.shape[1], generator, truncation)
        return self.mean[kind] + self.spread[kind] * apart.to(self.mean)
