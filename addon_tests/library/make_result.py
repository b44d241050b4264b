"""Writes a result folder as the library does, without a reconstruction: a textured, bent ellipsoid seen at a slant.

Run by the interpreter that has mirror_core: make_result.py FOLDER PHOTO [VERTICES]. The photo's crop lies on whole
pixels, so that the library's render of the crop fits into the photo without resampling. With more vertices than 642 the
colours are others, too.
"""

import hashlib
import sys
from pathlib import Path

import numpy as np
import torch
from mirror_core.images import Crop
from mirror_core.mesh import make_template
from mirror_core.pipelines.folder import save_folder
from mirror_core.pipelines.result import CameraPose, Provenance, Reconstruction
from PIL import Image

WIDTH, HEIGHT, SIZE = 300, 220, 160


def bent(vertices: torch.Tensor) -> np.ndarray:
    """An ellipsoid leaning to one side and thicker below: no two views look alike."""
    x, y, z = vertices.numpy().T
    return np.stack([1.1 * x + 0.15 * y * y, 0.8 * y + 0.1 * x, z * (1.3 - 0.4 * y)], axis=-1).astype(np.float32)


def main(folder: Path, photo: Path, vertices: int = 642) -> None:
    """Write the photo and the folder."""
    rows, columns = np.mgrid[0:HEIGHT, 0:WIDTH]
    pixels = np.stack([columns * 255 // WIDTH, rows * 255 // HEIGHT, np.full_like(rows, 90)], axis=-1).astype(np.uint8)
    Image.fromarray(pixels).save(photo)
    v, u = np.mgrid[0:256, 0:256] / 256.0
    texture = np.stack([0.3 + 0.5 * u, 0.8 - 0.5 * v, 0.4 + 0.2 * np.sin(12 * u)], axis=-1)
    if vertices != 642:
        texture = 1.0 - texture
    template = make_template(vertices)
    result = Reconstruction(
        template=template,
        vertices=bent(template.vertices),
        texture=np.round(texture * 255).astype(np.uint8),
        confidence=np.round(u * 255).astype(np.uint8),
        completed=np.zeros(u.shape, np.uint8),
        camera=CameraPose(azimuth=25.0, elevation=12.0, distance=2.7, offset=(0.08, -0.1)),
        light=np.array([3.1, 0.35, 0.3, 0.4, 0.15, -0.1, 0.12, 0.1, -0.2], dtype=np.float32),
        crop=Crop(90.0, 30.0, float(SIZE)),
        mask=np.zeros((HEIGHT, WIDTH), dtype=np.float32),
        kind="garment",
        metrics={"mask_iou": 0.987},
        provenance=Provenance(
            photo=str(photo),
            photo_sha256=hashlib.sha256(photo.read_bytes()).hexdigest(),
            photo_size=(HEIGHT, WIDTH),
            version="0.1.0",
            mask_method="file",
            mask_confidence=1.0,
            seed=7,
            settings={"vertices": vertices},
        ),
    )
    save_folder(result, folder)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), *map(int, sys.argv[3:]))
