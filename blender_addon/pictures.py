# pyright: basic, reportMissingImports=false
"""Blender's images as files that the worker can read."""

from pathlib import Path

import bpy
import numpy as np

from .errors import AddonError


def file_of(image: bpy.types.Image, copy: Path) -> Path:
    """The image's file; where there is none, or it was painted on since, a copy is written.

    Args:
        image: any image.
        copy: path for a copy, without a suffix.

    Raises:
        AddonError: its file is gone.
    """
    if image.source == "GENERATED" or image.is_dirty:
        return _save_pixels(image, copy.with_suffix(".png"))
    if image.packed_file is not None:
        path = copy.with_suffix(Path(image.filepath).suffix or ".png")
        path.write_bytes(image.packed_file.data)
        return path
    path = Path(bpy.path.abspath(image.filepath))
    if not path.is_file():
        raise AddonError(f"The picture {image.name} has no file: {path}.", "Choose it again.")
    return path


def _save_pixels(image: bpy.types.Image, path: Path) -> Path:
    # Not image.copy(), which forgets what was painted, and not image.save(), which would make the file the image's.
    values = np.empty(len(image.pixels), dtype=np.float32)
    image.pixels.foreach_get(values)
    is_data = image.colorspace_settings.name == "Non-Color"
    duplicate = bpy.data.images.new(
        "Mirror copy", *image.size, alpha=True, float_buffer=image.is_float, is_data=is_data
    )
    try:
        duplicate.pixels.foreach_set(values)
        duplicate.file_format = "PNG"
        duplicate.filepath_raw = str(path)
        duplicate.save()
    finally:
        bpy.data.images.remove(duplicate)
    return path
