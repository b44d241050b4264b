"""Cameras of CUB photos and of PASCAL3D+'s cars as CMR keeps them (Kanazawa et al. 2018), and those it predicted.

    CACHE/sfm/anno_train.mat             `sfm_anno`: scale, trans (2), rot (3x3) of each photo, by structure from motion
    CACHE/data/train_cub_cleaned.mat     `images`: rel_path and bbox (x1, y1, x2, y2, from 1) of the same photos
    CACHE/sfm/car_train.mat              the same of PASCAL3D+'s cars, and data/car_train.mat
    CACHE/cmr_pred_cam.pth               by photo: pred_cam (scale, tx, ty, qw, qx, qy, qz), pred_pose_overlay_iou

All belong to a square window: the box, 5 % wider on each side, made square. In it a camera is a weak perspective.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import torch
from scipy.spatial.transform import Rotation

from mirror_core.attributes import WeakPerspective
from mirror_core.errors import InputError

PADDING = 0.05
"""Of the box's sides, added at each border (CMR)."""
TRUSTED = 0.7
"""Overlap of a predicted camera's rendering with the mask above which it replaces structure from motion's (release)."""

CARS = "car_imagenet/"
"""Folder of PASCAL3D+'s photos that ConvMesh is trained on; others are left out."""

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True)
class PosedPhoto:
    """A photo's window and its camera there.

    Attributes:
        name: path below the folder of photos.
        window: left, upper, right and lower border in pixels; may reach beyond the photo.
        camera: one (B = 1); NDC of the window.
    """

    name: str
    window: tuple[int, int, int, int]
    camera: WeakPerspective


def square_window(box: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    """The box, padded and made square about its centre (CMR).

    Args:
        box: left, upper, right, lower, pixels counted from 0.
    """
    left, top, right, bottom = box
    wide, high = (right - left + 1) * PADDING, (bottom - top + 1) * PADDING
    left, top, right, bottom = left - wide, top - high, right + wide, bottom + high
    side = max(right - left, bottom - top)
    across, down = (left + right) / 2 - side / 2, (top + bottom) / 2 - side / 2
    return round(across), round(down), round(across) + round(side), round(down) + round(side)


def read_cub_cameras(cache: Path, split: str) -> list[PosedPhoto]:
    """CUB photos of a split with the cameras of structure from motion.

    Args:
        cache: CMR's folder with sfm/ and data/.
        split: "train", "val", "test" or "testval".

    Raises:
        InputError: a file is missing, or the two do not list the same photos.
    """
    return _read(cache / "data" / f"{split}_cub_cleaned.mat", cache / "sfm" / f"anno_{split}.mat")


def read_car_cameras(cache: Path, split: str) -> list[PosedPhoto]:
    """PASCAL3D+'s photos of cars from ImageNet with the cameras of structure from motion.

    Args:
        cache: CMR's folder with sfm/ and data/.
        split: "train" or "val".

    Raises:
        InputError: a file is missing, or the two do not list the same photos.
    """
    found = _read(cache / "data" / f"car_{split}.mat", cache / "sfm" / f"car_{split}.mat")
    return [photo for photo in found if photo.name.startswith(CARS)]


def _read(data: Path, sfm: Path) -> list[PosedPhoto]:
    images, poses = _records(data, "images"), _records(sfm, "sfm_anno")
    if len(images) != len(poses):
        raise InputError(
            f"{data} has {len(images)} photos, but {sfm} has {len(poses)} cameras.", "Copy both from one CMR cache."
        )
    return [_posed(image, pose) for image, pose in zip(images, poses, strict=True)]


def _posed(image: Any, pose: Any) -> PosedPhoto:
    corners = [float(getattr(image.bbox, name)) - 1.0 for name in ("x1", "y1", "x2", "y2")]
    window = square_window((corners[0], corners[1], corners[2], corners[3]))
    side = window[2] - window[0]
    shift = (np.asarray(pose.trans, np.float64).ravel()[:2] - window[:2]) * (2.0 / side) - 1.0
    camera = _camera(float(pose.scale) * 2.0 / side, shift, quaternion_of(np.asarray(pose.rot, np.float64)))
    return PosedPhoto(str(image.rel_path), window, camera)


def quaternion_of(rotation: Doubles) -> Doubles:
    """(w, x, y, z) of a rotation matrix; one that mirrors is taken without its mirror."""
    x, y, z, w = Rotation.from_matrix(rotation * np.sign(np.linalg.det(rotation))).as_quat()
    return np.array([w, x, y, z])


def read_predicted_cameras(path: Path, least: float = TRUSTED) -> dict[str, WeakPerspective]:
    """CMR's own predictions by photo, without those that fit their masks badly.

    Args:
        path: the file.
        least: overlap with the mask from which on a camera is taken.

    Raises:
        InputError: it cannot be read, or holds other things.
    """
    try:
        found = cast("dict[str, Any]", torch.load(path, map_location="cpu", weights_only=True))
        return {
            name: _camera(*_split([float(value) for value in one["pred_cam"]]))
            for name, one in found.items()
            if float(one["pred_pose_overlay_iou"]) > least
        }
    except (OSError, RuntimeError, KeyError, TypeError, AttributeError, ValueError) as error:
        raise InputError(
            f"{path} holds no cameras: {error}.",
            "Expected is a dictionary of pred_cam and pred_pose_overlay_iou by photo, as tensors and plain numbers.",
        ) from error


def _split(numbers: list[float]) -> tuple[float, Doubles, Doubles]:
    scale, tx, ty, *rotation = numbers
    if len(rotation) != 4:
        raise ValueError(f"a camera has {len(numbers)} numbers, not 7")
    return scale, np.array([tx, ty]), np.array(rotation)


def _camera(scale: float, shift: Doubles, rotation: Doubles) -> WeakPerspective:
    rows = (torch.from_numpy(np.atleast_2d(part)).float() for part in (shift, rotation))
    return WeakPerspective.from_cmr(torch.tensor([scale], dtype=torch.float32), *rows)


def mirrored(camera: WeakPerspective) -> WeakPerspective:
    """The camera that sees a mirrored object as a mirror shows what this one sees: conjugation by diag(-1, 1, 1)."""
    turn = camera.rotation.new_tensor([1.0, 1.0, -1.0, -1.0])
    shift = camera.translation.new_tensor([-1.0, 1.0])
    return WeakPerspective(camera.scale, camera.translation * shift, camera.rotation * turn)


def _records(path: Path, name: str) -> list[Any]:
    from scipy.io import loadmat
    from scipy.io.matlab import MatReadError

    try:
        values = cast(Any, loadmat(str(path), squeeze_me=True, struct_as_record=False)[name])
    except (OSError, KeyError, ValueError, MatReadError) as error:
        raise InputError(f"{path} cannot be read: {error}.", "Copy it from CMR's cache of annotations.") from error
    return list(np.atleast_1d(values))
