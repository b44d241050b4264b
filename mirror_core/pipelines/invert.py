"""From a photo and its mask to a textured mesh by searching in a generator (MeshInversion, Zhang et al. 2022)."""

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import torch

from mirror_core import __version__
from mirror_core.attributes import Camera, WeakPerspective, ambient_light
from mirror_core.errors import BackendError, CancelledError, InputError
from mirror_core.fitting.choose import MODELS as CAMERA_MODELS
from mirror_core.fitting.kind import kind_of
from mirror_core.fitting.optimise import Target
from mirror_core.fitting.predict import load_mirror, predict
from mirror_core.images import Crop, Photo, square_crop
from mirror_core.inversion import (
    Decoder,
    Found,
    InversionSettings,
    Objective,
    View,
    descend,
    feature_map,
    load_decoder,
    search_codes,
)
from mirror_core.inversion.begin import STEPS as NEAREST_STEPS
from mirror_core.inversion.begin import nearest_code
from mirror_core.inversion.decoder import FinerDecoder, model_for
from mirror_core.inversion.finish import COARSEST, Finished, as_array, fit_settings, fitted, plain
from mirror_core.inversion.pose import AnyCamera
from mirror_core.inversion.search import TOGETHER, joined, pick
from mirror_core.masking import Mask
from mirror_core.mesh import LEVELS, make_template
from mirror_core.pipelines.measuring import check_mask, measure, pose_of
from mirror_core.pipelines.result import Provenance, Reconstruction
from mirror_core.pipelines.running import Progress, Ticker, one_thread

Preview = Callable[[int, npt.NDArray[np.float32], npt.NDArray[np.uint8], float], None]
"""Called with the step, vertices (V, 3) of the result's template, texture (T, T, 3) sRGB, and the loss."""

FINISH_STEPS = 130
"""Ticks of the last step, about."""


@dataclass(frozen=True)
class Shot:
    """One photo to invert.

    Attributes:
        photo: the photo.
        mask: its foreground, as large as the photo.
        camera: a first camera (B = 1) that looks through `crop`; none: the camera encoder's.
        crop: the square window of a given camera; none: the mask's box in the middle, filling nine tenths.
    """

    photo: Photo
    mask: Mask
    camera: Camera | WeakPerspective | None = None
    crop: Crop | None = None


@dataclass(frozen=True)
class Invert:
    """Inverts photos; holds nothing but its settings, and a decoder for those who bring their own.

    Attributes:
        settings: all numbers.
        decoder: searched instead of the generator that the settings name.
    """

    settings: InversionSettings = field(default_factory=InversionSettings)
    decoder: Decoder | None = None

    def __post_init__(self) -> None:
        if self.settings.device == "cuda" and not torch.cuda.is_available():
            raise BackendError("The device 'cuda' was asked for, but torch finds no CUDA GPU.", "Use --device cpu.")

    def __call__(
        self,
        photo: Photo,
        mask: Mask,
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        preview: Preview | None = None,
    ) -> Reconstruction:
        """Invert one photo.

        Args:
            photo: the photo.
            mask: its foreground, as large as the photo.
            progress: called with (steps done, steps in all, what is being done).
            cancelled: asked before each step; true stops the search. With `keep_best` the best so far is the result.
            preview: called every `preview_every` steps with the best so far.

        Raises:
            MaskError: the mask is empty or of another size than the photo.
            InputError: there is no such model.
            CancelledError: `cancelled` said so, and there is nothing to keep or it shall not be kept.
        """
        return self.many([Shot(photo, mask)], progress=progress, cancelled=cancelled, preview=preview)[0]

    def many(
        self,
        shots: Sequence[Shot],
        *,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        preview: Preview | None = None,
    ) -> list[Reconstruction]:
        """Invert several photos of one kind at once, each as if it were alone; the preview shows the first."""
        if not shots:
            return []
        for shot in shots:
            check_mask(shot.photo, shot.mask)
        settings = self._settled(shots)
        tick = Ticker(_ticks(settings, shots), progress, cancelled)
        with one_thread():
            found = _Run(settings, self.decoder or load_decoder(settings.model, settings.label), tick)
            results = found(list(shots), preview)
        tick.finish()
        return results

    def _settled(self, shots: Sequence[Shot]) -> InversionSettings:
        """The settings with nothing left automatic."""
        kinds = {kind_of(shot.mask.values) for shot in shots} if self.settings.kind == "auto" else {self.settings.kind}
        if len(kinds) > 1:
            raise InputError(
                "The photos show persons and garments, but those inverted together must be of one kind.",
                "Invert them one by one, or say which kind they are.",
            )
        kind = kinds.pop()
        return dataclasses.replace(
            self.settings,
            kind=kind,
            model=self.settings.model if self.decoder else model_for(kind, self.settings.model),
            camera_model=self.settings.camera_model or CAMERA_MODELS[kind],
            features=self.settings.feature_network(),
            weights=self.settings.settled_weights(),
            tuned=False,
        )


@dataclass(frozen=True)
class _First:
    """What is known of a photo before the search: a camera, the window it looks through, and maybe a code."""

    camera: AnyCamera
    crop: Crop
    code: torch.Tensor | None = None


@dataclass(frozen=True)
class _Run:
    """One run over photos of one kind."""

    settings: InversionSettings
    decoder: Decoder
    tick: Ticker

    def __call__(self, shots: list[Shot], preview: Preview | None) -> list[Reconstruction]:
        settings = self.settings
        self.tick("Asking for the camera")
        firsts = [self._first(shot) for shot in shots]
        cameras = joined([first.camera for first in firsts])
        network = feature_map(settings)
        objective = Objective.of(settings, self.decoder.template, network)
        views = {
            pixels: [
                View.of(*_window_picture(shot, first.crop, pixels), network)
                for shot, first in zip(shots, firsts, strict=True)
            ]
            for pixels in {settings.search_pixels, settings.pixels}
        }
        known = [first.code for first in firsts]
        start = search_codes(self.decoder, views[settings.search_pixels], cameras, objective, self.tick, known)
        watch = None if preview is None else self._watch(preview)
        found = descend(self.decoder, views[settings.pixels], start, objective, self.tick, watch)
        crops = [first.crop for first in firsts]
        return [self._result(shot, crop, found, k) for k, (shot, crop) in enumerate(zip(shots, crops, strict=True))]

    def _first(self, shot: Shot) -> _First:
        if shot.camera is not None:
            return _First(shot.camera, shot.crop or square_crop(shot.mask.values))
        said = predict(load_mirror(self.settings.camera_model), shot.photo.pixels, shot.mask.values)
        if self.settings.begin == "random":
            return _First(said.camera, said.crop)
        vertices = torch.from_numpy(said.vertices)[None].float()
        texture = torch.from_numpy(said.texture).permute(2, 0, 1)[None]
        return _First(said.camera, said.crop, nearest_code(self.decoder, vertices, texture, self.tick))

    def _watch(self, preview: Preview) -> Callable[[int, Found], None]:
        def show(step: int, best: Found) -> None:
            made = self._plain(best, 0)
            preview(step, made.vertices, made.texture, float(best.loss[0]))

        return show

    @torch.no_grad()
    def _plain(self, found: Found, k: int) -> Finished:
        """The generator's answer, on the result's template where the decoder knows it."""
        code = found.code[k : k + 1]
        made = self.decoder(code)
        return plain(
            self._on_template(found, k, self.settings.vertices),
            made.texture[0],
            self.settings.vertices,
            made.texture.shape[2],
        )

    @torch.no_grad()
    def _on_template(self, found: Found, k: int, count: int) -> npt.NDArray[np.float32]:
        code = found.code[k : k + 1]
        if isinstance(self.decoder, FinerDecoder):
            return as_array(self.decoder.vertices_at(code, count))
        vertices = as_array(self.decoder(code).vertices)
        if len(vertices) > count or len(vertices) not in LEVELS:
            raise InputError(
                f"The decoder's shapes have {len(vertices)} vertices, which is not the project's template of {count}.",
                f"Give it the method vertices_at, or choose its template among {LEVELS}.",
            )
        return vertices

    def _result(self, shot: Shot, crop: Crop, found: Found, k: int) -> Reconstruction:
        settings = self.settings
        target = Target(shot.mask.values, crop)
        seen = pick(found.camera, k)
        camera = seen.nearest() if isinstance(seen, WeakPerspective) else seen
        with torch.no_grad():
            texture = self.decoder(found.code[k : k + 1]).texture[0]
        size, count = settings.texture_size, settings.vertices
        made = plain(self._on_template(found, k, count), texture, count, size)
        metrics = measure(made.vertices, camera, target)
        metrics["mask_iou_inside"] = metrics["mask_iou"]
        stopped = found.stopped
        if settings.finish == "fit" and not stopped:
            numbers = fit_settings(settings.kind, count, size, settings.seed, settings.device)
            coarse = self._on_template(found, k, COARSEST)
            try:
                made = fitted((coarse, texture), shot.photo, target, camera, numbers, self.tick)
                metrics.update(measure(made.vertices, camera, target))
            except CancelledError:
                if not settings.keep_best:
                    raise
                stopped = True  # the search is done: its answer, without the last step
        metrics["loss"] = float(found.loss[k])
        return Reconstruction(
            template=make_template(count),
            vertices=made.vertices,
            texture=made.texture,
            confidence=made.confidence,
            completed=np.zeros_like(made.confidence),
            camera=pose_of(camera),
            light=ambient_light()[0].numpy(),
            crop=crop,
            mask=shot.mask.values,
            kind=settings.kind,
            metrics=metrics,
            provenance=self._provenance(shot, found, k, stopped),
        )

    def _provenance(self, shot: Shot, found: Found, k: int, stopped: bool) -> Provenance:
        return Provenance(
            photo=shot.photo.source,
            photo_sha256=shot.photo.sha256,
            photo_size=shot.photo.size,
            version=__version__,
            mask_method=shot.mask.method,
            mask_confidence=shot.mask.confidence,
            seed=self.settings.seed,
            settings={
                "method": "invert",
                **dataclasses.asdict(self.settings),
                "code": [float(value) for value in found.code[k]],
                "steps": found.steps,
                "stopped": stopped,
            },
        )


def _ticks(settings: InversionSettings, shots: Sequence[Shot]) -> int:
    """Steps of the whole run, about."""
    groups = max(-(-settings.codes // TOGETHER), 1)
    asked = sum(shot.camera is None for shot in shots) if settings.begin == "mirror" else 0
    return (
        1
        + groups
        + settings.steps()
        + asked * NEAREST_STEPS
        + len(shots) * (FINISH_STEPS if settings.finish == "fit" else 1)
    )


def _window_picture(shot: Shot, crop: Crop, pixels: int) -> tuple[torch.Tensor, torch.Tensor]:
    picture = torch.from_numpy(np.clip(crop.apply(shot.photo.pixels, pixels), 0.0, 1.0)).permute(2, 0, 1).contiguous()
    return picture, torch.from_numpy(crop.apply(shot.mask.values, pixels))[None]
