"""`mirror synthesize people OUT`: photos that never were, with the truth about them, in WebDataset shards."""

import dataclasses
import hashlib
import itertools
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Annotated, ClassVar, Protocol, runtime_checkable

import numpy as np
import torch
import tyro
from rich.progress import track

from mirror_core import __version__
from mirror_core.body import load_body
from mirror_core.checks import check_choice, check_range
from mirror_core.errors import InputError, MirrorError
from mirror_core.files import write_files
from mirror_core.pipelines.processes import Failed, run_tasks
from training.synthetic.figure import Figure
from training.synthetic.garments import Garments
from training.synthetic.makehuman import open_wardrobe
from training.synthetic.outfits import Outfitter
from training.synthetic.people import People
from training.synthetic.poses import PoseSampler, read_library
from training.synthetic.sample import encode
from training.synthetic.scene import Place, SceneSettings
from training.synthetic.shards import PATTERN, pack
from training.synthetic.studio.cameras import CIRCLE, FRONTAL
from training.synthetic.studio.environment import environments
from training.synthetic.subject import Subject
from training.synthetic.tailor.swatches import Swatches

CAMERAS = {"circle": CIRCLE, "frontal": FRONTAL}
PICTURES = (".jpg", ".jpeg", ".png", ".webp")


@dataclass(frozen=True)
class Recipe:
    """All that a set depends on: with the same assets, the same recipe gives the same bytes."""

    count: int = 1000
    """Samples."""
    seed: int = 0
    """The same seed gives the same bytes, however many processes make them."""
    shard: int = 100
    """Samples of a file."""
    photos_each: int = 4
    """Photos of one figure, each from another side in another light."""
    size: tuple[int, int] = (256, 128)
    """Height and width of a photo, pixels."""
    cameras: str = "circle"
    """Where photos are taken from: "circle" or, mostly from the front, "frontal"."""
    views: bool = False
    """Clean pictures at 90, 180 and 270 degrees from the photo, too, as the 3D benchmark needs them."""
    assets: Path | None = None
    """Folder of MakeHuman's assets (clothes, community, hair, skins, poses), for people."""
    environments: Path | None = None
    """Folder of HDR panoramas for light and backgrounds; none: a studio's soft boxes."""
    swatches: Path | None = None
    """Folder of photos with masks, whose cloth garments of our own making are of."""
    backgrounds: Path | None = None
    """Folder of pictures to cut backgrounds from."""

    def __post_init__(self) -> None:
        check_range("count", self.count, 1, 10_000_000)
        check_range("shard", self.shard, 1, 100_000)
        check_range("photos_each", self.photos_each, 1, 100)
        check_range("size", min(self.size), 16, 4096)
        check_choice("cameras", self.cameras, list(CAMERAS))


@runtime_checkable
class Drawer(Protocol):
    """Draws figures by chance."""

    def draw(self, rng: np.random.Generator) -> Figure:
        """One figure; the same state of `rng` gives the same figure."""
        ...


@dataclass(frozen=True)
class _Synthesize:
    category: ClassVar[str]
    out: tyro.conf.Positional[Path]
    """Folder of the shards; run again, it goes on where it stopped."""
    recipe: Annotated[Recipe, tyro.conf.arg(name="")] = field(default_factory=Recipe)
    jobs: int = 2
    """Processes."""

    def run(self) -> None:
        """Make all shards that are not there yet."""
        check_range("jobs", self.jobs, 1, 256)
        _equipment(self.category, self.recipe)  # a missing or damaged asset is told before any process starts
        _claim(self.out, self.category, self.recipe)
        shards = range(-(-self.recipe.count // self.recipe.shard))
        missing = [number for number in shards if not _shard(self.out, number).is_file()]
        make = MakeShard(self.category, self.recipe, self.out)
        with closing(run_tasks(make, missing, self.jobs, lambda _: None)) as results:
            for number, answer in track(results, "Shards", total=len(missing)):
                if isinstance(answer, Failed):
                    raise MirrorError(f"Shard {missing[number]} failed: {answer.message}", answer.remedy)
        print(f"{self.recipe.count} samples in {self.out}")


@dataclass(frozen=True)
class SynthesizePeople(_Synthesize):
    """Make photos of dressed people with everything known about them."""

    category = "people"


@dataclass(frozen=True)
class SynthesizeGarments(_Synthesize):
    """Make photos of garments alone, of our own making, with everything known about them; needs no assets."""

    category = "garments"


@dataclass(frozen=True)
class MakeShard:
    """Makes one shard of a set, in whatever process."""

    category: str
    recipe: Recipe
    out: Path

    def __call__(self, number: int) -> int:
        """Write shard `number`; returns how many samples it has."""
        torch.set_num_threads(1)  # sums in another order are other bytes
        first = number * self.recipe.shard
        samples = list(self.samples(range(first, min(first + self.recipe.shard, self.recipe.count))))
        write_files({_shard(self.out, number): pack(samples)}, overwrite=True)
        return len(samples)

    def samples(self, numbers: range) -> Iterator[tuple[str, dict[str, bytes]]]:
        """A figure's chances depend on its number alone, a photo's on both, so any process can make any shard."""
        drawer, place = _equipment(self.category, self.recipe)
        seed, each = self.recipe.seed, self.recipe.photos_each
        for who, group in itertools.groupby(numbers, lambda number: number // each):
            subject = Subject.of(drawer.draw(np.random.default_rng([seed, who, 0])))
            for number in group:
                name = f"{self.category}-{number:07d}"
                truth, photo = place.photograph(subject, name, np.random.default_rng([seed, who, 1 + number % each]))
                yield name, encode(truth, photo)


@lru_cache(maxsize=1)
def _equipment(category: str, recipe: Recipe) -> tuple[Drawer, Place]:
    """What a process needs, made once."""
    settings = SceneSettings(recipe.size, CAMERAS[recipe.cameras], views=(90, 180, 270) if recipe.views else ())
    surroundings = environments(recipe.environments) if recipe.environments else ()
    place = Place(surroundings, _pictures(recipe.backgrounds), settings)
    if category == "garments":
        return Garments(load_body(), _swatches(recipe.swatches)), place
    if recipe.assets is None:
        raise InputError("People need skins, hair and clothes.", "Name a folder of MakeHuman's assets with --assets.")
    return people(recipe.assets, recipe.swatches), place


@lru_cache(maxsize=1)
def people(assets: Path, swatches: Path | None) -> People:
    """Draws people dressed from a folder of assets, and in cloth of a folder of photos; kept for the next call."""
    body = load_body()
    poses = assets / "poses"
    sampler = PoseSampler(body, read_library(poses if poses.is_dir() else None, body))
    wardrobe = open_wardrobe(assets, body)
    return People(body, wardrobe.skins, sampler, Outfitter(wardrobe, _swatches(swatches)))


@lru_cache(maxsize=1)
def _swatches(folder: Path | None) -> Swatches | None:
    return None if folder is None else Swatches(folder)


def _pictures(folder: Path | None) -> tuple[Path, ...]:
    if folder is None:
        return ()
    pictures = (path for path in sorted(folder.iterdir()) if path.suffix.lower() in PICTURES)
    found = tuple(path for path in pictures if not path.stem.endswith(("_mask", "_parts")))
    if not found:
        raise InputError(f"{folder} has no pictures ({', '.join(PICTURES)}).", "Name another folder of backgrounds.")
    return found


def _shard(out: Path, number: int) -> Path:
    return out / PATTERN.format(number)


def _claim(out: Path, category: str, recipe: Recipe) -> None:
    """Write the recipe into the folder, or check that the one there is the same.

    Raises:
        InputError: the folder holds samples of another recipe.
    """
    folders = {name: _digest(getattr(recipe, name)) for name in ("assets", "environments", "swatches", "backgrounds")}
    values = {"category": category, **dataclasses.asdict(recipe), "version": __version__, **folders}
    text = json.dumps(values, indent=1)
    path = out / "recipe.json"
    if not path.is_file():
        write_files({path: text.encode()})
        return
    there = json.loads(path.read_text(encoding="utf-8"))
    other = [name for name, value in json.loads(text).items() if there.get(name) != value]
    if other:
        name = other[0]
        raise InputError(
            f"{out} holds samples of another recipe: {name} is {there.get(name)!r} there, but {values[name]!r} here.",
            "Name another folder, or the same options to go on.",
        )


def _digest(folder: Path | None) -> str | None:
    """Of the names and sizes of a folder's files: enough to notice other assets."""
    if folder is None:
        return None
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
    return digest.hexdigest()
