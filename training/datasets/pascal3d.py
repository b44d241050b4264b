"""PASCAL3D+ (Xiang et al. 2014) in its own layout: cars of its ImageNet part, on which ConvMesh is trained.

    Image_sets/car_imagenet_train.txt        names of photos, one a line; also _val
    Images/car_imagenet/NAME.JPEG            the photos
    Annotations/car_imagenet/NAME.mat        `record`: objects with class, bbox, viewpoint, cad_index
    Masks/car_imagenet/NAME.png              masks, which the data set has not: grey above half is car

A photo is used when just one of its objects is of the category and has a viewpoint; an untrained split is "test".
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from training.datasets.area_suffix import require_lines
from training.datasets.augment import Augmentation
from training.datasets.folder import Sample
from training.datasets.layout import Layout

CATEGORY = "car"
SETS = {"train": ("train",), "test": ("val",), "all": ("train", "val")}


@dataclass(frozen=True)
class Annotation:
    """The one object of a photo.

    Attributes:
        box: left, upper, right, lower border in pixels, counted from 0.
        azimuth: degrees; 0 sees the front, 90 the side that is left in the photo then.
        elevation: degrees.
        roll: degrees that the picture is turned by.
        cad: number of the CAD model it resembles, counted from 1.
    """

    box: tuple[float, float, float, float]
    azimuth: float
    elevation: float
    roll: float
    cad: int

    def camera(self, distance: float = 2.5) -> Camera:
        """Our camera from that side; the annotated distance is in units of the CAD model, hence it is not kept."""
        return Camera.single(self.azimuth, self.elevation, distance)


def read_annotation(path: Path, category: str = CATEGORY) -> Annotation | None:
    """The one object of that category with a viewpoint; none where there are several or none.

    Raises:
        InputError: the file cannot be read.
    """
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        record = cast(Any, loadmat(str(path), squeeze_me=True, struct_as_record=False)["record"])
    except (OSError, KeyError, ValueError, MatReadError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Copy it from PASCAL3D+.") from error
    objects = [one for one in np.atleast_1d(record.objects) if getattr(one, "class", "") == category]
    posed = [one for one in objects if getattr(getattr(one, "viewpoint", None), "azimuth", None) is not None]
    if len(objects) != 1 or not posed:
        return None
    one, view = posed[0], posed[0].viewpoint
    left, top, right, bottom = (float(value) - 1.0 for value in np.ravel(one.bbox))
    numbers = float(view.azimuth), float(view.elevation), float(getattr(view, "theta", 0.0) or 0.0)
    return Annotation((left, top, right, bottom), *numbers, int(getattr(one, "cad_index", 0) or 0))


def _find(data: Path, split: str) -> list[Sample]:
    found: list[Sample] = []
    for name in SETS[split]:
        for line in require_lines(
            data / "Image_sets" / f"{CATEGORY}_imagenet_{name}.txt", "with a photo's name a line"
        ):
            sample = _sample(data, line.strip())
            if sample is not None:
                found.append(sample)
    return found


def _sample(data: Path, name: str) -> Sample | None:
    folder = f"{CATEGORY}_imagenet"
    photo, mask = data / "Images" / folder / f"{name}.JPEG", data / "Masks" / folder / f"{name}.png"
    annotation = read_annotation(data / "Annotations" / folder / f"{name}.mat")
    if annotation is None:
        return None
    for path in (photo, mask):
        if not path.is_file():
            raise InputError(f"There is no {path}, which the lists of {data} name.", "Copy it there, or make the mask.")
    left, top, right, bottom = annotation.box
    corners = max(0, int(left)), max(0, int(top)), int(np.ceil(right)) + 1, int(np.ceil(bottom)) + 1
    return Sample(photo, mask, box=corners)


PASCAL3D = Layout(
    find=_find, has_val=lambda data: False, image_size=(256, 256), fit="pad", augmentation=Augmentation(fill="edge")
)
"""Square windows of 256 as MeshInversion takes them; the published part is `car_imagenet`."""
