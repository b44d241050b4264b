"""Draw docs/conventions.png: the template with its axes, the camera's angles, and the UV map.

python docs/draw_conventions.py      (in .venv)
"""

from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont

from mirror_core.attributes import Camera
from mirror_core.mesh import Template, make_template
from mirror_core.rendering import Renderer
from mirror_core.rendering.projection import camera_space, image_scale

SIDE, FINE = 480, 2
INK, X, Y, Z, SOFT = "#2b2b33", "#c8453b", "#4a8f3c", "#3a66b8", "#9a9aa4"
FONT = ImageFont.load_default(13 * FINE)
VIEW = Camera.single(azimuth=32.0, elevation=22.0, distance=3.9)


def panel(title: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    """An empty square with a title."""
    image = Image.new("RGB", (SIDE * FINE, SIDE * FINE), "white")
    draw = ImageDraw.Draw(image)
    draw.text((SIDE * FINE / 2, 20 * FINE), title, INK, font=FONT, anchor="mm")
    return image, draw


def on_panel(points: np.ndarray, view: Camera) -> np.ndarray:
    """Pixels (N, 2) of model-space points (N, 3)."""
    seen = camera_space(torch.as_tensor(points, dtype=torch.float32)[None], view)[0]
    ndc = (seen[:, :2] * torch.tensor(image_scale((1, 1))) / -seen[:, 2:]).numpy()
    return (ndc * (1, -1) + 1) * SIDE * FINE / 2


def line(draw: ImageDraw.ImageDraw, points: np.ndarray, colour: str, width: float = 2.0) -> None:
    """A line through pixels."""
    draw.line([tuple(point) for point in points], fill=colour, width=round(width * FINE), joint="curve")


def arrow(draw: ImageDraw.ImageDraw, start: np.ndarray, end: np.ndarray, colour: str, text: str) -> None:
    """A line with a head and a label beyond it."""
    along = (end - start) / np.linalg.norm(end - start)
    across = np.array([-along[1], along[0]])
    line(draw, np.stack([start, end]), colour, 2.5)
    head = [end + 9 * FINE * along, end + 4.5 * FINE * across, end - 4.5 * FINE * across]
    draw.polygon([tuple(point) for point in head], fill=colour)
    draw.text(tuple(end + 22 * FINE * along), text, colour, font=FONT, anchor="mm")


def checkers() -> torch.Tensor:
    """A texture whose left half is warm, right half cool, darker at the back."""
    v, u = np.mgrid[0:512, 0:512] / 512
    warm, cool = np.array([0.93, 0.74, 0.60]), np.array([0.62, 0.74, 0.90])
    colour = np.where((u < 0.5)[..., None], warm, cool)
    colour = colour * np.where(((u * 16).astype(int) + (v * 16).astype(int)) % 2, 1.0, 0.88)[..., None]
    colour = colour * np.where((np.abs(u - 0.5) > 0.25)[..., None], 0.72, 1.0)
    return torch.from_numpy(colour).float().permute(2, 0, 1)[None]


def rendered(template: Template, view: Camera) -> Image.Image:
    """The template with the texture, on white."""
    light = torch.tensor([[3.0, 0.3, 0.25, 0.35, 0, 0, 0, 0, 0]])
    image = Renderer(image_size=(SIDE * FINE, SIDE * FINE), smooth_normals=True)(
        template.vertices[None], template, view, checkers(), light
    )
    assert image.rgb is not None
    colour = image.rgb * image.mask + (1 - image.mask)
    return Image.fromarray((colour[0].permute(1, 2, 0).clamp(0, 1).numpy() * 255).astype(np.uint8))


def draw_model(template: Template) -> Image.Image:
    """The template and the axes of model space."""
    image, draw = panel("model space (template units)")
    image.paste(rendered(template, VIEW).crop((0, 40 * FINE, SIDE * FINE, SIDE * FINE)), (0, 40 * FINE))
    starts = np.array([[0.45, 0, 0], [0, 0.9, 0], [0, 0, 0.225]])
    ends = np.array([[0.95, 0, 0], [0, 1.12, 0], [0, 0, 1.0]])
    labels = ("x", "y up", "z front")
    for a, b, colour, text in zip(on_panel(starts, VIEW), on_panel(ends, VIEW), (X, Y, Z), labels, strict=True):
        arrow(draw, a, b, colour, text)
    return image


def draw_camera(template: Template) -> Image.Image:
    """Azimuth, elevation and distance, seen from above the side."""
    view = Camera.single(azimuth=-28.0, elevation=30.0, distance=7.8)
    image, draw = panel("camera: azimuth, elevation, distance")
    image.paste(rendered(template, view).crop((0, 40 * FINE, SIDE * FINE, SIDE * FINE)), (0, 40 * FINE))
    azimuth, elevation, distance = 50.0, 28.0, 2.5

    def eye(a: np.ndarray | float, e: np.ndarray | float, d: float = distance) -> np.ndarray:
        camera = [Camera.single(float(x), float(y), d).eye()[0].numpy() for x, y in np.broadcast(a, e)]
        return on_panel(np.stack(camera), view)

    origin, zero = on_panel(np.zeros((1, 3)), view)[0], eye(0.0, 0.0)[0]
    line(draw, eye(np.linspace(0, 360, 121), 0.0), "#dcdce2", 1.5)
    line(draw, np.stack([origin, zero]), SOFT, 1.2)
    line(draw, eye(np.linspace(0, azimuth, 40), 0.0), X, 3)
    line(draw, np.stack([origin, eye(azimuth, 0.0)[0]]), SOFT, 1.2)
    line(draw, eye(azimuth, np.linspace(0, elevation, 30)), Y, 3)
    position = eye(azimuth, elevation)[0]
    line(draw, np.stack([origin, position]), Z, 2.5)
    radius = 6 * FINE
    draw.ellipse((*(position - radius), *(position + radius)), fill=INK)
    places = [
        (position + (0, -18 * FINE), "eye", INK),
        (zero + (-4 * FINE, 16 * FINE), "front: 0, 0", SOFT),
        (eye(azimuth / 2, 0.0)[0] + (10 * FINE, 18 * FINE), "azimuth", X),
        (eye(azimuth, elevation / 2)[0] + (-38 * FINE, 6 * FINE), "elevation", Y),
        ((origin + position) / 2 + (6 * FINE, -14 * FINE), "distance", Z),
    ]
    for place, text, colour in places:
        draw.text(tuple(place), text, colour, font=FONT, anchor="mm")
    return image


def draw_uv(template: Template) -> Image.Image:
    """The UV map with its edges; what each part shows."""
    image, draw = panel("UV: origin lower left, v up")
    left, top, side = 60 * FINE, 50 * FINE, 370 * FINE
    texture = Image.fromarray((checkers()[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)).resize((side, side))
    image.paste(texture, (left, top))
    points = template.uv.numpy() * (side, -side) + (left, top + side)
    for face in template.uv_faces.numpy():
        line(draw, points[[*face, face[0]]], "#6b6b78", 0.5)
    corner = np.array([left, top + side], dtype=float)
    arrow(draw, corner, corner + (side + 6 * FINE, 0), X, "u")
    arrow(draw, corner, corner - (0, side + 2 * FINE), Y, "v")
    for u, text in ((0.5, "front"), (0.125, "back"), (0.875, "back")):
        place = (left + u * side, top + side / 2)
        box = draw.textbbox(place, text, font=FONT, anchor="mm")
        draw.rectangle((box[0] - 8, box[1] - 6, box[2] + 8, box[3] + 6), fill="white")
        draw.text(place, text, INK, font=FONT, anchor="mm")
    draw.text((left, top + side + 16 * FINE), "seam: middle of the back", SOFT, font=FONT, anchor="lm")
    return image


if __name__ == "__main__":
    standard = make_template(642)
    panels = [draw_model(standard), draw_camera(standard), draw_uv(standard)]
    whole = Image.new("RGB", (3 * SIDE * FINE, SIDE * FINE), "white")
    for number, part in enumerate(panels):
        whole.paste(part, (number * SIDE * FINE, 0))
    target = Path(__file__).with_name("conventions.png")
    whole.resize((3 * SIDE, SIDE), Image.Resampling.LANCZOS).quantize(128).save(target, optimize=True)
