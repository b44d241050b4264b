"""3D Magic Mirror: four encoders around one prototype (figure 4 of the paper)."""

from collections.abc import Collection
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor, nn

from mirror_core.attributes import Attributes, Camera
from mirror_core.checks import check_shape
from mirror_core.encoders.background import BackgroundNetwork
from mirror_core.encoders.camera import CameraEncoder
from mirror_core.encoders.config import MagicMirrorConfig
from mirror_core.encoders.layers import frozen
from mirror_core.encoders.light import LightEncoder
from mirror_core.encoders.shape import ShapeEncoder
from mirror_core.encoders.texture import TextureEncoder, spread_colours
from mirror_core.mesh import Template, make_template
from mirror_core.rendering.projection import camera_space, image_scale
from mirror_core.weights import find_model
from mirror_core.weights.model_folder import fill, read_model, write_model

ENCODERS = ("shape", "camera", "texture", "light")
"""The four whose turns the encoder loop takes."""

COLOUR_MEAN = (0.485, 0.456, 0.406)
COLOUR_SPREAD = (0.229, 0.224, 0.225)
"""ImageNet's, in sRGB."""


class MagicMirror(nn.Module):
    """From a photo and its mask to camera, shape, texture and light.

    Args:
        config: every number; `make_config` has the presets.
        pretrained: begin from ImageNet weights where the preset has a published backbone (timm may download them).
    """

    prototype: Tensor
    colour_mean: Tensor
    colour_spread: Tensor

    def __init__(self, config: MagicMirrorConfig, pretrained: bool = False) -> None:
        super().__init__()
        self.config = config
        self.template: Template = make_template(642, config.half_axes)
        norm = config.normalisation
        self.shape = ShapeEncoder(config.shape, self.template, norm, pretrained)
        self.camera = CameraEncoder(config.camera, norm)
        self.texture = TextureEncoder(config.texture, config.image_size, config.half_axes, norm)
        self.light = LightEncoder(config.light, norm)
        self.background = BackgroundNetwork(norm) if config.background else None
        self.register_buffer("prototype", self.template.vertices.clone())
        self.register_buffer("colour_mean", torch.tensor(COLOUR_MEAN).view(1, 3, 1, 1), persistent=False)
        self.register_buffer("colour_spread", torch.tensor(COLOUR_SPREAD).view(1, 3, 1, 1), persistent=False)
        self.to(memory_format=torch.channels_last)  # a quarter faster on CPUs

    def forward(
        self,
        photo: Float[Tensor, "B 3 H W"],
        mask: Float[Tensor, "B 1 H W"],
        learning: Collection[str] = ENCODERS,
    ) -> Attributes:
        """Explain a batch of photos.

        Args:
            photo: sRGB 0..1, as large as `config.image_size`.
            mask: 1 on the object.
            learning: the encoders that get gradients, some of `ENCODERS`; the others are only used (encoder loop).
        """
        check_shape("photo", photo, ("B", 3, *self.config.image_size))
        check_shape("mask", mask, (len(photo), 1, *self.config.image_size))
        picture = self.normalise(photo, mask)
        with self._used("camera", learning):
            camera = self.camera(picture)
        with self._used("shape", learning):
            offsets = self.shape(picture, self.prototype, self._reading_points(camera.detach()))
        with self._used("texture", learning):
            texture = self.texture(picture, spread_colours(photo, mask) if self.config.texture.spread else photo)
        with self._used("light", learning):
            light = self.light(picture)
        background = None if self.background is None else self.background(photo, mask)
        return Attributes(camera, self.prototype + offsets, offsets, texture, light, background)

    def geometry(
        self, photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]
    ) -> tuple[Camera, Float[Tensor, "B 2"], Float[Tensor, "B V 3"]]:
        """Camera, the vector whose angle is its azimuth, and vertices, without texture and light: half the time."""
        picture = self.normalise(photo, mask)
        camera, direction = self.camera.look(picture)
        offsets = self.shape(picture, self.prototype, self._reading_points(camera.detach()))
        return camera, direction, self.prototype + offsets

    @classmethod
    def from_pretrained(cls, name_or_folder: str | Path) -> "MagicMirror":
        """A trained model, known by name or in a folder, ready for use (in evaluation mode)."""
        folder = find_model(name_or_folder)
        config, tensors = read_model(folder, cls.__name__, MagicMirrorConfig)
        model = cls(config)
        fill(model, tensors, folder)
        return model.eval()

    def save_pretrained(self, folder: Path, *, overwrite: bool = False) -> None:
        """Write config.json and model.safetensors."""
        write_model(folder, type(self).__name__, self.config, self.state_dict(), overwrite=overwrite)

    def normalise(self, photo: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"]) -> Float[Tensor, "B 4 H W"]:
        """What the encoders see: ImageNet's scaling, the mask as a fourth channel."""
        colours = (photo - self.colour_mean) / self.colour_spread
        if not self.config.keep_background:
            colours = colours * mask
        # Laid out as the convolutions want it, once for all encoders.
        return torch.cat([colours, mask - 0.5], dim=1).contiguous(memory_format=torch.channels_last)

    def _used(self, name: str, learning: Collection[str]) -> AbstractContextManager[None]:
        return nullcontext() if name in learning else frozen(self.get_submodule(name))

    def _reading_points(self, camera: Camera) -> Float[Tensor, "B V 2"]:
        height, width = self.config.image_size
        batch = len(camera.azimuth)
        if self.config.shape.sampling == "camera":
            seen = camera_space(self.prototype.expand(batch, -1, -1), camera)
            plane = seen[..., :2] * seen.new_tensor(image_scale((height, width))) / -seen[..., 2:]
            return plane * plane.new_tensor([1.0, -1.0])
        across = 1.0 if self.config.shape.sampling == "release" else height / width
        up = 1.0 if self.config.shape.sampling == "release" else -1.0
        return (self.prototype[:, :2] * self.prototype.new_tensor([across, up])).expand(batch, -1, -1)
