"""Pictures of truths and predictions from the same sides, made comparable.

All have four channels, 0..1: sRGB multiplied by coverage, then coverage.
"""

from dataclasses import replace

import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.images import Crop, square_crop
from mirror_core.rendering import RasterSettings, Renderer
from training.evaluation.three_d_methods import Prediction
from training.synthetic.truth import Truth

Picture = npt.NDArray[np.float32]

PIXELS = 256
"""Side of the pictures that are compared."""
DRAWN = 512
"""Side of a prediction's picture before it is reduced, which smooths its edges."""
FURTHER = 1.25
"""A turned object may reach further than in the photo: the camera steps back by so much."""

RENDERER = Renderer(
    image_size=(DRAWN, DRAWN),
    settings=RasterSettings(perspective_correct=True, cull_by_view=True, boxlen=0.0),
    smooth_normals=True,
)


def render_prediction(prediction: Prediction, turn: float) -> Picture:
    """Colour and coverage, (512, 512, 4), from `turn` degrees to the right of the photo's camera.

    Turn 0 is the photo's own camera, through the prediction's crop; others look at the object's middle. The light is
    on camera-space normals and so turns along.
    """
    vertices, camera = prediction.vertices, prediction.camera
    if turn:
        vertices = vertices - (vertices.min(axis=0) + vertices.max(axis=0)) / 2.0
        centred = torch.zeros_like(camera.offset)
        camera = replace(camera, azimuth=camera.azimuth + turn, distance=camera.distance * FURTHER, offset=centred)
    return _render(prediction, vertices, camera)


@torch.no_grad()
def _render(prediction: Prediction, vertices: npt.NDArray[np.float32], camera: Camera) -> Picture:
    points = torch.from_numpy(np.asarray(vertices, np.float32))[None]
    seen = RENDERER(points, prediction.template, camera, prediction.texture, prediction.light)
    assert seen.rgb is not None, "a texture was given"
    return torch.cat([seen.rgb.clamp(0.0, 1.0) * seen.mask, seen.mask], dim=1)[0].permute(1, 2, 0).numpy()


def photo_window(truth: Truth, crop: Crop) -> Picture:
    """The photo through a crop with its mask as coverage, (256, 256, 4)."""
    return crop.apply(covered(np.concatenate([truth.photo, truth.mask[..., None]], axis=2)), PIXELS)


def to_window(picture: Picture) -> Picture:
    """A prediction's picture from the photo's camera at the size of `photo_window`."""
    return Crop(0.0, 0.0, float(picture.shape[0])).apply(picture, PIXELS)


def side_by_side(truth: Picture, predicted: Picture) -> tuple[Picture, Picture]:
    """Two pictures (H, W, 4) of an object as (256, 256, 4), in which it is equally high and in the middle.

    The window is the square around the truth that it fills to 90 %. The prediction is scaled until the boxes around
    both are equally high, its box's middle on the truth's; so proportions count, not size or place. Where nothing
    was drawn, the prediction is empty.
    """
    window = square_crop(truth[..., 3])
    rows = np.flatnonzero((predicted[..., 3] > 0.5).any(axis=1))
    if not len(rows):
        return window.apply(truth, PIXELS), np.zeros((PIXELS, PIXELS, 4), np.float32)
    own = square_crop(predicted[..., 3])
    size = window.size * (np.ptp(rows) + 1) / _height(truth)
    middle = own.left + own.size / 2, own.top + own.size / 2
    other = Crop(middle[0] - size / 2, middle[1] - size / 2, size)
    return window.apply(truth, PIXELS), other.apply(predicted, PIXELS)


def covered(picture: npt.NDArray[np.uint8]) -> Picture:
    """A picture file's colours and alpha, (H, W, 4), 0..255."""
    values = picture.astype(np.float32) / 255.0
    values[..., :3] *= values[..., 3:]
    return values


def on_white(picture: Picture) -> Picture:
    """Colours (H, W, 3)."""
    return np.clip(picture[..., :3] + 1.0 - picture[..., 3:], 0.0, 1.0)


def _height(picture: Picture) -> float:
    return float(np.ptp(np.flatnonzero((picture[..., 3] > 0.5).any(axis=1))) + 1)
