"""What a photo's settings leave open is decided here: kind, start, model, and the unseen side."""

import dataclasses

import numpy as np
import numpy.typing as npt

from mirror_core.completion.network import SHIPPED as COMPLETION
from mirror_core.fitting.kind import kind_of
from mirror_core.fitting.settings import FitSettings
from mirror_core.weights.catalogue import read_catalogue

MODELS = {"person": "mirror-people", "garment": "mirror-garments"}
"""The shipped model of each kind."""


def settle(settings: FitSettings, mask: npt.NDArray[np.float32]) -> FitSettings:
    """The settings with nothing left automatic, for the photo with this mask (H, W), which must not be empty.

    The start "auto" is the model, where one is given or shipped for the kind, and the outline otherwise.
    """
    shipped = read_catalogue()
    kind = kind_of(mask) if settings.kind == "auto" else settings.kind
    back = settings.back
    if back == "auto":
        back = "completed" if COMPLETION in shipped else "mirrored"
    start, model = settings.start, settings.model
    if start in ("auto", "model"):
        asked = bool(model) or start == "model"
        model = model or MODELS[kind]
        start, model = ("model", model) if asked or model in shipped else ("outline", "")
    return dataclasses.replace(settings, kind=kind, start=start, model=model, back=back)
