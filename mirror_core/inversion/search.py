"""The start of an inversion: the best of many random codes (MeshInversion, section 3.1), or a known one."""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.inversion.decoder import Decoded, Decoder, random_codes
from mirror_core.inversion.objective import Objective
from mirror_core.inversion.pose import AnyCamera, aligned, box_of
from mirror_core.inversion.view import View

TOGETHER = 16
"""Codes decoded at a time."""


@torch.no_grad()
def search_codes(
    decoder: Decoder,
    views: list[View],
    camera: AnyCamera,
    objective: Objective,
    tick: Callable[[str], None],
    known: Sequence[Float[Tensor, "1 Z"] | None] = (),
) -> tuple[Float[Tensor, "B Z"], AnyCamera]:
    """For each photo the code of least loss among `settings.codes` random ones, and the camera it is seen by.

    The random codes are the same for all photos, so that they are decoded once.

    Args:
        decoder: makes textured meshes.
        views: the photos, as small as the search wants them.
        camera: one for each photo.
        objective: what is minimised.
        tick: called before each group of codes; may raise to stop.
        known: one more code to try for each photo, or none.
    """
    best = [_Best(view, pick(camera, k), objective) for k, view in enumerate(views)]
    for k, code in enumerate(known):
        if code is not None:
            best[k].compare(code, decoder(code))
    for group in _random_codes(decoder, objective).to(views[0].picture).split(TOGETHER):
        tick("Trying random codes")
        made = decoder(group)
        for one in best:
            one.compare(group, made)
    return torch.cat([one.code for one in best]), joined([one.seen for one in best])


def _random_codes(decoder: Decoder, objective: Objective) -> Float[Tensor, "N Z"]:
    """Those of the settings, or the mean code alone."""
    count, generator = objective.settings.codes, torch.Generator().manual_seed(objective.settings.seed)
    return random_codes(decoder, count, generator) if count else torch.zeros(1, decoder.code_size)


class _Best:
    """The best code so far for one photo, and the camera that sees it."""

    code: Float[Tensor, "1 Z"]

    def __init__(self, view: View, camera: AnyCamera, objective: Objective) -> None:
        self.view, self.first, self.seen, self.objective = view, camera, camera, objective
        self.box = box_of(view.points.places)
        self.loss: float | None = None

    def compare(self, codes: Float[Tensor, "N Z"], made: Decoded) -> None:
        """Take the best of these if it is better."""
        seen = self.first.select(torch.zeros(len(codes), dtype=torch.long))
        if self.objective.settings.aligned:
            seen = aligned(seen, made.vertices, self.box)
        totals = _totals(codes, made, seen, self.view, self.objective)
        least = int(totals.argmin())
        if self.loss is None or float(totals[least]) < self.loss:
            self.loss, self.code, self.seen = float(totals[least]), codes[least : least + 1], pick(seen, least)


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


def joined(cameras: list[AnyCamera]) -> AnyCamera:
    """Several cameras of one kind as one batch."""
    first = cameras[0]
    names = list(first.__dataclass_fields__)
    values = [torch.cat([getattr(camera, name) for camera in cameras]) for name in names]
    return type(first)(*values)
