"""A truth as the files of one sample in a shard, and back."""

import io
import json
import zipfile
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from training.synthetic.piece import ByteArray, FloatArray
from training.synthetic.truth import Truth

LONG_AGO = (1980, 1, 1, 0, 0, 0)
"""Date of files in archives, so that the same seed gives the same bytes."""
PLAIN = ("name", "category", "kind", "closed", "metres", "shape", "pose", "credits")
"""Fields that JSON holds as they are."""


def encode(truth: Truth, jpeg: bytes) -> dict[str, bytes]:
    """Files by suffix.

    Args:
        truth: with any photo, which is not looked at.
        jpeg: the photo's file, as the camera wrote it.
    """
    camera = {name: getattr(truth.camera, name)[0].tolist() for name in ("azimuth", "elevation", "distance", "offset")}
    numbers = {"camera": camera, "light": truth.light.tolist(), "key_points": truth.key_points.tolist()}
    text = json.dumps({**{name: getattr(truth, name) for name in PLAIN}, **numbers}, indent=1)
    low, step = _grid(np.concatenate([truth.vertices, truth.template]))
    arrays = {
        "grid": np.stack([low, step]),
        "vertices": _to_grid(truth.vertices, low, step),
        "faces": truth.faces.astype(np.uint16 if len(truth.vertices) < 65536 else np.int32),
        "face_parts": truth.face_parts,
        "template": _to_grid(truth.template, low, step),
    }
    pictures = {"mask": truth.mask, "parts": truth.parts, "texture": truth.texture, "visible": truth.visible}
    pictures |= {f"view{angle:03d}": view for angle, view in truth.views.items()}
    files = {f"{name}.png": _png(picture) for name, picture in pictures.items()}
    return {"jpg": jpeg, "json": text.encode(), "surface.npz": _npz(arrays), **files}


def decode(files: dict[str, bytes]) -> Truth:
    """The truth of one sample.

    Raises:
        InputError: a file is missing or damaged.
    """
    try:
        known: dict[str, Any] = json.loads(files["json"])
        with np.load(io.BytesIO(files["surface.npz"]), allow_pickle=False) as archive:
            arrays = dict(archive)
        pictures = {name[:-4]: _picture(data) for name, data in files.items() if name.endswith(".png")}
        photo = _picture(files["jpg"])
        camera = known["camera"]
        low, step = arrays["grid"]
        return Truth(
            name=known["name"],
            category=known["category"],
            kind=known["kind"],
            closed=known["closed"],
            metres=known["metres"],
            shape=known["shape"],
            pose={joint: (turn[0], turn[1], turn[2]) for joint, turn in known["pose"].items()},
            credits=tuple(known["credits"]),
            photo=photo,
            camera=Camera.single(camera["azimuth"], camera["elevation"], camera["distance"], tuple(camera["offset"])),
            light=np.array(known["light"], np.float32),
            key_points=np.array(known["key_points"], np.float32).reshape(-1, 3),
            vertices=(arrays["vertices"] * step + low).astype(np.float32),
            template=(arrays["template"] * step + low).astype(np.float32),
            faces=arrays["faces"].astype(np.int32),
            face_parts=arrays["face_parts"],
            views={int(name[4:]): pictures[name] for name in sorted(pictures) if name.startswith("view")},
            mask=pictures["mask"],
            parts=pictures["parts"],
            texture=pictures["texture"],
            visible=pictures["visible"],
        )
    except (KeyError, ValueError, TypeError, zipfile.BadZipFile) as error:
        raise InputError(f"A synthetic sample is damaged: {error!r}.", "Synthesize its shard again.") from error


def _grid(points: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Origin and step of a grid of 65536 values along each axis: a thirtieth of a millimetre on a person."""
    low, high = points.min(axis=0), points.max(axis=0)
    return low, np.maximum(high - low, 1e-6) / 65535.0


def _to_grid(points: FloatArray, low: FloatArray, step: FloatArray) -> npt.NDArray[np.uint16]:
    return np.rint((points - low) / step).clip(0, 65535).astype(np.uint16)


def _npz(arrays: dict[str, npt.NDArray[Any]]) -> bytes:
    """What numpy's savez_compressed writes, but quickly and without today's date."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, values in arrays.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, np.ascontiguousarray(values), allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", LONG_AGO)
            how = zipfile.ZIP_DEFLATED if name.startswith("face") else zipfile.ZIP_STORED  # positions hardly shrink
            archive.writestr(info, entry.getvalue(), how, 1)
    return buffer.getvalue()


def _png(picture: ByteArray) -> bytes:
    changes = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    swapped = picture if picture.ndim == 2 else cv2.cvtColor(picture, changes[picture.shape[2]])
    done, data = cv2.imencode(".png", swapped, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    assert done
    return data.tobytes()


def _picture(data: bytes) -> ByteArray:
    values = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if values is None:
        raise ValueError("a picture cannot be read")
    if values.ndim == 3:
        values = cv2.cvtColor(values, cv2.COLOR_BGR2RGB if values.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)
    return np.asarray(values, np.uint8)
