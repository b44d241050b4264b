"""Market-HQ (3D Magic Mirror): Market-1501 enlarged four times, with masks projected from fitted bodies.

    pytorch/train/0002/NAME.jpg      photos by identity, in the folders that the authors' code for re-identification
    pytorch/val/0002/NAME.jpg        makes of Market-1501: val has one photo of each of the 751 identities, train the
    pytorch/query/0001/NAME.jpg      others, together 12,936; query has 3,368 of 750 others (the paper writes 3,386)
    seg_hmr/train/0002/NAME_0.36.png masks in the same folders, or train_all for both; grey above 160 is foreground

The paper and its release name only seg_hmr and the suffix; pytorch/SPLIT/IDENTITY is the layout of the authors' code
for Market-1501. PNG photos are read as well. A mask without a suffix has its share measured on the prepared picture.
"""

from pathlib import Path

from mirror_core.errors import InputError
from training.datasets.area_suffix import find_masks, pair, require_folder
from training.datasets.augment import Augmentation
from training.datasets.folder import PHOTO_SUFFIXES, Sample
from training.datasets.layout import Layout

PHOTOS, MASKS = "pytorch", "seg_hmr"
FOLDERS = {"train": ("train",), "val": ("val",), "test": ("query",), "all": ("train", "val", "query")}


def _find(data: Path, split: str) -> list[Sample]:
    return [sample for folder in FOLDERS[split] for sample in _find_in(data, folder)]


def _find_in(data: Path, folder: str) -> list[Sample]:
    photos = data / PHOTOS / folder
    require_folder(photos, "with a folder of photos for each identity")
    both = data / MASKS / "train_all"
    masks = find_masks(both if folder in ("train", "val") and both.is_dir() else data / MASKS / folder)
    samples: list[Sample] = []
    for path in sorted(photos.glob("*/*")):
        if path.suffix.lower() not in PHOTO_SUFFIXES:
            continue
        name = path.relative_to(photos).with_suffix("").as_posix()
        if name not in masks:
            raise InputError(
                f"The photo {path} has no mask {name}_0.36.png in {data / MASKS}.",
                "Copy it there, or remove the photo.",
            )
        samples.append(pair(path, masks[name]))
    if not samples:
        raise InputError(f"{photos} has no photos.", "Expected is IDENTITY/NAME.jpg, as 0002/0002_c1s1_000451_03.jpg.")
    return samples


MARKET_HQ = Layout(
    find=_find,
    has_val=lambda data: (data / PHOTOS / "val").is_dir(),
    image_size=(128, 64),
    fit="stretch",
    augmentation=Augmentation(crop="same"),
    area=(0.09, 0.64),
    clean=(0.36, 0.49),
)
"""128 x 64, the photos' own aspect; pad 10, a window of the same size."""
