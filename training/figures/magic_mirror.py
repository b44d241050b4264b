"""`python -m training figure magic-mirror`: figures 7, 8, 9 and 11 of the paper in one command."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mirror_core.checks import check_range
from mirror_core.encoders import MagicMirror
from mirror_core.files import write_files
from training.datasets import CachedPhotos, PhotoSettings, open_source
from training.figures.draw import camera_histograms, camera_moves, exchange, novel_views
from training.figures.views import explain


@dataclass(frozen=True)
class FigureMagicMirror:
    """Novel views, camera manipulation, clothing exchange and camera histograms of a trained model."""

    model: Path
    """The model's folder, as training writes it."""
    data: Path
    """The data set's folder."""
    out: Path = Path("out/figures")
    """Where novel_views.png, camera_moves.png, exchange.png and camera_histograms.png are written."""
    layout: str = "folder"
    """How the data set's files lie: folder, atr, market-hq or cub."""
    split: str = "val"
    """Photos to show: train, val, test or all."""
    photos: int = 6
    """How many are shown, evenly spread; the histograms are of all."""
    views: int = 12
    """Directions of a strip of novel views."""
    height: int = 192
    """Of each picture, pixels."""
    cache: Path | None = None
    """Folder for prepared photos; none: out/cache."""

    def run(self) -> None:
        """Draw and write all four."""
        check_range("photos", self.photos, 1, 100)
        check_range("views", self.views, 1, 72)
        check_range("height", self.height, 32, 1024)
        model = MagicMirror.from_pretrained(self.model)
        source = open_photos(model, self.data, self.layout, self.split, self.cache)
        shown = np.linspace(0, len(source) - 1, min(self.photos, len(source))).round().astype(int).tolist()
        batch, found = explain(model, source, shown)
        every = found if len(shown) == len(source) else explain(model, source, range(len(source)))[1]
        two = explain(model, source, shown[:2])
        pictures = {
            "novel_views": novel_views(model, batch, found, self.views, self.height),
            "camera_moves": camera_moves(model, *two, self.height),
            "exchange": exchange(model, batch, found, self.height),
            "camera_histograms": camera_histograms(model, every),
        }
        for path in write_files(
            {self.out / f"{name}.png": picture for name, picture in pictures.items()}, overwrite=True
        ):
            print(path)


def open_photos(model: MagicMirror, data: Path, layout: str, split: str, cache: Path | None) -> CachedPhotos:
    """The photos of a split, of the model's size."""
    return open_source(data, layout, split, PhotoSettings(image_size=model.config.image_size, cache=cache))
