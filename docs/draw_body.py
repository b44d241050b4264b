"""Draw docs/pictures/body.jpg: shapes, poses, regions and key points of the body.

python docs/draw_body.py      (in .venv)
"""

import colorsys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.body import AVERAGE_ADULT, SHAPE_NAMES, load_body
from mirror_core.body.key_points import openpose_key_points
from mirror_core.body.regions import REGIONS, face_regions
from mirror_core.rendering import RasterSettings
from mirror_core.rendering.backends import choose_backend
from mirror_core.rendering.projection import camera_space, image_scale
from mirror_core.rendering.scene import Scene
from training.synthetic.poses import PoseSampler

WIDTH, HEIGHT, FINE, COLUMNS = 160, 260, 2, 7
FONT = ImageFont.load_default(12 * FINE)
LIGHT = torch.tensor([[2.3, 0.35, 0.75, 0.6, 0.0, 0.1, 0.1, 0.0, 0.0]])
BODY = load_body()
PLAIN = (0.72, 0.70, 0.68)
SHAPES: tuple[dict[str, float], ...] = (
    {"gender": 0.0},
    {"gender": 1.0},
    {"gender": 0.0, "weight": 0.95},
    {"gender": 1.0, "weight": 0.9},
    {"gender": 0.0, "muscle": 1.0},
    {"gender": 1.0, "height": 0.3},
    {"gender": 0.0, "age": 1.0, "height": 0.6},
)


def code(changes: dict[str, float]) -> Tensor:
    """A shape code that differs from the average in these traits."""
    return torch.tensor([list((dict(zip(SHAPE_NAMES, AVERAGE_ADULT, strict=True)) | changes).values())])


def draw(
    vertices: Tensor, colours: Tensor, labels: Tensor, azimuth: float, points: Tensor | None = None
) -> Image.Image:
    """One body.

    Args:
        vertices: (1, V, 3), metres.
        colours: (C, 3), of labels.
        labels: (F,), of faces.
        azimuth: of the camera.
        points: (N, 3), dots on top.
    """
    skin = vertices[0, BODY.faces.unique()]
    middle = (skin.amin(dim=0) + skin.amax(dim=0)) / 2
    view = Camera.single(azimuth=azimuth, elevation=4.0, distance=2.75)
    count = len(colours)
    scene = Scene(
        vertices=camera_space(vertices - middle, view),
        faces=BODY.faces,
        uv=torch.stack([(torch.arange(count) + 0.5) / count, torch.full((count,), 0.5)], dim=1),
        uv_faces=labels[:, None].expand(-1, 3).contiguous(),
        texture=colours.T[None, :, None],
        light=LIGHT,
        smooth_normals=True,
    )
    size = (HEIGHT * FINE, WIDTH * FINE)
    seen = choose_backend("auto", vertices.device).render(scene, size, RasterSettings())
    assert seen.rgb is not None
    paper = seen.rgb[0] * seen.mask[0] + 0.97 * (1 - seen.mask[0])
    image = Image.fromarray((255 * paper.clamp(0, 1)).byte().permute(1, 2, 0).numpy())
    if points is not None:
        pen = ImageDraw.Draw(image)
        at = camera_space((points - middle)[None], view)[0]
        ndc = (at[:, :2] * torch.tensor(image_scale(size)) / -at[:, 2:]).numpy()
        for x, y in (ndc * (1, -1) + 1) * (size[1] / 2, size[0] / 2):
            pen.ellipse([x - 5, y - 5, x + 5, y + 5], fill="#c8453b", outline="white")
    return image


def main() -> None:
    plain, all_one = torch.tensor([PLAIN]), torch.zeros(len(BODY.faces), dtype=torch.long)
    panels: list[tuple[Image.Image, str]] = []
    for shape in SHAPES:
        rest = BODY.rest(code(shape))
        panels.append(
            (draw(rest, plain, all_one, 15.0), " ".join(f"{name} {value:g}" for name, value in shape.items()))
        )
    sampler = PoseSampler(BODY)
    for seed in range(COLUMNS):
        shape = code({"gender": seed % 2})
        rotations = sampler.draw(np.random.default_rng(seed + 20), shape[0].numpy())
        panels.append((draw(BODY(shape, rotations).vertices, plain, all_one, 40.0 - 12 * seed), f"drawn pose {seed}"))
    hues = [colorsys.hsv_to_rgb(number * 0.381 % 1, 0.5, 0.9) for number in range(len(REGIONS))]
    rest = BODY.rest(torch.tensor([AVERAGE_ADULT]))
    for azimuth in (0.0, 60.0, 120.0, 180.0):
        panels.append((draw(rest, torch.tensor(hues), face_regions(), azimuth), f"regions, {azimuth:g} degrees"))
    dots = openpose_key_points(rest)[0]
    for azimuth in (0.0, 45.0, 90.0):
        panels.append((draw(rest, plain, all_one, azimuth, dots), f"key points, {azimuth:g} degrees"))
    rows = len(panels) // COLUMNS
    sheet = Image.new("RGB", (COLUMNS * WIDTH * FINE, rows * (HEIGHT + 18) * FINE), "#f7f7f7")
    pen = ImageDraw.Draw(sheet)
    for number, (image, text) in enumerate(panels):
        x, y = number % COLUMNS * WIDTH * FINE, number // COLUMNS * (HEIGHT + 18) * FINE
        sheet.paste(image, (x, y))
        pen.text((x + WIDTH * FINE / 2, y + (HEIGHT + 6) * FINE), text, "#2b2b33", font=FONT, anchor="mm")
    small = sheet.resize((sheet.width // FINE, sheet.height // FINE), Image.Resampling.LANCZOS)
    out = Path(__file__).parent / "pictures" / "body.jpg"
    small.save(out, quality=88, optimize=True)
    print(f"{out.name}: {out.stat().st_size / 1e3:.0f} kB")


if __name__ == "__main__":
    main()
