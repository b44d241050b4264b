"""`mirror figure synthetic`: contact sheets of a synthetic set, to be judged at a glance."""

import itertools
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from mirror_core.checks import check_range
from mirror_core.files import write_files
from mirror_core.mesh import make_template
from mirror_core.rendering import Renderer
from training.figures.sheet import Block, sheet
from training.figures.views import Picture
from training.synthetic.laid import VERTICES
from training.synthetic.parts import CLASSES
from training.synthetic.shards import read_truths
from training.synthetic.truth import Truth

HEADINGS = ("photo", "mask", "parts", "90", "180", "270", "template", "from the side", "texture", "what is seen")


@dataclass(frozen=True)
class FigureSynthetic:
    """Contact sheets of a synthetic set: many photos, and all that is known about some."""

    data: Path
    """Folder of shards."""
    out: Path = Path("out/figures")
    """Where NAME_photos.png and NAME_truth.png are written."""
    name: str = ""
    """Of the files; none: synthetic_ and the folder's name."""
    photos: int = 48
    """On the sheet of photos."""
    truths: int = 6
    """Rows of the sheet of what is known."""
    columns: int = 12
    height: int = 160
    """Of each picture, pixels."""

    def run(self) -> None:
        """Draw and write both."""
        for name in ("photos", "truths", "columns"):
            check_range(name, getattr(self, name), 1, 1000)
        check_range("height", self.height, 32, 1024)
        some = list(itertools.islice(read_truths(self.data), max(self.photos, self.truths)))
        name = self.name or f"synthetic_{self.data.resolve().name}"
        rows = [[self._square(picture) for picture in pictures_of(truth)] for truth in some[: self.truths]]
        pictures = {f"{name}_photos.png": self._photos(some), f"{name}_truth.png": sheet([Block(HEADINGS, rows)])}
        for path in write_files({self.out / file: data for file, data in pictures.items()}, overwrite=True):
            print(path)
        for item, author, licence in credits_of(some):
            print(f"{item} by {author}, {licence}")

    def _photos(self, truths: list[Truth]) -> bytes:
        shown = [cv2.resize(truth.photo, _scaled(truth.photo, self.height)) for truth in truths[: self.photos]]
        shown += [np.full_like(shown[0], 255)] * (-len(shown) % self.columns)
        rows = [np.hstack(shown[first : first + self.columns]) for first in range(0, len(shown), self.columns)]
        return bytes(cv2.imencode(".png", np.vstack(rows)[..., ::-1])[1])

    def _square(self, picture: Picture) -> Picture:
        """As high as wanted, in the middle of a white square, or cut to one."""
        height = self.height
        image = Image.fromarray(picture).resize(_scaled(picture, height), Image.Resampling.LANCZOS)
        page = Image.new("RGB", (height, height), (255, 255, 255))
        page.paste(image, ((height - image.width) // 2, 0))
        return np.asarray(page)


def credits_of(truths: list[Truth]) -> list[tuple[str, str, str]]:
    """Item, author and licence of the assets in these photos whose authors must be named."""
    credits_given = itertools.chain.from_iterable(truth.credits for truth in truths)
    return sorted({(credit["item"], credit["author"], credit["licence"]) for credit in credits_given})


def pictures_of(truth: Truth) -> list[Picture]:
    """All that is known about a photo, in the order of `HEADINGS`; white where there is nothing."""
    blank = np.full((8, 8, 3), 255, np.uint8)
    views = [_on_white(truth.views[angle]) if angle in truth.views else blank for angle in (90, 180, 270)]
    seen = np.where(truth.visible[..., None] > 0, truth.texture, 255).astype(np.uint8)
    mask = np.repeat(truth.mask[..., None], 3, axis=2)
    return [truth.photo, mask, _colours()[truth.parts], *views, *_template(truth), truth.texture, seen]


def _template(truth: Truth) -> list[Picture]:
    """The laid template in its texture, as the photo sees it and from 90 degrees to the left."""
    vertices = torch.from_numpy(truth.template).expand(2, -1, -1)
    texture = torch.from_numpy(truth.texture).permute(2, 0, 1)[None].float() / 255.0
    cameras = truth.camera.select(torch.tensor([0, 0]))
    turned = type(cameras)(
        cameras.azimuth + torch.tensor([0.0, 90.0]), cameras.elevation, cameras.distance, cameras.offset
    )
    light = torch.from_numpy(truth.light).expand(2, -1)
    size = truth.photo.shape[:2]
    image = Renderer(image_size=size)(vertices, make_template(VERTICES), turned, texture.expand(2, -1, -1, -1), light)
    assert image.rgb is not None
    shown = image.rgb + 1.0 - image.mask
    return [np.asarray(one) for one in (shown.clamp(0, 1) * 255).byte().permute(0, 2, 3, 1).numpy()]


def _on_white(picture: Picture) -> Picture:
    alpha = picture[..., 3:] / 255.0
    return (picture[..., :3] * alpha + 255.0 * (1.0 - alpha)).astype(np.uint8)


def _colours() -> Picture:
    """A colour for each class; the background is black."""
    hues = (np.arange(len(CLASSES)) * 137) % 180
    hsv = np.stack([hues, np.full_like(hues, 170), np.full_like(hues, 230)], axis=1).astype(np.uint8)[None]
    colours = np.array(cv2.cvtColor(hsv, cv2.COLOR_HSV2RGB)[0], np.uint8)
    colours[0] = 0
    return colours


def _scaled(picture: Picture, height: int) -> tuple[int, int]:
    """Width and height of that height."""
    return max(1, round(picture.shape[1] * height / picture.shape[0])), height
