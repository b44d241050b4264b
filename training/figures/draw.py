"""Figures 7, 8, 9 and 11 of 3D Magic Mirror."""

import dataclasses

import numpy as np
import torch

from mirror_core.attributes import Attributes
from mirror_core.encoders import MagicMirror
from mirror_core.trainers.photos import PhotoBatch
from training.figures.sheet import Block, Histogram, charts, sheet
from training.figures.views import Picture, on_white, photo_pictures, seen_from

STEPS = 7
"""Pictures of a camera movement."""
LARGEST_SHIFT = 0.4
"""Of the camera's target to either side, template units."""


def novel_views(model: MagicMirror, batch: PhotoBatch, found: Attributes, views: int, height: int) -> bytes:
    """Figure 7: each photo, then the object from the found camera and from all around it."""
    turns = [360.0 * step / views for step in range(views)]
    columns = [photo_pictures(batch, height)]
    columns += [_turned(model, found, turn, height) for turn in turns]
    headings = ["photo", *(f"{turn:+.0f}°" if turn else "found" for turn in turns)]
    return sheet([Block(headings, _rows(columns))])


def camera_moves(model: MagicMirror, batch: PhotoBatch, found: Attributes, height: int) -> bytes:
    """Figure 8: one attribute of the camera is set to values over its range, all else stays as found."""
    limits, photos = model.config.camera, photo_pictures(batch, height)
    shift = min(LARGEST_SHIFT, limits.offset)
    moves = [("distance", *limits.distance), ("elevation", *limits.elevation)]
    moves += [("target x", -shift, shift), ("target y", -shift, shift)] if shift else []
    blocks: list[Block] = []
    for name, low, high in moves:
        values = np.linspace(low, high, STEPS)
        columns = [photos, *(on_white(model, _moved(found, name, float(value)), height) for value in values)]
        unit = "°" if name == "elevation" else ""
        headings = [name, *(f"{value + 0.0:.2g}{unit}" for value in values.round(2))]
        blocks.append(Block(headings, _rows(columns)))
    return sheet(blocks)


def exchange(model: MagicMirror, batch: PhotoBatch, found: Attributes, height: int) -> bytes:
    """Figure 9: rows have the shape, the camera and the light of one photo, columns the texture of one."""
    photos = photo_pictures(batch, height)
    columns = [[np.full_like(photos[0], 255), *photos]]
    for number, photo in enumerate(photos):
        texture = found.texture[number : number + 1].expand_as(found.texture)
        columns.append([photo, *on_white(model, dataclasses.replace(found, texture=texture), height)])
    headings = ["shape", *(["texture"] + [""] * (len(photos) - 1))]
    return sheet([Block(headings, _rows(columns))])


def camera_histograms(model: MagicMirror, found: Attributes) -> bytes:
    """Figure 11: the camera's attributes and the offsets' mean length, over all photos."""
    camera, limits = found.camera, model.config.camera
    length = found.offsets.norm(dim=-1).mean(dim=1)
    reach = _round_up(float(camera.offset.abs().max()))
    shown = [
        Histogram("azimuth (degrees)", wrapped(camera.azimuth).numpy(), -180.0, 180.0),
        Histogram("distance", camera.distance.numpy(), *limits.distance),
        Histogram("elevation (degrees)", camera.elevation.numpy(), *limits.elevation),
        Histogram("offset x", camera.offset[:, 0].numpy(), -reach, reach),
        Histogram("offset y", camera.offset[:, 1].numpy(), -reach, reach),
        Histogram("mean vertex offset", length.numpy(), 0.0, _round_up(float(length.max()))),
    ]
    return charts(shown)


def wrapped(degrees: torch.Tensor) -> torch.Tensor:
    """Angles in -180..180."""
    return (degrees + 180.0) % 360.0 - 180.0


def _round_up(value: float) -> float:
    """To tenths, so that the axis has round numbers; at least 0.1."""
    return max(float(np.ceil(value * 10.0)), 1.0) / 10.0


def _turned(model: MagicMirror, found: Attributes, turn: float, height: int) -> list[Picture]:
    return on_white(model, seen_from(found, azimuth=found.camera.azimuth + turn), height)


def _moved(found: Attributes, name: str, value: float) -> Attributes:
    if name in ("distance", "elevation"):
        return seen_from(found, **{name: torch.tensor(value)})
    offset = found.camera.offset.clone()
    offset[:, "xy".index(name[-1])] = value
    return seen_from(found, offset=offset)


def _rows(columns: list[list[Picture]]) -> list[list[Picture]]:
    return [list(row) for row in zip(*columns, strict=True)]
