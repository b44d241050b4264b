"""A reconstruction as a folder of plain files: what the worker hands to Blender and `mirror turntable` reads.

`result.json` has the numbers, `.npy` files the arrays, PNGs the pictures. Loading runs no code from the folder.
"""

import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image

from mirror_core.checks import check_choice, check_finite, check_shape
from mirror_core.errors import InputError, OutputError
from mirror_core.files import new_folder
from mirror_core.images import Crop
from mirror_core.mesh import Template, make_template
from mirror_core.pipelines.result import CameraPose, Provenance, Reconstruction

FORMAT = 1
REMEDY = "Reconstruct the photo again."
UV_FIELDS = ("faces", "uv", "uv_faces", "uv_vertex")


def save_folder(result: Reconstruction, folder: Path | str, *, overwrite: bool = False) -> Path:
    """Write a reconstruction as a folder, whole or not at all.

    Args:
        result: what to write.
        folder: its name; the parent is made as needed.
        overwrite: replace an earlier result's folder; any other folder is refused.

    Raises:
        OutputError: the folder exists, or the disk refuses.
    """
    folder = Path(folder)
    if overwrite and folder.is_dir() and any(folder.iterdir()) and not (folder / "result.json").is_file():
        raise OutputError(f"{folder} is a folder of other files and is not replaced.", "Choose another name.")
    with new_folder(folder, overwrite=overwrite) as temporary:
        for name, array in _arrays(result).items():
            np.save(temporary / f"{name}.npy", array, allow_pickle=False)
        for name in ("texture", "confidence", "completed"):
            (temporary / f"{name}.png").write_bytes(png_bytes(getattr(result, name)))
        mask = np.round(np.clip(result.mask, 0.0, 1.0) * 255.0).astype(np.uint8)
        (temporary / "mask.png").write_bytes(png_bytes(mask))
        text = json.dumps(_numbers(result), indent=2, allow_nan=False)
        (temporary / "result.json").write_text(text + "\n", encoding="utf-8")
    return folder


def load_folder(folder: Path | str) -> Reconstruction:
    """Read what `save_folder` wrote; the mask comes back rounded to 1/255.

    Raises:
        InputError: the folder or a file in it is missing, damaged, or of another format.
    """
    folder = Path(folder)
    numbers = _read_numbers(folder)
    try:
        photo, provenance = numbers["photo"], numbers["provenance"]
        left, top, size = (float(numbers["crop"][name]) for name in ("left", "top", "size"))
        camera = numbers["camera"]
        azimuth, elevation, distance = (float(camera[name]) for name in ("azimuth", "elevation", "distance"))
        x, y = (float(value) for value in camera["offset"])
        return Reconstruction(
            template=_read_template(folder),
            vertices=_read_array(folder, "vertices", np.float32),
            texture=_read_picture(folder, "texture", "RGB"),
            confidence=_read_picture(folder, "confidence", "L"),
            completed=_read_completed(folder),
            camera=CameraPose(azimuth, elevation, distance, (x, y)),
            light=np.asarray(numbers["light"], np.float32).reshape(9),
            crop=Crop(left, top, size),
            mask=_read_picture(folder, "mask", "L").astype(np.float32) / np.float32(255.0),
            kind=_checked_kind(numbers["kind"]),
            metrics={name: float(value) for name, value in numbers["metrics"].items()},
            provenance=Provenance(
                photo=photo["path"],
                photo_sha256=photo["sha256"],
                photo_size=(photo["height"], photo["width"]),
                **{name: provenance[name] for name in _PROVENANCE},
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{folder / 'result.json'} lacks or garbles a value ({error!r}).", REMEDY) from error


_PROVENANCE = ("version", "mask_method", "mask_confidence", "seed", "settings")


def png_bytes(picture: npt.NDArray[np.uint8]) -> bytes:
    """An (H, W) or (H, W, 3) picture as a PNG file."""
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG", compress_level=4)
    return buffer.getvalue()


def _arrays(result: Reconstruction) -> dict[str, npt.NDArray[Any]]:
    template = result.template
    arrays = {name: np.asarray(getattr(template, name).cpu().numpy()) for name in UV_FIELDS}
    return {
        "template_vertices": template.vertices.cpu().numpy().astype(np.float32),
        "vertices": result.vertices.astype(np.float32),
        **{name: array.astype(np.float32 if name == "uv" else np.int64) for name, array in arrays.items()},
    }


def _numbers(result: Reconstruction) -> dict[str, object]:
    height, width = result.provenance.photo_size
    return {
        "format": FORMAT,
        "kind": result.kind,
        "camera": {**dataclasses.asdict(result.camera), "offset": [float(value) for value in result.camera.offset]},
        "light": [float(value) for value in result.light],
        "crop": dataclasses.asdict(result.crop),
        "photo": {
            "path": result.provenance.photo,
            "width": width,
            "height": height,
            "sha256": result.provenance.photo_sha256,
        },
        "metrics": {name: float(value) for name, value in result.metrics.items()},
        "provenance": {name: getattr(result.provenance, name) for name in _PROVENANCE},
    }


def _read_numbers(folder: Path) -> dict[str, Any]:
    path = folder / "result.json"
    try:
        numbers = json.loads(path.read_text(encoding="utf-8"))
        found = numbers["format"]
    except OSError:
        raise InputError(f"{folder} is not a result folder: it has no readable result.json.", REMEDY) from None
    except (ValueError, TypeError, KeyError) as error:
        raise InputError(f"{path} is not a result file ({error!r}).", REMEDY) from error
    if found != FORMAT:
        raise InputError(f"{path} has format {found!r}, but this version reads format {FORMAT}.", REMEDY)
    return numbers


def _read_template(folder: Path) -> Template:
    """The template of that vertex count, as the ellipsoid it was; vertex order and UV map must be this version's."""
    vertices = _read_array(folder, "template_vertices", np.float32)
    template = make_template(len(vertices))
    for name in UV_FIELDS:
        expected = getattr(template, name).numpy()
        stored = _read_array(folder, name, expected.dtype.type)
        if stored.shape != expected.shape or not np.allclose(stored, expected, atol=1e-6):
            raise InputError(f"{folder / name}.npy differs from this version's template.", REMEDY)
    return dataclasses.replace(template, vertices=torch.as_tensor(vertices))


def _read_array(folder: Path, name: str, dtype: type[np.generic]) -> npt.NDArray[Any]:
    path = folder / f"{name}.npy"
    try:
        array = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise InputError(f"{path} is missing or damaged.", REMEDY) from error
    if array.dtype != dtype:
        raise InputError(f"{path} must hold {dtype.__name__} values, but holds {array.dtype}.", REMEDY)
    if name.endswith("vertices"):
        check_shape(str(path), array, ("V", 3))
        check_finite(str(path), array)
    return array


def _read_picture(folder: Path, name: str, mode: str) -> npt.NDArray[np.uint8]:
    path = folder / f"{name}.png"
    try:
        with Image.open(path) as picture:
            return np.array(picture.convert(mode))
    except Exception as error:  # decoders raise anything on damaged files
        raise InputError(f"{path} is missing or damaged.", REMEDY) from error


def _read_completed(folder: Path) -> npt.NDArray[np.uint8]:
    """Before there was a completion network, nothing was completed, and no file said so."""
    if (folder / "completed.png").exists():
        return _read_picture(folder, "completed", "L")
    return np.zeros_like(_read_picture(folder, "confidence", "L"))


def _checked_kind(kind: str) -> str:
    check_choice("kind", kind, ("garment", "person"))
    return kind
