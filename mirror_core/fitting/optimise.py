"""From a start to a fit: stages of smooth descent through the differentiable renderer."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.fitting.objective import Neighbourhoods, Objective
from mirror_core.fitting.precondition import SmoothDescent
from mirror_core.fitting.settings import FitSettings, Stage
from mirror_core.images import Crop
from mirror_core.mesh import make_template
from mirror_core.mesh.topology import subdivide
from mirror_core.rendering import RasterSettings, Renderer

FloatArray = npt.NDArray[np.float64]
FOREGROUND_POINTS = 2000


@dataclass(frozen=True)
class Target:
    """What is fitted: a photo's mask and the window the camera looks through."""

    mask: npt.NDArray[np.float32]
    crop: Crop

    def at(self, pixels: int) -> Tensor:
        """The mask as the camera sees it, (1, 1, pixels, pixels)."""
        return torch.from_numpy(self.crop.apply(self.mask, pixels))[None, None]


def fit_vertices(
    start: FloatArray,
    target: Target,
    camera: Camera,
    settings: FitSettings,
    tick: Callable[[str], None],
) -> FloatArray:
    """Move the start's vertices (V, 3) until the silhouette fits the mask.

    A model's answer is moved across the view alone: the outline says nothing of depth, which the model knows.

    Args:
        start: vertices of the first stage's template, model space.
        target: the mask.
        camera: one camera (B = 1).
        settings: stages, weights, step size, device.
        tick: called before each step with what is being done; may raise to stop.
    """
    vertices, origin = start, start
    for number, stage in enumerate(settings.stages(), 1):
        while len(vertices) < stage.vertices:
            vertices, origin = refine(vertices), refine(origin)
        if stage.steps:
            tell = partial(tick, f"Fitting, stage {number}")
            vertices = _run(stage, vertices, origin, target, camera, settings, tell)
    return vertices


def refine(vertices: FloatArray) -> FloatArray:
    """The same surface on the template's next level of detail: edge midpoints are appended."""
    coarse = make_template(len(vertices)).faces.numpy()
    _, edges = subdivide(coarse, len(vertices))
    return np.concatenate([vertices, vertices[edges].mean(axis=1)])


def _run(
    stage: Stage,
    vertices: FloatArray,
    origin: FloatArray,
    target: Target,
    camera: Camera,
    settings: FitSettings,
    tick: Callable[[], None],
) -> FloatArray:
    device = fit_device(settings)
    template = make_template(stage.vertices)
    mask = target.at(stage.pixels).to(device)
    foreground = _foreground_points(mask, settings.seed)
    renderer = Renderer(
        settings.backend,
        (stage.pixels, stage.pixels),
        RasterSettings(sigmainv=stage.sigmainv, boxlen=stage.boxlen),
    )
    beginning = torch.from_numpy(origin)[None].float().to(device)
    learned = settings.start == "model"
    near = Neighbourhoods.of(template, beginning, camera.to(beginning), laid=not learned)
    weights = settings.objective_weights()
    if not stage.far:
        weights = dataclasses.replace(weights, chamfer=0.0)
    objective = Objective(template, camera.to(beginning), beginning, weights, near)
    smoothing = settings.smoothing * stage.stiffness
    descent = SmoothDescent(template.faces.numpy(), len(vertices), smoothing, settings.largest_step())
    right, up = camera.rotation()[0, :2].double().numpy()
    across = np.outer(right, right) + np.outer(up, up)
    for _ in range(stage.steps):
        tick()
        now = torch.from_numpy(vertices)[None].float().to(device).requires_grad_()
        image = renderer(now, template, camera)
        loss = torch.stack(list(objective.terms(now, image.silhouette, mask, foreground).values())).sum()
        (gradient,) = torch.autograd.grad(loss, now)
        downhill = gradient[0].double().cpu().numpy()
        vertices = descent.step(vertices, downhill @ across if learned else downhill)
    return vertices


def fit_device(settings: FitSettings) -> torch.device:
    """The device a fit runs on; "auto" is the CPU: one photo at a time keeps no GPU busy."""
    return torch.device("cpu" if settings.device == "auto" else settings.device)


def _foreground_points(mask: Tensor, seed: int) -> Tensor:
    row, column = torch.nonzero(mask[0, 0] > 0.5, as_tuple=True)
    chosen = torch.randperm(len(row), generator=torch.Generator().manual_seed(seed))[:FOREGROUND_POINTS].to(row.device)
    size = mask.shape[-1]
    x, y = (2 * column[chosen] + 1 - size) / size, (size - 2 * row[chosen] - 1) / size
    return torch.stack([x, y], dim=1).to(mask)
