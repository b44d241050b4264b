"""Draw docs/pictures/convmesh.jpg: from a code over maps to a mesh.

python docs/draw_convmesh.py [MODEL]      (in .venv; a name or a folder, none: convmesh-people)
"""

import sys
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.generators import ConvMeshGenerator
from mirror_core.mesh import Template, make_template
from mirror_core.rendering import Renderer

ROWS, SEED, TRUNCATION = 4, 4, 1.0
TALL, WIDE, FINE = 250, 150, 2
FONT = ImageFont.load_default(13)
PALE = torch.tensor([0.30, 0.45, 0.84]).view(1, 3, 1, 1)
TITLES = ("deformation map", "texture", "template", "deformed", "textured", "from the side", "from behind")
PLACE = Path(__file__).parent / "pictures" / "convmesh.jpg"


def look(vertices: Tensor, template: Template, azimuth: float, texture: Tensor | None) -> Tensor:
    """Pictures of a batch on white; without a texture a pale surface."""
    count = len(vertices)
    camera = Camera(*(torch.full((count,), value) for value in (azimuth, 4.0, 2.9)), torch.zeros(count, 2))
    rendered = Renderer(image_size=(TALL * FINE, WIDE * FINE))(vertices, template, camera, texture)
    colours = rendered.rgb
    if colours is None:
        colours = (0.15 + 0.8 * (rendered.normals * PALE).sum(dim=1, keepdim=True).clamp(0, 1)).expand(-1, 3, -1, -1)
    return torch.nn.functional.avg_pool2d(colours * rendered.mask + 1.0 - rendered.mask, FINE)


def framed(maps: Tensor) -> Tensor:
    """Square maps, enlarged without smoothing, on a white page as high as the pictures."""
    square = torch.nn.functional.interpolate(maps, size=(TALL - 50, TALL - 50), mode="nearest")
    return torch.nn.functional.pad(square, (10, 10, 25, 25), value=1.0)


def main() -> None:
    """Draw and write."""
    generator = ConvMeshGenerator.from_pretrained(sys.argv[1] if len(sys.argv) > 1 else "convmesh-people")
    config = generator.config
    codes = generator.draw(ROWS, torch.Generator().manual_seed(SEED), TRUNCATION)
    with torch.no_grad():
        made = generator(codes)
    shown = (0.5 + made.deformation / (2 * made.deformation.abs().amax())).clamp(0, 1)
    base = generator.template.vertices.expand(ROWS, -1, -1)
    fine = make_template(2562, config.half_axes)
    vertices = generator.shape(made.deformation, 2562)
    columns = [framed(shown), framed(made.texture), look(base, generator.template, 0.0, None)]
    columns.append(look(vertices, fine, 0.0, None))
    columns += [look(vertices, fine, azimuth, made.texture) for azimuth in (0.0, 60.0, 180.0)]
    page = torch.cat([torch.cat(list(column), dim=1) for column in columns], dim=2)
    page = torch.nn.functional.pad(page, (0, 0, 24, 0), value=1.0)
    image = Image.fromarray((255 * page.clamp(0, 1)).round().permute(1, 2, 0).numpy().astype(np.uint8))
    pen, left = ImageDraw.Draw(image), 0
    for title, column in zip(TITLES, columns, strict=True):
        pen.text((left + column.shape[3] / 2, 14), title, fill="black", font=FONT, anchor="mm")
        left += column.shape[3]
    image.save(PLACE, quality=88)


if __name__ == "__main__":
    main()
