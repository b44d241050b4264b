"""The pictures a training step looks at: the reconstruction, a novel view, and a mix-up of two photos' attributes."""

import dataclasses
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Attributes, Camera
from mirror_core.encoders import MagicMirror
from mirror_core.rendering import RenderedImage, Renderer
from mirror_core.trainers.moment import Moment


@dataclass(frozen=True)
class View:
    """Attributes and what they look like.

    Attributes:
        attributes: what was rendered.
        image: the renderer's answer.
        rgb: its colours 0..1, before the model's background where there is one.
    """

    attributes: Attributes
    image: RenderedImage
    rgb: Float[Tensor, "B 3 H W"]

    @property
    def four_channels(self) -> Float[Tensor, "B 4 H W"]:
        """Colours and soft mask, as the critic sees them."""
        return torch.cat([self.rgb, self.image.silhouette], dim=1)


def draw(model: MagicMirror, attributes: Attributes, renderer: Renderer) -> View:
    """Render attributes."""
    image = renderer(attributes.vertices, model.template, attributes.camera, attributes.texture, attributes.light)
    assert image.rgb is not None
    rgb = image.rgb
    if attributes.background is not None:
        rgb = rgb + attributes.background * (1.0 - image.mask)
    return View(attributes, image, rgb.clamp(0.0, 1.0))


def turned(attributes: Attributes, moment: Moment, total: int) -> Attributes:
    """The same from a uniformly random azimuth; `total` is the size of the whole batch over all processes."""
    azimuth = torch.rand(total, generator=moment.generator("azimuth"))[moment.rows(total)] * 360.0 - 180.0
    camera = dataclasses.replace(attributes.camera, azimuth=azimuth.to(attributes.vertices))
    return dataclasses.replace(attributes, camera=camera)


def mixed(attributes: Attributes, model: MagicMirror, largest_offset: float, moment: Moment, total: int) -> Attributes:
    """Neighbours in the (shuffled) batch interpolated, each attribute by its own amount, before a random camera.

    Neighbours 2k and 2k + 1 make two mixtures; a process must hold an even number of photos. Nothing learns through it.
    """
    given = attributes.detach()
    rows = moment.rows(total)
    draws = torch.rand(total, 8, generator=moment.generator("mixture"))[rows].to(given.vertices)
    partner = given.select(torch.arange(len(given.vertices), device=given.vertices.device) ^ 1)

    def between(a: Tensor, b: Tensor, amount: Tensor) -> Tensor:
        return torch.lerp(b, a, amount.reshape(-1, *[1] * (a.ndim - 1)))

    limits = model.config.camera
    reach = min(largest_offset, limits.offset)
    camera = Camera(
        azimuth=(draws[:, 0] - 0.5) * limits.azimuth,
        elevation=limits.elevation[0] + draws[:, 1] * (limits.elevation[1] - limits.elevation[0]),
        distance=limits.distance[0] + draws[:, 2] * (limits.distance[1] - limits.distance[0]),
        offset=(draws[:, 3:5] * 2.0 - 1.0) * reach,
    )
    offsets = between(given.offsets, partner.offsets, draws[:, 5])
    background = given.background
    if background is not None and partner.background is not None:
        background = between(background, partner.background, draws[:, 6])
    return Attributes(
        camera=camera,
        vertices=model.prototype + offsets,
        offsets=offsets,
        texture=between(given.texture, partner.texture, draws[:, 6]),
        light=between(given.light, partner.light, draws[:, 7]),
        background=background,
    )
