"""The scenes that the renderer is timed on: dented templates seen from all around, forward and backward."""

from collections.abc import Callable
from dataclasses import dataclass

import torch

from mirror_core.attributes import Camera, ambient_light
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer


@dataclass(frozen=True)
class Case:
    """One workload; with `silhouette_only` there is no texture and only the vertices get gradients."""

    batch: int
    height: int
    width: int
    vertices: int = 642
    texture: int = 256
    silhouette_only: bool = False
    textures_gradient: bool = True

    @property
    def label(self) -> str:
        """A name for tables."""
        what = "silhouette only" if self.silhouette_only else f"texture {self.texture}"
        return f"batch {self.batch}, {self.height}x{self.width}, {self.vertices} vertices, {what}"


def make_step(case: Case, backend: str) -> Callable[[], object]:
    """A function that renders the case once and goes back to vertices, texture and light."""
    generator = torch.Generator().manual_seed(0)
    batch = case.batch
    template = make_template(case.vertices)
    dents = 0.01 * torch.randn(batch, case.vertices, 3, generator=generator)
    vertices = (template.vertices + dents).requires_grad_()
    azimuth = torch.rand(batch, generator=generator) * 360 - 180
    elevation = torch.rand(batch, generator=generator) * 30 - 15
    camera = Camera(azimuth, elevation, torch.full((batch,), 2.6), torch.zeros(batch, 2))
    renderer = Renderer(backend, (case.height, case.width))
    if case.silhouette_only:

        def silhouette() -> object:
            picture = renderer(vertices, template, camera).silhouette
            return torch.autograd.grad([picture], [vertices], [torch.ones_like(picture)])

        return silhouette
    texture = torch.rand(batch, 3, case.texture, case.texture, generator=generator)
    light = ambient_light(batch) + 0.1 * torch.randn(batch, 9, generator=generator)
    leaves = [vertices, texture.requires_grad_(case.textures_gradient), light.requires_grad_()]
    wanted = [leaf for leaf in leaves if leaf.requires_grad]

    def full() -> object:
        picture = renderer(vertices, template, camera, texture, light)
        assert picture.rgb is not None
        outputs = [picture.rgb, picture.silhouette]
        return torch.autograd.grad(outputs, wanted, [torch.ones_like(output) for output in outputs])

    return full
