"""The paper's measures of a trained 3D Magic Mirror, on a folder of photos."""

import dataclasses
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import torch
import tyro
from jaxtyping import Float
from torch import Tensor

from mirror_core import metrics
from mirror_core.attributes import Attributes
from mirror_core.encoders import MagicMirror
from mirror_core.features import FeatureExtractor, GarmentNetwork, InceptionFeatures, features_of
from mirror_core.files import write_files
from mirror_core.rendering import Renderer
from mirror_core.trainers.garment import on_white
from mirror_core.trainers.magic_mirror.picture import picture_grid
from mirror_core.trainers.magic_mirror.views import draw
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.run_folder import made_with
from training.datasets import PhotoSettings, open_source
from training.evaluation.estimated_masks import estimate_masks
from training.evaluation.jpeg import round_trip
from training.evaluation.sheet import write_picture

CHUNK = 25
SHOWN = 24
"""Rows of the picture."""


@dataclass(frozen=True)
class EvaluateMagicMirror:
    """Measure the forward pass alone: MaskIoU, SSIM, and Frechet distances of reconstructions and novel views."""

    model: Path
    """Folder of the model."""
    data: Path
    layout: str = "folder"
    """How the photos lie: folder, atr, market-hq or cub."""
    split: Literal["val", "test", "train", "all"] = "val"
    out: Annotated[Path, tyro.conf.arg(aliases=["-o"])] = Path("out/evaluation")
    """Where NAME.json and NAME.png are written."""
    name: str = "magic_mirror"
    masks: Literal["given", "estimated"] = "given"
    """What the model is shown: the photos' own masks, or what `mirror` finds in the framed photos without them. The
    figures always compare with the photos' own."""
    inception: Path | None = None
    """FID's Inception weights; without them the distances are measured with the project's garment network."""
    release_compatible: bool = False
    """Write every picture as JPEG and read it back before measuring, as the authors' code does."""
    seed: int = 0
    """Of the random azimuths."""
    cache: Path | None = None
    """Folder for prepared photos; none: out/cache."""

    def run(self) -> None:
        """Measure, print and write."""
        model = MagicMirror.from_pretrained(self.model)
        settings = PhotoSettings(image_size=model.config.image_size, cache=self.cache)
        source = open_source(self.data, self.layout, self.split, settings)
        extractor = feature_network(self.inception)
        every = source.batch(torch.arange(len(source)))
        shown, unmasked = (every.mask, 0) if self.masks == "given" else estimate_masks(every.photo)
        views = render_views(model, source, self.seed, shown)
        if self.release_compatible:
            views = views.as_jpeg()
        figures = measure(views) | distances(views, extractor)
        report = {
            "data": "/".join(self.data.parts[-2:]),
            "split": self.split,
            "photos": len(source),
            "masks": self.masks,
            "photos_without_a_found_mask": unmasked,
            "figures": figures,
            "frechet": counts(views, extractor),
            "model": dataclasses.asdict(model.config),
            "seed": self.seed,
            "release_compatible": self.release_compatible,
            "made_with": made_with(),
            "each": views.each(source.names),
        }
        write_files({self.out / f"{self.name}.json": json.dumps(report, indent=1).encode()}, overwrite=True)
        index = torch.linspace(0, len(source) - 1, min(SHOWN, len(source))).round().long()
        batch = PhotoBatch(every.photo[index], shown[index], index)
        with torch.no_grad():
            sheet = torch.cat([picture_grid(model, batch), overlap(views.hard[index], views.mask[index])], dim=2)
        write_picture(sheet, self.out / f"{self.name}.png")
        print(json.dumps(figures, indent=1))


def feature_network(inception: Path | None) -> FeatureExtractor:
    """Inception where the user has its weights, else the project's garment network."""
    return InceptionFeatures(inception) if inception else GarmentNetwork.from_pretrained()


@dataclass(frozen=True)
class Views:
    """Everything a model's photos look like; pictures are on white.

    Attributes:
        photo: what was asked about.
        mask: given.
        reconstruction: from the found camera.
        hard: its mask.
        soft: its soft silhouette.
        novel: from a uniformly random azimuth, then all once more 90 degrees from the found one.
        side: 90 degrees to either side of the found azimuth.
    """

    photo: Float[Tensor, "N 3 H W"]
    mask: Float[Tensor, "N 1 H W"]
    reconstruction: Float[Tensor, "N 3 H W"]
    hard: Float[Tensor, "N 1 H W"]
    soft: Float[Tensor, "N 1 H W"]
    novel: Float[Tensor, "M 3 H W"]
    side: Float[Tensor, "M 3 H W"]

    def as_jpeg(self) -> "Views":
        """All of them written as JPEG of quality 100 and read back."""
        return Views(*(round_trip(getattr(self, field.name)) for field in dataclasses.fields(self)))

    def each(self, names: list[str]) -> list[dict[str, float | str]]:
        """Overlap and similarity of each photo."""
        hard, soft = metrics.mask_iou(self.hard, self.mask), metrics.mask_iou(self.soft, self.mask)
        pairs = zip(self.reconstruction.split(1), self.photo.split(1), strict=True)
        rows = zip(names, hard.tolist(), soft.tolist(), [metrics.ssim(a, b) for a, b in pairs], strict=True)
        return [{"photo": name, "mask_iou": h, "mask_iou_soft": s, "ssim": like} for name, h, s, like in rows]


@torch.no_grad()
def render_views(
    model: MagicMirror, source: PhotoSource, seed: int, shown: Float[Tensor, "N 1 H W"] | None = None
) -> Views:
    """Ask the model about every photo and look at its answers from all sides.

    Args:
        model: in evaluation mode.
        source: photos with their own masks, which the answers are compared with.
        seed: of the random azimuths.
        shown: masks that the model is shown; none: the photos' own.
    """
    renderer = Renderer(image_size=model.config.image_size)
    azimuths = torch.rand(len(source), generator=torch.Generator().manual_seed(seed)) * 360.0 - 180.0
    parts: dict[str, list[Tensor]] = {field.name: [] for field in dataclasses.fields(Views)}
    quarter: list[Tensor] = []
    for index in torch.arange(len(source)).split(CHUNK):
        batch = source.batch(index)
        mask = batch.mask if shown is None else shown[index]
        found = dataclasses.replace(model(batch.photo, mask), background=None)
        view = draw(model, found, renderer)

        def from_azimuth(azimuth: Tensor, found: Attributes = found) -> Tensor:
            camera = dataclasses.replace(found.camera, azimuth=azimuth)
            seen = draw(model, dataclasses.replace(found, camera=camera), renderer)
            return seen.rgb * seen.image.mask + 1.0 - seen.image.mask

        own = found.camera.azimuth
        right, left = from_azimuth(own + 90.0), from_azimuth(own - 90.0)
        quarter.append(right)
        values = {
            "photo": on_white(batch),
            "mask": batch.mask,
            "reconstruction": view.rgb * view.image.mask + 1.0 - view.image.mask,
            "hard": view.image.mask,
            "soft": view.image.silhouette,
            "novel": from_azimuth(azimuths[index]),
            "side": torch.cat([right, left]),
        }
        for name, value in values.items():
            parts[name].append(value)
    parts["novel"] += quarter
    return Views(**{name: torch.cat(values) for name, values in parts.items()})


def measure(views: Views) -> dict[str, float]:
    """Means over the photos: overlap by hard and by soft masks (the release's), structural similarity."""
    figures = {
        "mask_iou": float(metrics.mask_iou(views.hard, views.mask).mean()),
        "mask_iou_soft": float(metrics.mask_iou(views.soft, views.mask).mean()),
        "ssim": metrics.ssim(views.reconstruction, views.photo),
    }
    perceptual = metrics.lpips_if_available(views.reconstruction, views.photo)
    return figures if perceptual is None else figures | {"lpips": perceptual}


def distances(views: Views, extractor: FeatureExtractor) -> dict[str, float]:
    """Frechet distances to the photos on white, the feature network's name in every key."""
    photos = features_of(extractor, views.photo)
    compared = {"recon": views.reconstruction, "novel": views.novel, "90": views.side}
    prefix = "fid" if extractor.name == "inception" else f"frechet_{extractor.name}"
    return {
        f"{prefix}_{name}": metrics.frechet_distance(features_of(extractor, pictures), photos)
        for name, pictures in compared.items()
    }


def counts(views: Views, extractor: FeatureExtractor) -> dict[str, int | str]:
    """What the distances are made from; with fewer pictures than features they are far too large."""
    size = extractor.describe(views.photo[:1]).shape[1]
    return {
        "network": extractor.name,
        "features": size,
        "photos": len(views.photo),
        "pictures_recon": len(views.reconstruction),
        "pictures_novel": len(views.novel),
        "pictures_90": len(views.side),
    }


def overlap(rendered: Float[Tensor, "N 1 H W"], mask: Float[Tensor, "N 1 H W"]) -> Float[Tensor, "3 H2 W"]:
    """A column of tiles: grey where both are, red where only the photo's mask is, blue where only the rendering is."""
    both, missing, more = rendered * mask, mask * (1.0 - rendered), rendered * (1.0 - mask)
    tiles = torch.cat([1.0 - 0.4 * both - more, 1.0 - 0.4 * both - missing - more, 1.0 - 0.4 * both - missing], dim=1)
    return torch.cat(list(tiles), dim=1)
