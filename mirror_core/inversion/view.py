"""A photo as an inversion sees it: a square picture, its foreground, and both as points."""

from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from scipy.spatial import cKDTree
from torch import Tensor

from mirror_core.errors import MaskError
from mirror_core.inversion.features import FeatureMap, cells
from mirror_core.losses import ColouredPoints
from mirror_core.rendering.projection import pixel_centres


@dataclass(frozen=True)
class View:
    """One photo.

    Attributes:
        picture: sRGB 0..1.
        mask: 0 or 1.
        points: the foreground's pixels, colours -1..1.
        tree: of their places.
        features: what the feature network sees of the whole picture; none without one.
        cells: the same as points; none without a network.
    """

    picture: Float[Tensor, "3 P P"]
    mask: Float[Tensor, "1 P P"]
    points: ColouredPoints
    tree: cKDTree
    features: Float[Tensor, "D h w"] | None
    cells: ColouredPoints | None

    @classmethod
    def of(cls, picture: Float[Tensor, "3 P P"], mask: Float[Tensor, "1 P P"], network: FeatureMap | None) -> "View":
        """Prepare a photo.

        Args:
            picture: the square window that the camera sees, sRGB 0..1.
            mask: its foreground, above 0.5.
            network: sees features.

        Raises:
            MaskError: no pixel is foreground.
        """
        inside = (mask > 0.5).float()
        points = foreground(picture, inside[0] > 0)
        if not len(points.places):
            raise MaskError("The mask is empty: no pixel is above 0.5.", "Choose another mask or masking method.")
        features = None
        if network is not None:
            with torch.no_grad():
                features = network(picture[None], inside[None])[0]
        tree = cKDTree(points.places.cpu().numpy())
        seen = None if features is None else cells(features, inside)
        return cls(picture, inside, points, tree, features, seen)


def foreground(picture: Float[Tensor, "3 P P"], inside: Bool[Tensor, "P P"]) -> ColouredPoints:
    """Foreground pixels as points: their centres in NDC, their colours from -1 to 1."""
    row, column = torch.nonzero(inside, as_tuple=True)
    height, width = inside.shape
    places = torch.stack([pixel_centres(width).to(picture)[column], -pixel_centres(height).to(picture)[row]], dim=1)
    return ColouredPoints(places, picture[:, row, column].T * 2.0 - 1.0)


def draw(points: ColouredPoints, count: int, generator: torch.Generator) -> ColouredPoints:
    """At most so many of the points."""
    if len(points.places) <= count:
        return points
    chosen = torch.randperm(len(points.places), generator=generator)[:count].to(points.places.device)
    return ColouredPoints(points.places[chosen], points.values[chosen])
