"""From a photo's window to the picture of what lies behind it, at full resolution."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mirror_core.completion.network import BackNetwork
from mirror_core.completion.window import window_around

Float32 = npt.NDArray[np.float32]

TRUST = 8.0
"""Expected errors become a confidence by exp(-TRUST * error): an error of 0.09 is a half."""
RADIUS = 0.006
"""Of the guided filter's windows that lay the gate on the photo's edges, share of the window's side."""
FINEST = 1024
"""Pixels along a side on which the gate is laid onto edges."""
SMOOTH = 4e-4
"""Variance of brightness above which an edge of the photo counts as one for the gate."""


@dataclass(frozen=True)
class CompletedBack:
    """What lies behind each pixel of a window: seen through the front, not turned around.

    Attributes:
        colours: (P, P, 3), sRGB 0..1; outside the object, colours near its rim.
        gate: (P, P), how much of each pixel is the front's own, at full resolution.
        confidence: (P, P), 0..1, how near the true colours these are expected to be.
    """

    colours: Float32
    gate: Float32
    confidence: Float32


def complete_back(front: Float32, inside: npt.NDArray[np.bool_], network: BackNetwork) -> CompletedBack:
    """Ask the network, and lay its answer onto the full-size window.

    Args:
        front: (P, P, 3), 0..1, the photo; its background is not looked at, but colours near the rim are used.
        inside: (P, P), the object's pixels.
        network: in evaluation mode.

    Raises:
        MaskError: nothing is inside.
    """
    window = window_around(inside, network.config.size)
    photo, mask = window.look(front), window.look(inside)
    with torch.no_grad():
        behind = network(torch.from_numpy(photo).permute(2, 0, 1)[None], torch.from_numpy(mask)[None, None])
    shape = inside.shape
    painted = window.back(behind.painted[0].permute(1, 2, 0).contiguous().numpy(), shape)
    confidence = window.back(np.exp(-TRUST * behind.error[0, 0].numpy()), shape)
    gate = _at_full_size(window.back(behind.gate[0, 0].numpy(), shape), front)
    colours = front - painted  # in place from here on: these pictures are large
    colours *= gate[..., None]
    colours += painted
    return CompletedBack(np.clip(colours, 0.0, 1.0, out=colours), gate, confidence)


def _at_full_size(gate: Float32, front: Float32) -> Float32:
    """The gate on the front's edges; found on a picture of `FINEST` pixels at most, which is sharp enough."""
    guide = np.asarray(cv2.cvtColor(front, cv2.COLOR_RGB2GRAY), np.float32)
    share = FINEST / max(guide.shape)
    if share >= 1.0:
        return guided(gate, guide)
    small = [cv2.resize(picture, None, fx=share, fy=share, interpolation=cv2.INTER_AREA) for picture in (gate, guide)]
    laid = guided(*(np.asarray(picture, np.float32) for picture in small))
    return np.asarray(cv2.resize(laid, guide.shape[::-1], interpolation=cv2.INTER_LINEAR), np.float32)


def guided(values: Float32, guide: Float32) -> Float32:
    """Values (P, P), 0..1, laid onto the edges of a guide, as in K. He, Guided image filtering, ECCV 2010."""
    side = 2 * max(1, round(RADIUS * max(values.shape))) + 1

    def mean(picture: npt.NDArray[np.floating]) -> Float32:
        return np.asarray(cv2.boxFilter(picture, cv2.CV_32F, (side, side)), np.float32)

    level, middle = mean(guide), mean(values)
    slope = (mean(guide * values) - level * middle) / (mean(guide * guide) - level * level + SMOOTH)
    fitted = mean(slope) * guide + mean(middle - slope * level)
    return np.clip(fitted, 0.0, 1.0).astype(np.float32)
