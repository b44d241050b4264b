"""The start of an inversion: the best of many random codes (MeshInversion, section 3.1)."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.generators import draw_codes
from mirror_core.inversion.decoder import Decoded, Decoder
from mirror_core.inversion.objective import Objective
from mirror_core.inversion.pose import AnyCamera, aligned, box_of
from mirror_core.inversion.view import View

TOGETHER = 16
"""Codes decoded at a time."""


@torch.no_grad()
def search_codes(
    decoder: Decoder, views: list[View], camera: AnyCamera, objective: Objective, tick: Callable[[str], None]
) -> tuple[Float[Tensor, "B Z"], AnyCamera]:
    """For each photo the code of least loss among `settings.codes` random ones, and the camera it is seen by.

    The codes are the same for all photos, so that they are decoded once.

    Args:
        decoder: makes textured meshes.
        views: the photos, as small as the search wants them.
        camera: one for each photo.
        objective: what is minimised.
        tick: called before each group of codes; may raise to stop.
    """
    settings = objective.settings
    codes = torch.zeros(1, decoder.code_size)
    if settings.codes:
        codes = draw_codes(settings.codes, decoder.code_size, torch.Generator().manual_seed(settings.seed))
    reference = views[0].picture
    boxes = [box_of(view.points.places) for view in views]
    best = torch.full((len(views),), float("inf"))
    chosen, cameras = (
        codes[:1].expand(len(views), -1).clone().to(reference),
        [pick(camera, k) for k in range(len(views))],
    )
    for group in codes.to(reference).split(TOGETHER):
        tick("Trying random codes")
        made = decoder(group)
        for k, view in enumerate(views):
            seen = _repeated(pick(camera, k), len(group))
            if settings.aligned:
                seen = aligned(seen, made.vertices, boxes[k])
            totals = _totals(group, made, seen, view, objective)
            least = int(totals.argmin())
            if totals[least] < best[k]:
                best[k], chosen[k], cameras[k] = totals[least], group[least], pick(seen, least)
    return chosen, joined(cameras)


def _totals(
    codes: Float[Tensor, "N Z"], made: Decoded, camera: AnyCamera, view: View, objective: Objective
) -> Float[Tensor, " N"]:
    """The whole loss of each code before one photo."""
    count = len(codes)
    generators = [torch.Generator().manual_seed(objective.settings.seed) for _ in range(count)]
    terms = objective.losses(codes, made, camera, [view] * count, generators)
    return torch.stack([torch.stack(list(one.values())).sum() for one in terms]).cpu()


def pick(camera: AnyCamera, k: int) -> AnyCamera:
    """One of the cameras."""
    return camera.select(torch.tensor([k]))


def _repeated(camera: AnyCamera, count: int) -> AnyCamera:
    return camera.select(torch.zeros(count, dtype=torch.long))


def joined(cameras: list[AnyCamera]) -> AnyCamera:
    """Several cameras of one kind as one batch."""
    first = cameras[0]
    names = list(first.__dataclass_fields__)
    values = [torch.cat([getattr(camera, name) for camera in cameras]) for name in names]
    return type(first)(*values)
