"""ATR (Liang et al. 2015), as 3D Magic Mirror uses it.

    ATR_train.txt, ATR_test.txt      a mask's name a line, "dataset10k_1848_0.20.png": the photo's name and the share of
                                     it that is foreground; these lists come with the paper's release
    JPEGImages/NAME.jpg              the photos, as ATR is published ("humanparsing")
    SegmentationClassAug/NAME.png    18 labels, all above 0 are foreground; or NAME_0.20.png: grey above 160 is

The lists name 16,000 photos for training, of which 15,500 pass the area filter, and 1,706 for testing (the paper says
1,000). The names of the two folders are ATR's own: the paper's release says nothing of them.
"""

from pathlib import Path

from mirror_core.errors import InputError
from training.datasets.area_suffix import (
    MASK_THRESHOLD,
    find_masks,
    find_photo,
    pair,
    require_folder,
    require_lines,
    split_name,
)
from training.datasets.augment import Augmentation
from training.datasets.folder import Sample
from training.datasets.layout import Layout

PHOTOS, MASKS = "JPEGImages", "SegmentationClassAug"


def _find(data: Path, split: str) -> list[Sample]:
    lists = ("train", "test") if split == "all" else (split,)
    lines = [line for name in lists for line in require_lines(data / f"ATR_{name}.txt", "of masks, NAME_0.23.png")]
    require_folder(data / PHOTOS, "with the photos, NAME.jpg")
    masks = find_masks(data / MASKS)
    return [_sample(data, line, masks) for line in lines]


def _sample(data: Path, line: str, masks: dict[str, tuple[Path, float | None]]) -> Sample:
    name, area = split_name(Path(line).stem)
    if area is None:
        raise InputError(
            f"The line {line!r} of a list of {data} has no foreground share.", "Each line must be like NAME_0.23.png."
        )
    if name not in masks:
        raise InputError(f"{data / MASKS} has no mask of {name}, which a list names.", "Copy it there.")
    path, in_name = masks[name]
    threshold = 0 if in_name is None else MASK_THRESHOLD
    return pair(find_photo(data / PHOTOS, name), (path, area), threshold)


ATR = Layout(
    find=_find,
    has_val=lambda data: False,
    image_size=(160, 96),
    fit="stretch",
    augmentation=Augmentation(),
    area=(0.09, 0.49),
    clean=(0.18, 0.26),
)
"""160 x 96, the aspect distorted; pad 10, crop with sides of their own."""
