"""What a training of ConvMesh shows of itself."""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.generators import ConvMeshGenerator, Generated
from mirror_core.rendering import Renderer
from mirror_core.trainers.convmesh.batch import UvBatch

TURNS = (0.0, 90.0, 180.0)
"""Azimuths that an object is shown from."""
SEED = 7
"""Of the inventions, the same in all pictures of a run."""


@torch.no_grad()
def sample_grid(model: ConvMeshGenerator, batch: UvBatch) -> Float[Tensor, "3 H W"]:
    """Rows: photos; their objects made from their codes; inventions, from three sides each.

    Args:
        model: in evaluation mode.
        batch: some photos; with codes or without.
    """
    truth = batch.known()
    height, width = batch.photo.shape[2:]
    rows = [batch.photo * batch.mask + 1.0 - batch.mask]
    if truth.code is not None:
        own = model(truth.code, truth.label)
        rows += [seen_from(model, own, turn, (height, width)) for turn in (0.0, 180.0)]
    code = model.draw(len(batch.photo), torch.Generator().manual_seed(SEED), 1.0)
    made = model(code.to(batch.photo), truth.label)
    rows += [seen_from(model, made, turn, (height, width)) for turn in TURNS]
    return torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1).cpu()


def seen_from(
    model: ConvMeshGenerator, made: Generated, azimuth: float, size: tuple[int, int], distance: float = 2.9
) -> Float[Tensor, "B 3 H W"]:
    """Generated objects on white, without light."""
    count = len(made.texture)
    eye = torch.tensor([azimuth, 0.0, distance]).repeat(count, 1).to(made.texture)
    camera = Camera(eye[:, 0], eye[:, 1], eye[:, 2], eye.new_zeros(count, 2))
    image = Renderer(image_size=size)(made.vertices, model.template, camera, made.texture)
    assert image.rgb is not None
    return image.rgb * image.mask + 1.0 - image.mask
