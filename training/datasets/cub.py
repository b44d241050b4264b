"""CUB-200-2011 (Wah et al. 2011), as 3D Magic Mirror uses it: birds.

    images.txt                       "1 001.Black_footed_Albatross/NAME.jpg" a line
    train_test_split.txt             "1 0" a line: a photo's number, 1 for training
    bounding_boxes.txt               "1 60.0 27.0 325.0 304.0" a line: left, top, width, height in pixels
    images/CLASS/NAME.jpg            the photos
    segmentations/CLASS/NAME.png     the masks, a download of its own; grey above 160 is foreground

All as published: 5,994 photos for training, 5,794 for testing. The paper pads to a square and resizes to 128 x 128; its
release says that photos are cropped first, not how. Here they are cropped to the data set's boxes, with which the
published limits of the foreground share agree. A mask may carry its share in its name, NAME_0.36.png; else it is
measured on the prepared picture.
"""

from pathlib import Path

import numpy as np

from mirror_core.errors import InputError
from training.datasets.area_suffix import MASK_THRESHOLD, find_masks, require_folder, require_lines
from training.datasets.augment import Augmentation
from training.datasets.folder import Sample
from training.datasets.layout import Layout

PHOTOS, MASKS = "images", "segmentations"


def _find(data: Path, split: str) -> list[Sample]:
    names = _table(data / "images.txt", 1)
    training = _table(data / "train_test_split.txt", 1)
    boxes = _table(data / "bounding_boxes.txt", 4)
    require_folder(data / PHOTOS, "with a folder of photos for each class")
    masks = find_masks(data / MASKS)
    if set(names) != set(training) or set(names) != set(boxes):
        raise InputError(
            f"images.txt, train_test_split.txt and bounding_boxes.txt of {data} do not list the same photos.",
            "Copy all three from the same release.",
        )
    wanted = {"train": ("1",), "test": ("0",), "all": ("0", "1")}[split]
    samples: list[Sample] = []
    for number, (name,) in names.items():
        if training[number][0] in wanted:
            samples.append(_sample(data, name, masks, boxes[number]))
    return samples


def _table(path: Path, columns: int) -> dict[str, tuple[str, ...]]:
    """The words after a photo's number in each line, by number."""
    table: dict[str, tuple[str, ...]] = {}
    for line in require_lines(path, f"with a photo's number and {columns} more words a line"):
        number, *words = line.split()
        if len(words) != columns:
            raise InputError(f"{path} has the line {line!r}.", f"Expected are a number and {columns} more words.")
        table[number] = tuple(words)
    return table


def _sample(data: Path, name: str, masks: dict[str, tuple[Path, float | None]], box: tuple[str, ...]) -> Sample:
    photo, key = data / PHOTOS / name, Path(name).with_suffix("").as_posix()
    if not photo.is_file():
        raise InputError(f"There is no photo {photo}, which images.txt names.", "Copy it there.")
    if key not in masks:
        raise InputError(f"{data / MASKS} has no mask {key}.png.", "Copy it from the segmentations of CUB-200-2011.")
    left, top, width, height = (float(word) for word in box)
    corners = (left, top, left + width, top + height)
    limits = tuple(max(0, int(np.floor(v) if i < 2 else np.ceil(v))) for i, v in enumerate(corners))
    mask, area = masks[key]
    return Sample(photo, mask, MASK_THRESHOLD, area, (limits[0], limits[1], limits[2], limits[3]))


CUB = Layout(
    find=_find,
    has_val=lambda data: False,
    image_size=(128, 128),
    fit="pad",
    augmentation=Augmentation(),
    area=(0.16, 0.64),
    clean=(0.25, 0.49),
)
"""128 x 128; pad 10, crop with sides of their own."""
