"""Ways from a photo and its mask to a textured mesh, all behind one call, for the 3D benchmark.

A method is handed the whole truth, so that the ceiling can be one; the others look at `given` alone.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.encoders import MagicMirror
from mirror_core.fitting.predict import load_mirror
from mirror_core.fitting.settings import FitSettings
from mirror_core.images import Crop, Photo, middle_columns, square_crop
from mirror_core.inversion import InversionSettings, load_decoder
from mirror_core.masking import Mask
from mirror_core.mesh import Template, make_template
from mirror_core.pipelines.invert import Invert
from mirror_core.pipelines.reconstruct import Reconstruct
from training.synthetic.truth import Truth

TEXTURE = 1024
"""Side of the fits' textures: views are compared at 256 pixels."""

FITS = {
    "template": FitSettings(start="ellipsoid", effort=0.0, texture_size=TEXTURE),
    "inflation": FitSettings(start="outline", effort=0.0, texture_size=TEXTURE),
    "fit": FitSettings(start="outline", texture_size=TEXTURE),
    "reconstruct": FitSettings(texture_size=TEXTURE),
    "fast": FitSettings(fast=True, texture_size=TEXTURE),
}
"""By name: the papers' ellipsoid scaled to the mask's box; the outline inflated, without a step of descent; the same
and descent; the reconstruction as `mirror reconstruct` does it, from the shipped models, and as it does it `--fast`."""
CEILING = "ceiling"
ENDINGS = {"+fit": False, "+fast": True}
"""What may follow a model's name: reconstruct from it, with the fit, or fast."""
SEARCHES = {
    "+invert": InversionSettings(finish="none", texture_size=TEXTURE),
    "+invert+random": InversionSettings(finish="none", texture_size=TEXTURE, begin="random"),
    "+invert+fit": InversionSettings(texture_size=TEXTURE),
}
"""What may follow a generator's name: search in it, the same from random codes alone, and with the last step that goes
beyond its range."""


@dataclass(frozen=True)
class Prediction:
    """What a method says of a photo.

    Attributes:
        vertices: (V, 3), model space of its own: any scale, any place.
        template: faces and UV map.
        camera: one camera (B = 1) that looks through `crop`.
        texture: sRGB, 0..1.
        light: nine spherical harmonics on camera-space normals.
        crop: the window of the photo that the camera sees.
    """

    vertices: npt.NDArray[np.float32]
    template: Template
    camera: Camera
    texture: Float[Tensor, "1 3 Ht Wt"]
    light: Float[Tensor, "1 9"]
    crop: Crop

    @property
    def faces(self) -> npt.NDArray[np.int64]:
        """(F, 3)."""
        return self.template.faces.numpy()


Method = Callable[[Truth], Prediction]


def find_method(name: str) -> Method:
    """A method by its name: one of `FITS`, "ceiling", a model's with one of `ENDINGS`, a generator's of `SEARCHES`.

    A model, by name or folder, without an ending is its forward pass.

    Raises:
        InputError: there is no such model.
    """
    if name == CEILING:
        return _ceiling
    if name in FITS:
        return partial(_fit, Reconstruct(FITS[name]))
    for ending, settings in SEARCHES.items():
        if name.endswith(ending):
            model = name.removesuffix(ending)
            load_decoder(model)
            return partial(_fit, Invert(replace(settings, model=model)))
    for ending, fast in ENDINGS.items():
        if name.endswith(ending):
            model = name.removesuffix(ending)
            load_mirror(model)  # now and not at the first photo, so that a wrong name is told before the work begins
            return partial(_fit, Reconstruct(FitSettings(model=model, fast=fast, texture_size=TEXTURE)))
    return partial(_forward, load_mirror(name))


def label(name: str) -> str:
    """A method's name in tables: of a model's folder only the last part."""
    return Path(name).name


def given(truth: Truth) -> tuple[Photo, Mask]:
    """What methods are shown of a truth: the photo, and its own mask."""
    photo = Photo(truth.photo.astype(np.float32) / 255.0, None, truth.name, "")
    return photo, Mask((truth.mask > 127).astype(np.float32), "given", 1.0)


def _ceiling(truth: Truth) -> Prediction:
    """What nobody can know: the template laid onto the truth, its texture, light and camera."""
    height, width = truth.mask.shape
    return Prediction(
        vertices=truth.template,
        template=make_template(len(truth.template)),
        camera=truth.camera,
        texture=torch.from_numpy(truth.texture).permute(2, 0, 1)[None].float() / 255.0,
        light=torch.from_numpy(truth.light)[None],
        crop=Crop((width - height) / 2.0, 0.0, float(height)),
    )


def _fit(reconstruct: Reconstruct | Invert, truth: Truth) -> Prediction:
    found = reconstruct(*given(truth))
    pose = found.camera
    return Prediction(
        vertices=found.vertices,
        template=found.template,
        camera=Camera.single(pose.azimuth, pose.elevation, pose.distance, pose.offset),
        texture=torch.from_numpy(found.texture).permute(2, 0, 1)[None].float() / 255.0,
        light=torch.from_numpy(found.light)[None],
        crop=found.crop,
    )


@torch.no_grad()
def _forward(model: MagicMirror, truth: Truth) -> Prediction:
    """A model's answer as it is, shown the photo as `mirror_core.fitting.predict` shows it."""
    photo, mask = given(truth)
    height, width = model.config.image_size
    crop = square_crop(mask.values, width=min(width / height, 1.0))
    window = middle_columns(crop.apply(photo.pixels, height), width).clip(0.0, 1.0)
    inside = middle_columns(crop.apply(mask.values, height), width) > 0.5
    found = model(
        torch.from_numpy(np.ascontiguousarray(window)).permute(2, 0, 1)[None],
        torch.from_numpy(np.ascontiguousarray(inside))[None, None].float(),
    ).float()
    return Prediction(found.vertices[0].numpy(), model.template, found.camera, found.texture, found.light, crop)
