"""`python -m training figure reid`: virtual pedestrians for re-identification (Table 5 and supplement of the paper).

Every photo gives its shape, its camera and its light. Its texture is mixed with that of a photo of another person; the
two people, whatever their order, are one new identity, whose mixture has one weight for both orders. Each is drawn
with the mesh turned by -60, -30, 0, 30 and 60 degrees from the camera that was found. Of 12,936 photos of Market-1501
that makes 64,680 pictures of some 12,000 identities; the paper has 64,630 of 12,240.

The files are named as Market-1501 names its own, 0001_c1s1_000151_01.jpg: identity, camera (c), sequence (s), frame,
box. Identities begin where Market-1501 ends, after 1501, and take five digits from 10000 on; camera and sequence are
the photo's, 1 where its name does not say; the frame is the photo's number, the box the number of the turn, 1 to 5.

The paper does not say what is behind the people. Here it is the photo's own background with the person painted over,
since a detector that only ever sees virtual people on white would learn the white; --background white is the other way.
"""

import dataclasses
import io
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import torch
from jaxtyping import Float
from PIL import Image
from rich.console import Console
from rich.progress import track
from torch import Tensor

from mirror_core.attributes import Attributes
from mirror_core.checks import check_choice
from mirror_core.encoders import MagicMirror
from mirror_core.errors import InputError
from mirror_core.files import new_folder
from mirror_core.trainers.photos import PhotoBatch
from training.datasets import CachedPhotos
from training.figures.magic_mirror import open_photos
from training.figures.views import BATCH, Picture, explain, render, seen_from, to_pictures

TURNS = (-60.0, -30.0, 0.0, 30.0, 60.0)
MARKET_NAME = re.compile(r"(?P<identity>-?\d+)_c(?P<camera>\d)s(?P<sequence>\d)_")
AROUND = 3
"""Pixels around the mask that are painted over as well."""


@dataclass(frozen=True)
class Virtual:
    """A virtual person: whose photo, the photo of the second texture, its weight, and the new identity."""

    photo: int
    partner: int
    weight: float
    identity: int


@dataclass(frozen=True)
class FigureReid:
    """Pictures of people who do not exist, for training re-identification, in Market-1501's naming scheme."""

    model: Path
    """The model's folder, as training writes it."""
    data: Path
    """The data set's folder."""
    out: Path = Path("out/reid")
    """A new folder for the pictures and identities.json, which says who was mixed."""
    layout: str = "market-hq"
    """How the data set's files lie: folder, atr, market-hq or cub."""
    split: str = "train"
    """Photos to start from."""
    background: Literal["photo", "white"] = "photo"
    """What is behind the people."""
    height: int = 128
    """Of the pictures, pixels; Market-1501's are 128 x 64."""
    first_identity: int = 1502
    """Number of the first virtual person."""
    seed: int = 0
    """Of partners and mixtures."""
    overwrite: bool = False
    """Replace the folder if it exists."""
    cache: Path | None = None
    """Folder for prepared photos; none: out/cache."""

    def run(self) -> None:
        """Draw all photos' virtual people."""
        check_choice("background", self.background, ("photo", "white"))
        model = MagicMirror.from_pretrained(self.model)
        source = open_photos(model, self.data, self.layout, self.split, self.cache)
        people = mix_identities([identity_of(name) for name in source.names], self.first_identity, self.seed)
        with new_folder(self.out, overwrite=self.overwrite) as folder:
            starts = range(0, len(people), BATCH)
            for start in track(starts, "Drawing virtual people", console=Console(stderr=True)):
                self._draw(model, source, people[start : start + BATCH], folder)
            text = json.dumps(_about(people, source.names), indent=1)
            (folder / "identities.json").write_text(text + "\n", encoding="utf-8")
        print(f"{self.out}: {len(people) * len(TURNS)} pictures of {len({v.identity for v in people})} virtual people")

    def _draw(self, model: MagicMirror, source: CachedPhotos, people: Sequence[Virtual], folder: Path) -> None:
        batch, found = explain(model, source, [person.photo for person in people])
        _, partners = explain(model, source, [person.partner for person in people])
        weight = torch.tensor([person.weight for person in people])[:, None, None, None]
        mixed = dataclasses.replace(found, texture=torch.lerp(partners.texture, found.texture, weight))
        behind = backgrounds(batch) if self.background == "photo" else torch.ones_like(batch.photo)
        for box, turn in enumerate(TURNS, start=1):
            for person, picture in zip(people, _turned(model, mixed, behind, turn, self.height), strict=True):
                name = market_name(person, source.names[person.photo], box)
                (folder / name).write_bytes(_jpeg(picture))


def mix_identities(identities: Sequence[str], first: int, seed: int) -> list[Virtual]:
    """A partner for each photo, of another person, and a number and a weight for each pair of people.

    Args:
        identities: who is on each photo.
        first: number of the first virtual person.
        seed: of partners and weights.

    Raises:
        InputError: all photos are of one person.
    """
    if len(set(identities)) < 2:
        raise InputError(f"The {len(identities)} photos are all of one person.", "Give photos of at least two.")
    random = np.random.default_rng(seed)
    numbers: dict[tuple[str, str], int] = {}
    weights: dict[tuple[str, str], float] = {}
    people: list[Virtual] = []
    for photo, identity in enumerate(identities):
        partner = int(random.integers(len(identities)))
        while identities[partner] == identity:
            partner = int(random.integers(len(identities)))
        pair = (min(identity, identities[partner]), max(identity, identities[partner]))
        number = numbers.setdefault(pair, first + len(numbers))
        weight = weights.setdefault(pair, float(random.uniform()))
        people.append(Virtual(photo, partner, weight if identity == pair[0] else 1.0 - weight, number))
    return people


def identity_of(name: str) -> str:
    """Who is on a photo: what Market-1501's naming scheme says; with any other name, nobody else is."""
    found = MARKET_NAME.match(name)
    return found["identity"] if found else name


def market_name(person: Virtual, photo: str, box: int) -> str:
    """A file name in Market-1501's scheme."""
    found = MARKET_NAME.match(photo)
    camera, sequence = (found["camera"], found["sequence"]) if found else ("1", "1")
    return f"{person.identity:04}_c{camera}s{sequence}_{person.photo:06}_{box:02}.jpg"


def backgrounds(batch: PhotoBatch) -> Float[Tensor, "B 3 H W"]:
    """The photos without what is in the masks: painted over from around them."""
    around = torch.nn.functional.max_pool2d(batch.mask, 2 * AROUND + 1, 1, AROUND)
    painted = [
        cv2.inpaint(picture, (mask[0].numpy() * 255).astype(np.uint8), AROUND, cv2.INPAINT_TELEA)
        for picture, mask in zip(to_pictures(batch.photo), around, strict=True)
    ]
    return torch.from_numpy(np.stack(painted)).permute(0, 3, 1, 2).float() / 255.0


def _turned(model: MagicMirror, people: Attributes, behind: Tensor, turn: float, height: int) -> list[Picture]:
    # The mesh turns to its left as the camera goes to its right.
    colours, coverage = render(model, seen_from(people, azimuth=people.camera.azimuth - turn), height)
    resized = torch.nn.functional.interpolate(behind, coverage.shape[2:], mode="bilinear", antialias=True)
    return to_pictures(colours + resized * (1.0 - coverage))


def _about(people: Sequence[Virtual], names: Sequence[str]) -> list[dict[str, object]]:
    return [
        {
            "identity": person.identity,
            "photo": names[person.photo],
            "texture_photo": names[person.partner],
            "weight": round(person.weight, 4),
        }
        for person in people
    ]


def _jpeg(picture: Picture) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "JPEG", quality=95)
    return buffer.getvalue()
