"""CUB and PASCAL3D+ in their own layouts, with CMR's cache, of photos that show a sphere of four colours.

Every photo has 80 x 100 pixels and shows a unit sphere of 30 pixels radius about the pixel (50, 40): red at the upper
right, green at the upper left, blue at the lower left, white at the lower right, on grey. The box of an odd photo
reaches 10 pixels further to the left. Photos of the first class see the front; of the second one, the side x < 0, with
the front at the right.
"""

from pathlib import Path

import cv2
import numpy as np
from scipy.io import savemat

SCALE, CENTRE = 30.0, (50.0, 40.0)
CLASSES = ("001.Front", "002.Side")
COLOURS = {(1, 1): (230, 20, 20), (-1, 1): (20, 230, 20), (-1, -1): (20, 20, 230), (1, -1): (230, 230, 230)}
"""By the signs of x (right) and y (up)."""
TURNS = (np.eye(3), np.array([[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [-1.0, 0.0, 0.0]]))
"""Of each class, from model space to camera space: x right, y up, z towards the eye."""
HALF_TURN = np.diag([1.0, -1.0, -1.0])
"""CMR's axes y and z are the other way round."""


def write_cub(data: Path, each: int = 3) -> Path:
    """So many photos of each class; returns CMR's cache, which lies beside."""
    names = [f"{folder}/{kind}_{number}.jpg" for kind, folder in enumerate(CLASSES) for number in range(each)]
    for name in names:
        _draw(data / "images" / name, data / "segmentations" / Path(name).with_suffix(".png"))
    kinds = [CLASSES.index(Path(name).parent.name) for name in names]
    cache = data.with_name("cmr")
    _write_cache((cache / "data" / "train_cub_cleaned.mat", cache / "sfm" / "anno_train.mat"), names, kinds)
    return cache


def write_cars(data: Path) -> Path:
    """Two photos of ImageNet and one of PASCAL; returns CMR's cache."""
    names = ["car_imagenet/n1_1.JPEG", "car_pascal/2008_1.JPEG", "car_imagenet/n2_2.JPEG"]
    for name in names:
        _draw(data / "Images" / name, data / "Masks" / Path(name).with_suffix(".png"))
    cache = data.with_name("cmr")
    _write_cache((cache / "data" / "car_train.mat", cache / "sfm" / "car_train.mat"), names, [0, 0, 1])
    return cache


def _draw(photo: Path, mask: Path) -> None:
    across, up = np.arange(100) - CENTRE[0], CENTRE[1] - np.arange(80)[:, None]
    picture = np.full((80, 100, 3), 128, np.uint8)
    inside = np.hypot(across, up) <= SCALE
    for (right, above), colour in COLOURS.items():
        picture[inside & (across * right >= 0) & (up * above >= 0)] = colour
    for path in (photo, mask):
        path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(photo), picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 100])
    cv2.imwrite(str(mask), np.where(inside, 255, 0).astype(np.uint8))


def _write_cache(paths: tuple[Path, Path], names: list[str], kinds: list[int]) -> None:
    boxes = [{"x1": 21.0 - 10.0 * (n % 2), "y1": 11.0, "x2": 81.0, "y2": 71.0} for n in range(len(names))]
    kind = [("rel_path", object), ("bbox", object)]
    images = np.array(list(zip(names, boxes, strict=True)), dtype=kind)
    rows = [(SCALE, np.array(CENTRE), HALF_TURN @ TURNS[one]) for one in kinds]
    poses = np.array(rows, dtype=[("scale", object), ("trans", object), ("rot", object)])
    for path, values in zip(paths, ({"images": images}, {"sfm_anno": poses}), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        savemat(path, values)
