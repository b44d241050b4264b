"""How good a ConvMesh generator is, cheaply enough for every validation."""

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.features.extractor import features_of
from mirror_core.features.garment import GarmentNetwork
from mirror_core.generators import ConvMeshGenerator
from mirror_core.metrics import frechet_distance
from mirror_core.rendering import Renderer
from mirror_core.trainers.convmesh.batch import UvBatch
from mirror_core.trainers.photos import PhotoSource

MOST = 200
"""Photos that are looked at."""
CHUNK = 25
SEED = 11
"""Of the codes."""
SHAPE = 10.0
"""How much a distance between coordinates weighs in the score beside one between colours."""


@torch.no_grad()
def validate_generator(model: ConvMeshGenerator, source: PhotoSource) -> dict[str, float]:
    """Measures of a generator.

    Returns:
        frechet_garment: distance of samples, drawn from the photos' cameras on white, from the photos, in the features
            of the project's own garment network: it stands in for FID and is comparable to itself alone.
        texture, vertices: mean absolute distances of objects made from their codes, where they have some, sRGB over
            the known texels and template units.
        score: minus all of them, the first at a hundredth: they are then of one order.
    """
    device = next(model.parameters()).device
    made: list[Tensor] = []
    photos: list[Tensor] = []
    apart: list[Tensor] = []
    numbers = torch.Generator().manual_seed(SEED)
    for index in torch.arange(min(len(source), MOST)).split(CHUNK):
        batch = source.batch(index).to(device)
        assert isinstance(batch, UvBatch)
        code = model.draw(len(index), numbers).to(device)
        made.append(_on_white(model, code, batch))
        photos.append(batch.photo * batch.mask + 1.0 - batch.mask)
        if batch.known().code is not None:
            apart.append(_apart(model, batch))
    network = GarmentNetwork.from_pretrained().to(device)
    distance = frechet_distance(features_of(network, torch.cat(made)), features_of(network, torch.cat(photos)))
    figures = {"frechet_garment": distance}
    if apart:
        texture, vertices = torch.cat(apart).mean(dim=0).tolist()
        figures |= {"texture": texture, "vertices": vertices}
    score = -distance / 100 - figures.get("texture", 0.0) - SHAPE * figures.get("vertices", 0.0)
    return {**figures, "score": score}


def _on_white(model: ConvMeshGenerator, code: Tensor, batch: UvBatch) -> Float[Tensor, "B 3 H W"]:
    found = model(code, batch.known().label)
    height, width = batch.photo.shape[2:]
    renderer = Renderer(image_size=(height, width))
    image = renderer(found.vertices, model.template, batch.known().camera, found.texture)
    assert image.rgb is not None
    return image.rgb * image.mask + 1.0 - image.mask


def _apart(model: ConvMeshGenerator, batch: UvBatch) -> Float[Tensor, "B 2"]:
    """Of each object from what its code makes: texture, then shape, on the map where templates differ."""
    truth = batch.known()
    assert truth.code is not None
    found = model(truth.code, truth.label)
    same = model.config.template == str(truth.vertices.shape[1])
    moved, true = (found.vertices, truth.vertices) if same else (found.deformation, truth.deformation)
    colours = ((found.texture - truth.texture).abs() * truth.visible).sum(dim=(1, 2, 3))
    known = 3.0 * truth.visible.sum(dim=(1, 2, 3)).clamp(min=1.0)
    return torch.stack([colours / known, (moved - true).abs().mean(dim=(1, 2))], dim=1)
