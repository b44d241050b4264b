"""A stand-in for the reconstruction: instant, and it fails on command, by the photo's name."""

import dataclasses
import os
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from helpers.results import make_result
from PIL import Image

from mirror_core.errors import CancelledError, MaskError
from mirror_core.images import Photo
from mirror_core.masking import Mask
from mirror_core.pipelines.result import Reconstruction


@dataclass(frozen=True)
class FakePipeline:
    """Photos named refuse*, bug*, crash*, slow* and interrupt* do what they say; all others give a result."""

    def __call__(
        self,
        photo: Photo,
        mask: Mask,
        *,
        progress: Callable[[int, int, str], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
    ) -> Reconstruction:
        name = Path(photo.source).name
        if name.startswith("refuse"):
            raise MaskError("The mask of this one is 7 pixels too small.", "Draw a larger one.")
        if name.startswith("bug"):
            raise ZeroDivisionError("somebody forgot a zero")
        if name.startswith("crash"):
            os._exit(9)
        if name.startswith("interrupt"):
            os.kill(os.getpid(), signal.SIGINT)
        if name.startswith("slow"):
            time.sleep(60)
        if cancelled is not None and cancelled():
            raise CancelledError("The reconstruction was cancelled.")
        if progress is not None:
            progress(1, 1, "Done")
        result = make_result(photo=photo.source)
        metrics = {"mask_iou": 0.5, "threads": float(os.environ.get("OMP_NUM_THREADS", "0"))}
        return dataclasses.replace(result, mask=mask.values, metrics=metrics)


def save_photo(path: Path, seed: int = 0) -> Path:
    """A cut-out photo, whose alpha channel is its mask."""
    pixels = np.random.default_rng(seed).integers(0, 256, (40, 30, 4), np.uint8)
    pixels[..., 3] = 0
    pixels[5:35, 8:22, 3] = 255
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, "PNG")
    return path
