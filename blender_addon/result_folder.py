"""Reads a result folder (the format of mirror_core.pipelines.folder) into arrays. No bpy, no mirror_core."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import ResultError
from .geometry import Pose

FORMAT = 1

ARRAYS = ("template_vertices", "vertices", "faces", "uv", "uv_faces")


@dataclass(frozen=True)
class Result:
    """A reconstruction as files have it: model space, template units."""

    folder: Path
    kind: str
    template_vertices: npt.NDArray[np.float32]
    vertices: npt.NDArray[np.float32]
    faces: npt.NDArray[np.int64]
    uv: npt.NDArray[np.float32]
    uv_faces: npt.NDArray[np.int64]
    pose: Pose
    light: tuple[float, ...]
    crop: tuple[float, float, float]
    photo: Path
    photo_size: tuple[int, int]
    """Width and height in pixels, upright."""
    photo_sha256: str
    metrics: dict[str, Any]
    provenance: dict[str, Any]

    @property
    def name(self) -> str:
        """What to call it: after its photo, or, where there was none, its kind and seed."""
        if self.provenance.get("settings", {}).get("method") == "sample":
            return f"{self.kind.capitalize()} {self.provenance.get('seed', 0)}"
        return self.photo.stem or "Mirror"

    @property
    def texture(self) -> Path:
        """The texture's file."""
        return self.folder / "texture.png"

    @property
    def confidence(self) -> Path:
        """The picture that says which texels the photo shows."""
        return self.folder / "confidence.png"

    @property
    def upright_photo(self) -> Path:
        """The photo as it is to be seen: a copy where its file is stored rotated, else the file itself."""
        copy = self.folder / "photo.png"
        return copy if copy.is_file() else self.photo


def read_result(folder: Path) -> Result:
    """Read a result folder.

    Raises:
        ResultError: something is missing, damaged, or of another format.
    """
    remedy = "Choose a folder that Mirror wrote, or reconstruct again."
    if not (folder / "result.json").is_file():
        raise ResultError(f"There is no result in {folder}: it has no result.json.", remedy)
    try:
        fields = json.loads((folder / "result.json").read_text(encoding="utf-8"))
        if fields["format"] != FORMAT:
            raise ResultError(f"The result in {folder} has format {fields['format']}, not {FORMAT}.", remedy)
        arrays = {name: np.load(folder / f"{name}.npy", allow_pickle=False) for name in ARRAYS}
        result = _result(folder, fields, arrays)
    except (OSError, ValueError, KeyError, TypeError, EOFError) as error:
        raise ResultError(f"The result in {folder} is damaged: {error!r}.", remedy) from error
    for picture in (result.texture, result.confidence):
        _check_picture(picture, remedy)
    return result


def _check_picture(path: Path, remedy: str) -> None:
    """Only the two ends: decoding large pictures would hold Blender up, which does it anyway once they are seen."""
    if not path.is_file():
        raise ResultError(f"The result in {path.parent} has no {path.name}.", remedy)
    data = path.read_bytes()
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or b"IEND" not in data[-12:]:
        raise ResultError(f"The picture {path} is damaged.", remedy)


def _result(folder: Path, fields: dict[str, Any], arrays: dict[str, Any]) -> Result:
    camera, crop, photo = fields["camera"], fields["crop"], fields["photo"]
    count = len(arrays["vertices"])
    if arrays["vertices"].shape != (count, 3) or arrays["template_vertices"].shape != (count, 3):
        raise ValueError(f"vertices have shape {arrays['vertices'].shape}")
    if arrays["faces"].min() < 0 or arrays["faces"].max() >= count or arrays["uv_faces"].max() >= len(arrays["uv"]):
        raise ValueError("faces name vertices that are not there")
    if len(fields["light"]) != 9:
        raise ValueError(f"light has {len(fields['light'])} coefficients, not 9")
    return Result(
        folder=folder,
        kind=str(fields["kind"]),
        pose=Pose(camera["azimuth"], camera["elevation"], camera["distance"], tuple(camera["offset"])),
        light=tuple(map(float, fields["light"])),
        crop=(crop["left"], crop["top"], crop["size"]),
        photo=Path(photo["path"]),
        photo_size=(int(photo["width"]), int(photo["height"])),
        photo_sha256=str(photo["sha256"]),
        metrics=dict(fields["metrics"]),
        provenance=dict(fields["provenance"]),
        **arrays,
    )
