"""What an inversion minimises, term by term (MeshInversion, equation 8)."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from mirror_core import losses
from mirror_core.inversion.decoder import Decoded
from mirror_core.inversion.features import FeatureMap, cells
from mirror_core.inversion.pose import AnyCamera, project_points
from mirror_core.inversion.settings import InversionSettings
from mirror_core.inversion.view import View, draw, foreground
from mirror_core.mesh import Template
from mirror_core.mesh.topology import adjacent_faces
from mirror_core.rendering import RasterSettings, RenderedImage, Renderer

HARD = RasterSettings(boxlen=0.0)
SHARP = RasterSettings(sigmainv=70_000.0, boxlen=0.01)
"""Silhouettes of the outline term. DIB-R's own are a pixel wider than the object all around, so that they overlap best
where a shape is a pixel too thin: a tenth of a leg."""


@dataclass(frozen=True)
class Objective:
    """The weighted losses of an inversion.

    Attributes:
        settings: which losses, and their weights.
        template: of the vertices.
        network: sees features; none without a feature term.
        pairs: faces that share an edge.
    """

    settings: InversionSettings
    template: Template
    network: FeatureMap | None
    pairs: Int[Tensor, "E 2"]

    @classmethod
    def of(cls, settings: InversionSettings, template: Template, network: FeatureMap | None) -> "Objective":
        """For shapes of one template."""
        return cls(settings, template, network, torch.from_numpy(adjacent_faces(template.faces.numpy())))

    def losses(
        self,
        code: Float[Tensor, "B Z"],
        made: Decoded,
        camera: AnyCamera,
        views: list[View],
        generators: list[torch.Generator],
    ) -> list[dict[str, Float[Tensor, ""]]]:
        """For each of the photos each term times its weight; their sum is what is minimised.

        Args:
            code: one a photo.
            made: what the codes mean.
            camera: that sees it.
            views: the photos.
            generators: of each photo's random points.
        """
        picture = self.render(made, camera, views[0].picture.shape[1])
        assert picture.rgb is not None
        points = project_points(made.vertices, camera)
        wants_features = self.settings.weights.feature > 0 and self.settings.texture_loss != "l1"
        features = self.network(picture.rgb, picture.mask) if self.network is not None and wants_features else None
        found: list[dict[str, Tensor]] = []
        for k, (view, generator) in enumerate(zip(views, generators, strict=True)):
            one = _one(picture, k)
            seen = None if features is None else features[k]
            found.append(
                {
                    **self._texture(one, seen, view, generator),
                    **self._mask(one, points[k], view),
                    **self._priors(code[k : k + 1], made.vertices[k : k + 1]),
                }
            )
        return found

    def render(self, made: Decoded, camera: AnyCamera, pixels: int) -> RenderedImage:
        """The pictures; only mask losses that need a soft silhouette pay for one."""
        hard = HARD if self.settings.mask_loss == "chamfer" else RasterSettings()
        silhouettes = SHARP if self.settings.weights.outline > 0 else hard
        renderer = Renderer(self.settings.backend, (pixels, pixels), silhouettes)
        return renderer(made.vertices, self.template, camera, made.texture)

    def _mask(self, picture: RenderedImage, points: Float[Tensor, "V 2"], view: View) -> dict[str, Tensor]:
        """The terms "mask" and, ours, "outline"."""
        weights, kind, mask = self.settings.weights, self.settings.mask_loss, view.mask[None]
        terms: dict[str, Tensor] = {}
        if kind == "iou":
            terms["mask"] = weights.mask * losses.silhouette_iou_loss(picture.silhouette, mask)
        elif kind == "l1":
            terms["mask"] = weights.mask * (picture.silhouette - mask).abs().mean()
        else:
            terms["mask"] = weights.mask * losses.chamfer_mask_loss(points, view.points.places, view.tree)
        if weights.outline > 0:
            terms["outline"] = weights.outline * losses.silhouette_iou_loss(picture.silhouette, mask)
        return terms

    def _texture(
        self, picture: RenderedImage, features: Tensor | None, view: View, generator: torch.Generator
    ) -> dict[str, Tensor]:
        """The terms "pixel" and "feature", as far as there are."""
        weights, kind, rule = self.settings.weights, self.settings.texture_loss, self.settings.chamfer
        assert picture.rgb is not None
        terms: dict[str, Tensor] = {}
        if kind == "chamfer":
            rendered = draw(foreground(picture.rgb[0], picture.mask[0, 0] > 0), rule.points, generator)
            photo = draw(view.points, rule.points, generator)
            terms["pixel"] = weights.pixel * losses.chamfer_texture_loss(rendered, photo, rule)
        elif kind.startswith("l1"):
            photo = view.picture[None]
            terms["pixel"] = weights.pixel * losses.image_loss(picture.rgb, picture.mask, photo, view.mask[None])
        if features is None or view.features is None or view.cells is None:
            return terms
        if kind == "l1+perceptual":
            terms["feature"] = (features - view.features).square().sum(dim=0).mean()
        else:
            rendered = cells(features, picture.mask[0])
            terms["feature"] = (
                losses.contextual_loss(rendered.values, view.cells.values)
                if kind == "contextual"
                else losses.chamfer_texture_loss(rendered, view.cells, rule)
            )
        terms["feature"] = weights.feature * terms["feature"]
        return terms

    def _priors(self, code: Float[Tensor, "1 Z"], vertices: Float[Tensor, "1 V 3"]) -> dict[str, Tensor]:
        weights, terms = self.settings.weights, dict[str, Tensor]()
        if weights.smooth > 0:
            faces, pairs = self.template.faces.to(vertices.device), self.pairs.to(vertices.device)
            terms["smooth"] = weights.smooth * len(pairs) * losses.flatness_loss(vertices, faces, pairs)
        if weights.latent > 0:
            terms["latent"] = weights.latent * losses.latent_loss(code)
        return terms


def _one(picture: RenderedImage, k: int) -> RenderedImage:
    """One of a batch."""
    part = slice(k, k + 1)
    assert picture.rgb is not None
    return RenderedImage(
        picture.rgb[part],
        picture.silhouette[part],
        picture.mask[part],
        picture.normals[part],
        picture.depth[part],
        picture.uv[part],
    )
