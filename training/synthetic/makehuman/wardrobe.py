"""All clothes, hair and skins of a folder, each knowing what it covers."""

import csv
import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from mirror_core.body import AVERAGE_ADULT, AnnyBody
from mirror_core.errors import InputError
from training.synthetic.makehuman.files import Clothes, read_community, read_mhclo
from training.synthetic.makehuman.item import Item

KINDS = (
    (r"glasses", "glasses", "glasses"), (r"hat|helmet|fedora", "head", "hat"), (r"boots", "feet", "boots"),
    (r"shoes", "feet", "shoes"), (r"coat", "outer", "coat"), (r"dress", "whole", "dress"),
    (r"tunic", "upper", "blouse"),
    (r"skirt", "lower", "skirt"), (r"short.?jeans|shorts", "lower", "shorts"), (r"jeans", "lower", "jeans"),
    (r"pants|trousers", "lower", "pants"), (r"shirt", "upper", "shirt"), (r"top|sleeveless", "upper", "top"),
)  # fmt: skip
"""A pattern in an asset's name or tags, what it covers, its class in part maps; the first that fits counts."""
SUITS = {
    "casualsuit": ("t-shirt", "jeans"),
    "elegantsuit": ("blazer", "pants"),
    "sportsuit": ("t-shirt", "pants"),
}
"""MakeHuman's suits are two garments or more in one file: classes of what lies above the waist and below."""
WAIST, WHOLE, LEGS = 0.12, 1.1, 0.6
"""Metres of the average body: height of the waist; a longer piece is a whole suit; a shorter lower one is a skirt."""


@dataclass(frozen=True)
class Skin:
    """A texture for the body."""

    path: Path
    age: str
    ancestry: str
    sex: str


@dataclass(frozen=True)
class Wardrobe:
    """What a folder has, in the order of names."""

    items: tuple[Item, ...]
    skins: tuple[Skin, ...]

    def choices(self, slot: str, sex: str) -> list[Item]:
        """Items for a slot that this sex wears."""
        return [item for item in self.items if item.slot == slot and item.sex in (sex, "any")]


def open_wardrobe(folder: Path, body: AnnyBody) -> Wardrobe:
    """Read all assets below a folder laid out like MakeHuman's data: clothes, community, hair, skins.

    Args:
        folder: with these folders; any but skins may be missing.
        body: that will wear them.

    Raises:
        InputError: there is no skin, or an asset cannot be read.
    """
    skins = tuple(map(_skin, sorted((folder / "skins").glob("*.png"))))
    if not skins:
        raise InputError(f"{folder} has no skins/*.png.", "Name a folder of MakeHuman's assets with --assets.")
    rest = body.rest(torch.tensor([AVERAGE_ADULT]))[0].numpy()
    skinning = body.weights.numpy()
    licences = _licences(folder / "community" / "licences.csv")
    bound = [read_mhclo(path) for path in sorted((folder / "clothes").glob("*/*.mhclo"))]
    bound += [read_community(path) for path in sorted((folder / "community").glob("*/*.json"))]
    named = [one for clothes in bound for one in _named(clothes, rest)]
    for path in sorted((folder / "hair").glob("*/*.mhclo")):
        clothes = read_mhclo(path)
        if clothes.texture is not None:  # hair without its picture is a helmet
            named.append((clothes.name, "hair", "hair", clothes))
    items = tuple(
        Item(name, slot, part, _sex(clothes), clothes, skinning, licences.get(clothes.name, {}))
        for name, slot, part, clothes in named
    )
    return Wardrobe(items, skins)


Named = tuple[str, str, str, Clothes]
"""Name, slot and class of clothes."""


def _named(clothes: Clothes, rest: npt.NDArray[np.floating]) -> list[Named]:
    """One garment, several for a suit, none for what is not understood."""
    text = " ".join((clothes.name, *clothes.tags)).lower()
    for kind, parts in SUITS.items():
        if kind in text:
            return _take_apart(clothes, rest, parts)
    for pattern, slot, part in KINDS:
        if re.search(pattern, text):
            return [(clothes.name, slot, part, clothes)]
    return []


def _take_apart(clothes: Clothes, rest: npt.NDArray[np.floating], parts: tuple[str, str]) -> list[Named]:
    """The connected pieces above the waist and those below; where one is both, the whole is one garment."""
    count, faces = len(clothes.refs), clothes.faces
    edges = coo_matrix((np.ones(faces.size), (faces.ravel(), np.roll(faces, 1, axis=1).ravel())), (count, count))
    pieces, label = connected_components(edges, directed=False)
    height = clothes.fit(rest)[:, 1]
    middles = np.array([height[label == piece].mean() for piece in range(pieces)])
    tallest = max(float(np.ptp(height[label == piece])) for piece in range(pieces))
    if tallest > WHOLE:
        return [(clothes.name, "whole", "suit", clothes)]
    above = (middles > WAIST)[label]
    waist = (height[above].min() + height[~above].max()) / 2
    upper = _subset(clothes, above, rest[:, 1] > waist)
    lower = _subset(clothes, ~above, rest[:, 1] <= waist)
    below = "skirt" if np.ptp(height[~above]) < LEGS else parts[1]
    return [
        (f"{clothes.name}_upper", "upper", parts[0], upper),
        (f"{clothes.name}_lower", "lower", below, lower),
    ]


def _subset(clothes: Clothes, keep: npt.NDArray[np.bool_], near: npt.NDArray[np.bool_]) -> Clothes:
    """Only these vertices, hiding only that part of the body."""
    number = np.cumsum(keep) - 1
    kept = keep[clothes.faces].all(axis=1)
    return replace(
        clothes, refs=clothes.refs[keep], weights=clothes.weights[keep], offsets=clothes.offsets[keep],
        faces=number[clothes.faces[kept]].astype(np.int32), uv_faces=clothes.uv_faces[kept],
        hides=clothes.hides & near,
    )  # fmt: skip


def _sex(clothes: Clothes) -> str:
    """As named or tagged; shoes, hats and hair of nobody's in particular are for any."""
    text = " ".join((clothes.name, *clothes.tags)).lower()
    if "female" in text:
        return "female"
    return "male" if re.search(r"\bmale|_male", text) else "any"


def _skin(path: Path) -> Skin:
    age, ancestry, sex = [*path.stem.split("_"), "", "", ""][:3]
    return Skin(path, age, ancestry, sex)


def _licences(path: Path) -> dict[str, dict[str, str]]:
    """Item, licence, author and homepage, by item; of those whose licence asks that the author be named."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    keys = ("item", "licence", "author", "homepage")
    return {row["item"]: {key: row[key] for key in keys} for row in rows if not row["licence"].startswith("CC0")}
