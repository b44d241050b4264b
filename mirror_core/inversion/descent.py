"""The descent of an inversion: code and camera, in stages of falling learning rates (MeshInversion, supplement)."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.errors import CancelledError
from mirror_core.inversion.decoder import Decoder
from mirror_core.inversion.objective import Objective
from mirror_core.inversion.pose import AnyCamera, camera_of, numbers_of
from mirror_core.inversion.view import View

BETAS = (0.0, 0.99)
"""Of both Adams, as published."""

Watch = Callable[[int, "Found"], None]


@dataclass(frozen=True)
class Found:
    """Where a descent stands, or what it found.

    Attributes:
        code: one a photo.
        camera: that sees the photos.
        loss: what was minimised, one a photo.
        terms: its parts, each times its weight, one dictionary a photo.
        steps: done.
        stopped: cancelled before the end; this is then the best so far.
    """

    code: Float[Tensor, "B Z"]
    camera: AnyCamera
    loss: Float[Tensor, " B"]
    terms: list[dict[str, float]]
    steps: int
    stopped: bool = False


def descend(
    decoder: Decoder,
    views: list[View],
    start: tuple[Float[Tensor, "B Z"], AnyCamera],
    objective: Objective,
    tick: Callable[[str], None],
    watch: Watch | None = None,
) -> Found:
    """Move codes and cameras until the decoded meshes look like the photos.

    Photos do not depend on each other, whether they are done together or not. The result is the last step's.

    Args:
        decoder: makes textured meshes; only codes and cameras have gradients.
        views: the photos.
        start: a code and a camera for each of them.
        objective: what is minimised; its settings have the stages.
        tick: called before each step with what is being done; may raise `CancelledError` to stop.
        watch: called every `preview_every` steps with the step and the best so far.

    Raises:
        CancelledError: `tick` raised it, and `keep_best` is off or there is no step to keep.
    """
    settings, origin = objective.settings, start[1]
    code, numbers = start[0].detach().clone().requires_grad_(), numbers_of(origin)
    numbers.requires_grad_(not settings.fixed_camera)
    adams = [torch.optim.Adam([leaf], betas=BETAS) for leaf in (code, numbers) if leaf.requires_grad]
    generators = [torch.Generator().manual_seed(settings.seed) for _ in views]
    best: Found | None = None
    step = 0
    try:
        for number, stage in enumerate(settings.stages, 1):
            for adam, rate in zip(adams, (stage.code_rate, stage.camera_rate), strict=False):
                adam.param_groups[0]["lr"] = rate
            for _ in range(stage.steps):
                tick(f"Searching, stage {number}")
                camera = camera_of(origin, numbers)
                terms = objective.losses(code, decoder(code), camera, views, generators)
                totals = torch.stack([torch.stack(list(one.values())).sum() for one in terms])
                best = _better(best, _found(code, camera, totals, terms, step))
                if watch is not None and step % settings.preview_every == 0:
                    watch(step, best)
                for adam in adams:
                    adam.zero_grad()
                torch.autograd.backward(totals.sum())
                for adam in adams:
                    adam.step()
                step += 1
    except CancelledError:
        if not settings.keep_best or best is None:
            raise
        return Found(best.code, best.camera, best.loss, best.terms, step, stopped=True)
    return _measured(decoder, views, (code, camera_of(origin, numbers)), objective, step)


def _found(code: Tensor, camera: AnyCamera, totals: Tensor, terms: list[dict[str, Tensor]], steps: int) -> Found:
    """A copy without history."""
    parts = [{name: float(value.detach()) for name, value in one.items()} for one in terms]
    kept = camera.detach()
    copies = type(kept)(*(getattr(kept, name).clone() for name in kept.__dataclass_fields__))
    return Found(code.detach().clone(), copies, totals.detach().clone(), parts, steps)


def _better(best: Found | None, now: Found) -> Found:
    """Photo by photo the one of less loss."""
    if best is None:
        return now
    nearer = now.loss < best.loss
    cameras = [
        torch.where(nearer.reshape(-1, *[1] * (getattr(now.camera, name).ndim - 1)), *both)
        for name in now.camera.__dataclass_fields__
        if (both := (getattr(now.camera, name), getattr(best.camera, name)))
    ]
    return Found(
        torch.where(nearer[:, None], now.code, best.code),
        type(now.camera)(*cameras),
        torch.where(nearer, now.loss, best.loss),
        [new if better else old for new, old, better in zip(now.terms, best.terms, nearer.tolist(), strict=True)],
        now.steps,
    )


@torch.no_grad()
def _measured(
    decoder: Decoder, views: list[View], where: tuple[Tensor, AnyCamera], objective: Objective, steps: int
) -> Found:
    """What is found, with its loss."""
    code, camera = where[0].detach(), where[1].detach()
    generators = [torch.Generator().manual_seed(objective.settings.seed) for _ in views]
    terms = objective.losses(code, decoder(code), camera, views, generators)
    totals = torch.stack([torch.stack(list(one.values())).sum() for one in terms])
    return _found(code, camera, totals, terms, steps)
