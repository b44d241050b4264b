"""A Magic Mirror of a few channels and photos of ellipsoids, so that a training step takes a blink."""

import dataclasses

import torch

from mirror_core.attributes import Camera
from mirror_core.discriminators import CriticConfig, WganCritic
from mirror_core.encoders import MagicMirror, MagicMirrorConfig, make_config
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer
from mirror_core.trainers.magic_mirror import MagicMirrorTask, MagicMirrorTraining
from mirror_core.trainers.photos import PhotoBatch

SIZE = (64, 32)


def tiny_config() -> MagicMirrorConfig:
    """Lite, thinner still."""
    lite = make_config("lite")
    return dataclasses.replace(
        lite,
        image_size=SIZE,
        shape=dataclasses.replace(lite.shape, widths=(8, 8, 8, 8, 8), hidden=16, mixing=8),
        camera=dataclasses.replace(lite.camera, widths=(8,), hidden=16),
        texture=dataclasses.replace(lite.texture, widths=(8, 8, 8, 8), decoder=(8, 8)),
        light=dataclasses.replace(lite.light, widths=(8, 8, 8, 8, 8), hidden=8),
    )


def tiny_task(settings: MagicMirrorTraining | None = None, seed: int = 0) -> MagicMirrorTask:
    """A task ready for its first step."""
    torch.manual_seed(seed)
    critic = WganCritic(CriticConfig(((8, 5, 4), (8, 3, 2), (8, 3, 2))))
    return MagicMirrorTask(MagicMirror(tiny_config()), critic, settings or MagicMirrorTraining())


class Ellipsoids:
    """A `PhotoSource` of red ellipsoids of different widths on grey."""

    image_size = SIZE

    def __init__(self, count: int) -> None:
        template = make_template()
        width = torch.linspace(0.5, 1.2, count)[:, None]
        vertices = template.vertices * torch.stack([width, torch.ones_like(width), width], dim=-1)
        camera = Camera(*(torch.full((count,), value) for value in (0.0, 0.0, 2.6)), torch.zeros(count, 2))
        self.mask = Renderer(image_size=SIZE)(vertices, template, camera).mask
        red = torch.tensor([0.8, 0.2, 0.2])[:, None, None]
        self.photo = red * self.mask + 0.5 * (1.0 - self.mask)

    def __len__(self) -> int:
        return len(self.photo)

    def batch(
        self, index: torch.Tensor, generator: torch.Generator | None = None, rows: slice | None = None
    ) -> PhotoBatch:
        """Augmented only by brightness, drawn for all of `index`."""
        mine = index[rows or slice(None)]
        photo = self.photo[mine]
        if generator is not None:
            level = 0.8 + 0.2 * torch.rand(len(index), 1, 1, 1, generator=generator)
            photo = photo * level[rows or slice(None)]
        return PhotoBatch(photo, self.mask[mine], mine)
