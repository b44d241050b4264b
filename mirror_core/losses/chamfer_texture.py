"""How alike two pictures are as sets of coloured points that may lie a little beside each other."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core.checks import check_range
from mirror_core.errors import InputError

COLOURS = 3
"""Values of a point up to which a tree is faster than all distances."""
ROWS = 512
"""Points whose distances to all others are in memory at once, where there are too many values for a tree."""


@dataclass(frozen=True)
class ChamferTexture:
    """Numbers of the Chamfer texture loss (MeshInversion, equation 7, and supplement, section 1)."""

    tolerance: float = 0.1
    """1 - eps_s: squared distance in NDC up to which places count as the same."""
    eps_a: float = 1.0
    """Added to the distance of colours, so that equal colours far apart are no match."""
    alpha: float = 1.0
    """Exponent of the spatial term."""
    points: int = 8096
    """Pixels drawn from each picture."""
    both: bool = True
    """Both directions, as in equation 6; off, only from the rendered points to the photo's, as released."""

    def __post_init__(self) -> None:
        check_range("tolerance", self.tolerance, 0.0, 1.0)
        check_range("eps_a", self.eps_a, 0.0, 1e3)
        check_range("alpha", self.alpha, 0.0, 100.0)
        if self.points < 1:
            raise InputError(f"points must be at least 1, but is {self.points}.")

    def spatial(self, squared: Tensor) -> Tensor:
        """max((Ds + eps_s)^alpha, 1)."""
        return (squared + (1.0 - self.tolerance)).pow(self.alpha).clamp(min=1.0)


@dataclass(frozen=True)
class ColouredPoints:
    """Foreground pixels as points.

    Attributes:
        places: NDC.
        values: colours, -1..1, or normalised features.
    """

    places: Float[Tensor, "N 2"]
    values: Float[Tensor, "N D"]


def chamfer_texture_loss(rendered: ColouredPoints, photo: ColouredPoints, rule: ChamferTexture) -> Float[Tensor, ""]:
    """Mean distance of each point to the one that explains it best, both ways (MeshInversion, equations 6 and 7).

    The distance is max((Ds + eps_s)^alpha, 1) (Da + eps_a) with squared distances Ds of places and Da of values. Only
    values have gradients: the spatial term is a weight. Without points on one side the loss is 0.

    Args:
        rendered: points of the picture that is optimised.
        photo: the others.
        rule: tolerance and so on.
    """
    if not (len(rendered.places) and len(photo.places)):
        return rendered.values.sum() * 0.0
    there, back = _matches(rendered, photo, rule)
    loss = _mean_distance(rendered, photo, torch.arange(len(there), device=there.device), there, rule)
    if rule.both:
        loss = loss + _mean_distance(rendered, photo, back, torch.arange(len(back), device=back.device), rule)
    return loss


def _mean_distance(
    rendered: ColouredPoints,
    photo: ColouredPoints,
    first: Int[Tensor, " N"],
    second: Int[Tensor, " N"],
    rule: ChamferTexture,
) -> Float[Tensor, ""]:
    apart = (rendered.places[first] - photo.places[second]).detach().square().sum(dim=1)
    unlike = (rendered.values[first] - photo.values[second]).square().sum(dim=1)
    return (rule.spatial(apart) * (unlike + rule.eps_a)).mean()


@torch.no_grad()
def _matches(
    rendered: ColouredPoints, photo: ColouredPoints, rule: ChamferTexture
) -> tuple[Int[Tensor, " N"], Int[Tensor, " M"]]:
    """For each rendered point the number of the photo's nearest, and the other way round (empty unless `both`)."""
    if rendered.values.shape[1] <= COLOURS and rendered.values.device.type == "cpu":
        from mirror_core.losses.coloured_points import nearest_coloured

        numbers = (1.0 - rule.tolerance, rule.eps_a, rule.alpha)
        first, second = (torch.cat([p.places, p.values], dim=1).float() for p in (rendered, photo))
        there = nearest_coloured(first, second, *numbers)
        return there, nearest_coloured(second, first, *numbers) if rule.both else there[:0]
    return _matches_by_rows(rendered, photo, rule)


def _matches_by_rows(
    rendered: ColouredPoints, photo: ColouredPoints, rule: ChamferTexture
) -> tuple[Int[Tensor, " N"], Int[Tensor, " M"]]:
    """The same, some rows of the matrix of distances at a time."""
    there: list[Tensor] = []
    best = torch.full_like(photo.places[:, 0], float("inf"))
    back = torch.zeros_like(best, dtype=torch.long)
    for start in range(0, len(rendered.places), ROWS):
        rows = slice(start, start + ROWS)
        apart = _squared(rendered.places[rows], photo.places)
        distance = rule.spatial(apart) * (_squared(rendered.values[rows], photo.values) + rule.eps_a)
        there.append(distance.argmin(dim=1))
        least, row = distance.min(dim=0)
        nearer = least < best
        best, back = torch.where(nearer, least, best), torch.where(nearer, row + start, back)
    return torch.cat(there), back if rule.both else back[:0]


def _squared(a: Float[Tensor, "N D"], b: Float[Tensor, "M D"]) -> Float[Tensor, "N M"]:
    products = torch.addmm(b.square().sum(dim=1)[None].expand(len(a), -1), a, b.T, alpha=-2.0)
    return (products + a.square().sum(dim=1)[:, None]).clamp(min=0.0)
