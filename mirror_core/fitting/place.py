"""A model's answer brought onto the mask as a whole: larger or smaller, and shifted across the view.

Neither changes the shape nor the direction that it is seen from. Models say these two less exactly than the mask does.
"""

import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.mesh import make_template
from mirror_core.metrics import mask_iou
from mirror_core.rendering import Renderer

FloatArray = npt.NDArray[np.float64]

ROUNDS = 3
"""Perspective makes the box after a change not quite the one that was wanted."""


def place(vertices: FloatArray, camera: Camera, mask: Float[Tensor, "1 1 P P"]) -> FloatArray:
    """The vertices (V, 3) as they are or, if it covers the mask better, with its box's middle and one of its sides.

    Args:
        vertices: model space.
        camera: one camera (B = 1).
        mask: what it sees.
    """
    row, column = torch.nonzero(mask[0, 0] > 0.5, as_tuple=True)
    if not len(row):
        return vertices
    size = mask.shape[-1]
    low = np.array([int(column.min()), size - 1 - int(row.max())]) * 2.0 / size - 1.0
    high = np.array([int(column.max()) + 1, size - int(row.min())]) * 2.0 / size - 1.0
    tried = [vertices, *(_boxed(vertices, camera, (low, high), axes) for axes in ([0], [1], [0, 1]))]
    renderer, template = Renderer(image_size=(size, size)), make_template(len(vertices))
    inside = (mask > 0.5).float()
    covers = [
        float(mask_iou(renderer(torch.from_numpy(one)[None].float(), template, camera).mask, inside)[0])
        for one in tried
    ]
    return tried[int(np.argmax(covers))]


def _boxed(vertices: FloatArray, camera: Camera, box: tuple[FloatArray, FloatArray], axes: list[int]) -> FloatArray:
    """As large along the picture's `axes` (their geometric mean) as the box, NDC, and with its middle."""
    precise = camera.to(torch.zeros(1, dtype=torch.float64))
    rotation, eye = precise.rotation()[0].numpy(), precise.eye()[0].numpy()
    low, high = box
    for _ in range(ROUNDS):
        seen = (vertices - eye) @ rotation.T
        points = seen[:, :2] / (-seen[:, 2:] * HALF_VIEW)
        least, most = points.min(axis=0), points.max(axis=0)
        scale = float(np.exp(np.log((high - low) / (most - least))[axes].mean()))
        shift = (low + high - least - most) / 2.0 * HALF_VIEW * -seen[:, 2].mean()
        centre = vertices.mean(axis=0)
        vertices = centre + scale * (vertices - centre) + shift @ rotation[:2]
    return vertices
