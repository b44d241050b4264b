"""One entrance to all masking methods."""

from pathlib import Path

from mirror_core.checks import check_choice
from mirror_core.errors import InputError, MaskError
from mirror_core.images import Photo
from mirror_core.masking.border import border_mask
from mirror_core.masking.given import alpha_mask, file_mask, has_useful_alpha
from mirror_core.masking.grabcut import Rectangle, grabcut_mask
from mirror_core.masking.learned import network_mask
from mirror_core.masking.mask import Mask, check_mask
from mirror_core.masking.rembg import rembg_is_installed, rembg_mask

METHODS = ("auto", "file", "alpha", "border", "grabcut", "network", "rembg")

BORDER_IS_SURE = 0.92
"""Confidence from which `auto` is content with the plain border."""

CLEARLY = 0.05
"""By how much a plain border must be surer than others to be preferred: on real photos smaller leads mislead."""

UNSURE = 0.03
"""By how much GrabCut must be surer than the network to be preferred."""


def find_mask(
    photo: Photo, method: str = "auto", *, rectangle: Rectangle | None = None, file: Path | None = None
) -> Mask:
    """Find the garment or person in a photo.

    `auto` takes, in this order: the file or the rectangle (with GrabCut) if one is given, an alpha channel that cuts
    something out, a plain border if it is sure, rembg if it is installed, else the project's own network, or
    GrabCut or the plain border where these are clearly surer. `Mask.method` says which it was.

    Args:
        photo: what to look at.
        method: one of `METHODS`.
        rectangle: (left, top, right, bottom) in photo pixels, for grabcut.
        file: a picture as large as the photo, white where the object is, for file.

    Raises:
        MaskError: no usable mask: empty, full, two objects, wrongly sized file, no alpha channel, bad rectangle.
        DependencyError: rembg was asked for and is not installed.
        InputError: the arguments do not fit together.
    """
    check_choice("method", method, METHODS)
    if rectangle is not None and method not in ("auto", "grabcut"):
        raise InputError(f"A rectangle is of no use to the masking method {method}.", "Choose grabcut or auto.")
    if file is not None and method not in ("auto", "file"):
        raise InputError(f"A mask file is of no use to the masking method {method}.", "Choose file or auto.")
    if file is not None and rectangle is not None:
        raise InputError("A mask file and a rectangle were both given.", "Give one of them.")
    return check_mask(_find(photo, method, rectangle, file), photo.size)


def _find(photo: Photo, method: str, rectangle: Rectangle | None, file: Path | None) -> Mask:
    if method == "file" and file is None:
        raise MaskError("The masking method file needs a mask file.", "Name one, or choose another method.")
    if file is not None:
        return file_mask(photo, file)
    if rectangle is not None or method == "grabcut":
        return grabcut_mask(photo, rectangle)
    if method == "auto":
        return _automatic(photo)
    return _BY_NAME[method](photo)


_BY_NAME = {"alpha": alpha_mask, "border": border_mask, "network": network_mask, "rembg": rembg_mask}


def _automatic(photo: Photo) -> Mask:
    if has_useful_alpha(photo):
        return alpha_mask(photo)
    plain = border_mask(photo)
    if plain.confidence >= BORDER_IS_SURE:
        return plain
    if rembg_is_installed():
        return rembg_mask(photo)
    known, cut = network_mask(photo), grabcut_mask(photo)
    best = cut if cut.confidence > known.confidence + UNSURE else known
    return plain if plain.confidence > best.confidence + CLEARLY else best
