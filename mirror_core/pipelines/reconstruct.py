"""From a photo and its mask to a textured mesh: a model's answer, a short fit, the photo as texture."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch

from mirror_core import __version__
from mirror_core.attributes import Camera, ambient_light
from mirror_core.errors import BackendError
from mirror_core.fitting.choose import settle
from mirror_core.fitting.light import divide_light, estimate_light
from mirror_core.fitting.optimise import Target, fit_device, fit_vertices
from mirror_core.fitting.place import place
from mirror_core.fitting.predict import load_back, load_mirror, predict
from mirror_core.fitting.settings import FitSettings
from mirror_core.fitting.start import ellipsoid_start, outline_start
from mirror_core.fitting.texture import bake_texture
from mirror_core.images import Photo, square_crop
from mirror_core.masking import Mask
from mirror_core.mesh import make_template
from mirror_core.pipelines.measuring import CHECK_PIXELS, check_mask, measure, pose_of
from mirror_core.pipelines.result import Provenance, Reconstruction
from mirror_core.pipelines.running import Progress, Ticker, one_thread
from mirror_core.rendering import RenderedImage, Renderer

Float32 = npt.NDArray[np.float32]

START_PIXELS = 128
"""Side of the mask picture that the start is made from."""
PLACE_PIXELS = 64
"""Side of the mask picture that a model's answer is laid onto."""
FAST_TEXELS = 1.5
"""Texels for a pixel of the window along a side: the front takes half of the texture's width."""
OTHER_STEPS = 40
"""Ticks of a run beside the optimisation's: the start's and the texture's."""


@dataclass(frozen=True)
class Reconstruct:
    """Reconstructs photos; holds nothing but its settings."""

    settings: FitSettings = field(default_factory=FitSettings)

    def __post_init__(self) -> None:
        if fit_device(self.settings).type == "cuda" and not torch.cuda.is_available():
            raise BackendError("The device 'cuda' was asked for, but torch finds no CUDA GPU.", "Use --device cpu.")

    def __call__(
        self,
        photo: Photo,
        mask: Mask,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reconstruction:
        """Reconstruct one photo.

        Args:
            photo: the photo.
            mask: its foreground, as large as the photo.
            progress: called with (steps done, steps in all, what is being done).
            cancelled: asked before each step; true stops the fit.

        Raises:
            MaskError: the mask is empty or of another size than the photo.
            InputError: there is no such model.
            CancelledError: `cancelled` said so.
        """
        check_mask(photo, mask)
        # The camera looks at the object through a square window that it nearly fills; an empty mask is refused here.
        target = Target(mask.values, square_crop(mask.values))
        settings = settle(self.settings, mask.values)
        steps = sum(stage.steps for stage in settings.stages()) + OTHER_STEPS
        with one_thread():
            return self._fit(photo, mask, target, settings, Ticker(steps, progress, cancelled))

    def _fit(self, photo: Photo, mask: Mask, target: Target, settings: FitSettings, tick: Ticker) -> Reconstruction:
        # 1. Kind, start and model were chosen. The start: what a model says, which chooses its own window, or the
        # template laid onto the outline.
        target, camera, start = _start(settings, photo, target, tick)

        # 2. The fit.
        vertices = fit_vertices(start, target, camera, settings, tick).astype(np.float32)

        # 3. Light, texture, measures.
        tick("Looking at the fit")
        size = _texture_size(settings, target.crop.size)
        pixels = min(max(round(target.crop.size), CHECK_PIXELS), size)
        window = np.clip(target.crop.apply(photo.pixels, pixels), 0.0, 1.0)
        inside = target.crop.apply(mask.values, pixels) > 0.5
        light, unlit = _light(settings, vertices, camera, window, inside)
        network = load_back() if settings.back == "completed" else None
        texture = bake_texture(vertices, camera, unlit, inside, size, tick, network)
        result = Reconstruction(
            template=make_template(settings.vertices),
            vertices=vertices,
            texture=texture.colours,
            confidence=texture.confidence,
            completed=texture.completion,
            camera=pose_of(camera),
            light=light,
            crop=target.crop,
            mask=mask.values,
            kind=settings.kind,
            metrics=measure(vertices, camera, target),
            provenance=_provenance(photo, mask, settings),
        )
        tick.finish()
        return result


def render_result(result: Reconstruction, pixels: int, backend: str = "auto") -> RenderedImage:
    """The result as its own camera sees it, `pixels` square, with its texture and light."""
    pose = result.camera
    camera = Camera.single(pose.azimuth, pose.elevation, pose.distance, pose.offset)
    texture = torch.from_numpy(result.texture).permute(2, 0, 1)[None].float() / 255.0
    renderer = Renderer(backend, (pixels, pixels), smooth_normals=True)
    return renderer(
        torch.from_numpy(result.vertices)[None], result.template, camera, texture, torch.from_numpy(result.light)[None]
    )


def _start(
    settings: FitSettings, photo: Photo, target: Target, tick: Ticker
) -> tuple[Target, Camera, npt.NDArray[np.float64]]:
    """What is fitted, through which camera, and the vertices to begin with."""
    if settings.start == "model":
        tick("Asking the model")
        predicted = predict(load_mirror(settings.model), photo.pixels, target.mask)
        target = Target(target.mask, predicted.crop)
        vertices, camera = place(predicted.vertices, predicted.camera, target.at(PLACE_PIXELS), settings.kind)
        return target, camera, vertices
    camera = Camera.single(distance=settings.distance)
    template = make_template(settings.stages()[0].vertices)
    window = target.at(START_PIXELS)[0, 0].numpy() > 0.5
    if settings.start == "ellipsoid":
        tick("Placing the ellipsoid")
        return target, camera, ellipsoid_start(template, window, settings.distance)
    ratio = settings.thickness or {"garment": 0.6, "person": 0.8}[settings.kind]
    open_hem = settings.open_hem and settings.kind == "garment"
    return target, camera, outline_start(template, window, settings.distance, ratio, open_hem, tick)


def _texture_size(settings: FitSettings, pixels: float) -> int:
    """Texels along a side: as asked for; fast, no more than a window of so many pixels has to tell."""
    enough = 2 ** math.ceil(math.log2(FAST_TEXELS * pixels))
    return min(settings.texture_size, enough) if settings.fast else settings.texture_size


def _light(
    settings: FitSettings, vertices: Float32, camera: Camera, window: Float32, inside: npt.NDArray[np.bool_]
) -> tuple[Float32, Float32]:
    """The light (9,) and the photo without it; undivided, the light is in the texture and the scene's is plain."""
    if not settings.delight:
        return ambient_light()[0].numpy(), window
    renderer = Renderer(settings.backend, window.shape[:2], smooth_normals=True)
    seen = renderer(torch.from_numpy(vertices)[None], make_template(len(vertices)), camera)
    picture = torch.from_numpy(window).permute(2, 0, 1)[None]
    both = seen.mask * torch.from_numpy(inside)[None, None]
    light = estimate_light(picture, seen.normals, both)
    return light[0].numpy(), divide_light(picture, seen.normals, light)


def _provenance(photo: Photo, mask: Mask, settings: FitSettings) -> Provenance:
    numbers = dataclasses.replace(settings, weights=settings.objective_weights(), step_size=settings.largest_step())
    return Provenance(
        photo=photo.source,
        photo_sha256=photo.sha256,
        photo_size=photo.size,
        version=__version__,
        mask_method=mask.method,
        mask_confidence=mask.confidence,
        seed=settings.seed,
        settings=dataclasses.asdict(numbers),
    )
