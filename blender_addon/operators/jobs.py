# pyright: basic, reportMissingImports=false
"""From the panel's settings to the worker's jobs."""

import tempfile
import time
import uuid
from pathlib import Path
from typing import Any

import bpy

from ..errors import AddonError
from ..pictures import file_of
from ..protocol_file import protocol
from ..session import addon_preferences

SHIPPED_GENERATORS = {"garment": "convmesh-garments", "person": "convmesh-people"}


def photo_job(settings: Any) -> Any:
    """The job that makes a mesh of the panel's photo by the panel's method."""
    folder = job_folder(settings.photo.name)
    photo = file_of(settings.photo, folder.with_name(f"{folder.name}-photo"))
    mask: dict[str, Any] = {"method": settings.mask_method}
    if settings.mask is not None:
        if tuple(settings.mask.size) != tuple(settings.photo.size):
            raise AddonError(
                f"The mask {settings.mask.name} is {settings.mask.size[0]} x {settings.mask.size[1]} pixels, "
                f"but the photo is {settings.photo.size[0]} x {settings.photo.size[1]}.",
                "Choose a mask of the photo's size, or none.",
            )
        mask = {"method": "file", "file": str(file_of(settings.mask, folder.with_name(f"{folder.name}-mask")))}
    kind = "invert" if settings.method == "invert" else "reconstruct"
    values = _invert_values(settings) if kind == "invert" else _reconstruct_values(settings)
    values |= {"kind": settings.kind, "seed": settings.seed, "device": addon_preferences().device}
    return protocol.Job(uuid.uuid4().hex, kind, str(photo), str(folder), mask, values)


def sample_job(settings: Any) -> Any:
    """The job that makes up a mesh without a photo: settings of `mirror_core.pipelines.sample.SampleSettings`."""
    values = {
        "kind": settings.sample_kind,
        "vertices": int(settings.detail),
        "texture_size": settings.texture_size,
        "model": _chosen(settings.generator) or SHIPPED_GENERATORS[settings.sample_kind],
        "seed": settings.sample_seed,
        "truncation": settings.truncation,
    }
    return protocol.Job(uuid.uuid4().hex, "sample", "", str(job_folder("sample")), {}, values)


def _reconstruct_values(settings: Any) -> dict[str, Any]:
    """Of `mirror_core.fitting.settings.FitSettings`."""
    values: dict[str, Any] = {
        "vertices": int(settings.detail),
        "texture_size": settings.texture_size,
        "fast": settings.fast,
        "delight": settings.delight,
    }
    if settings.method == "fit":
        return values | {"start": "outline"}
    if model := _chosen(settings.model):
        return values | {"start": "model", "model": model}
    return values | {"start": "auto"}


def _invert_values(settings: Any) -> dict[str, Any]:
    """Of `mirror_core.inversion.settings.InversionSettings`; what it has found when it is cancelled is kept."""
    return {
        "vertices": int(settings.detail),
        "texture_size": settings.texture_size,
        "finish": "fit" if settings.finish else "none",
        "model": _chosen(settings.generator),
        "keep_best": True,
    }


def _chosen(folder: str) -> str:
    """A folder as the worker can find it; empty where none was chosen."""
    return bpy.path.abspath(folder) if folder else ""


def job_folder(name: str) -> Path:
    """A new folder's path for a result: in the folder of the preferences, else among Blender's temporary files."""
    named = addon_preferences().folder
    parent = Path(bpy.path.abspath(named)) if named else Path(bpy.app.tempdir or tempfile.gettempdir())
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        message = f"The results folder {parent} cannot be made: {error}."
        raise AddonError(message, "Choose another folder in the preferences.") from error
    return parent / f"{bpy.path.clean_name(Path(name).stem)}-{time.strftime('%Y%m%d-%H%M%S')}-{uuid.uuid4().hex[:4]}"
