"""A small finished reconstruction, made by hand, for what comes after reconstruction."""

import numpy as np

from mirror_core.attributes import ambient_light
from mirror_core.images import Crop
from mirror_core.mesh import make_template
from mirror_core.pipelines.result import CameraPose, Provenance, Reconstruction

TEXTURE_SIZE = 32


def make_result(vertex_count: int = 642, kind: str = "garment", photo: str = "dress.jpg") -> Reconstruction:
    """The template leaning to one side, in four colours: red upper left of the UV square, then green, blue, white."""
    template = make_template(vertex_count)
    vertices = template.vertices.numpy().copy()
    vertices[:, 0] += 0.1 * vertices[:, 1]
    texture = np.full((TEXTURE_SIZE, TEXTURE_SIZE, 3), 255, np.uint8)
    half = TEXTURE_SIZE // 2
    texture[:half, :half] = (255, 0, 0)
    texture[:half, half:] = (0, 255, 0)
    texture[half:, :half] = (0, 0, 255)
    mask = np.zeros((40, 30), np.float32)
    mask[5:35, 8:22] = 1.0
    return Reconstruction(
        template=template,
        vertices=vertices,
        texture=texture,
        confidence=np.full((TEXTURE_SIZE, TEXTURE_SIZE), 128, np.uint8),
        completed=np.full((TEXTURE_SIZE, TEXTURE_SIZE), 64, np.uint8),
        camera=CameraPose(azimuth=10.0, elevation=-5.0, distance=2.75, offset=(0.125, -0.25)),
        light=ambient_light()[0].numpy(),
        crop=Crop(-3.5, 2.25, 36.0),
        mask=mask,
        kind=kind,
        metrics={"mask_iou": 0.98},
        provenance=Provenance(photo, "0" * 64, (40, 30), "0.1.0", "alpha", 1.0, 7, {"vertices": vertex_count}),
    )
