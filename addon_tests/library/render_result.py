"""Renders a result folder with the library: render_result.py FOLDER OUT.npz.

The file holds, on the photo's pixels, the hard mask, and the colour on black, sRGB 0..1; and where the library
projects each vertex, in photo pixels.
"""

import json
import sys
from pathlib import Path

import numpy as np
import torch
from mirror_core.attributes import Camera
from mirror_core.pipelines.folder import load_folder
from mirror_core.rendering import Renderer
from mirror_core.rendering.projection import camera_space


def main(folder: Path, out: Path) -> None:
    """Write the file."""
    result = load_folder(folder)
    size = round(result.crop.size)
    pose = result.camera
    camera = Camera.single(pose.azimuth, pose.elevation, pose.distance, pose.offset)
    vertices = torch.from_numpy(result.vertices)[None]
    texture = torch.from_numpy(result.texture).permute(2, 0, 1)[None].float() / 255.0
    light = torch.from_numpy(result.light)[None]
    renderer = Renderer("reference", (size, size), smooth_normals=True)
    seen = renderer(vertices, result.template, camera, texture, light)

    numbers = json.loads((folder / "result.json").read_text())["photo"]
    height, width = numbers["height"], numbers["width"]
    top, left = round(result.crop.top), round(result.crop.left)
    mask, colour = np.zeros((height, width), np.float32), np.zeros((height, width, 3), np.float32)
    rows, columns = np.mgrid[0:size, 0:size]
    inside = (rows + top >= 0) & (rows + top < height) & (columns + left >= 0) & (columns + left < width)
    rows, columns = rows[inside], columns[inside]
    mask[rows + top, columns + left] = seen.mask[0, 0].numpy()[rows, columns]
    colour[rows + top, columns + left] = seen.rgb[0].permute(1, 2, 0).clamp(0, 1).numpy()[rows, columns]

    points = camera_space(vertices, camera)[0].numpy()
    ndc = points[:, :2] / (-points[:, 2:]) / 0.4
    np.savez(out, mask=mask, colour=colour, projected=result.crop.to_photo(ndc))


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
