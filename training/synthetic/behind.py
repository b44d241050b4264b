"""Pairs that teach the completion of the unseen side: a photo, and what lies behind each of its pixels.

Figures as `mirror synthesize` draws them are photographed, and once more turned inside out along the lines of sight,
so that the surface furthest from the camera is what is drawn: its picture lies on the photo pixel by pixel.
"""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.body import load_body
from mirror_core.completion.window import window_around
from mirror_core.fitting.light import divide_light, estimate_light
from training.synthesize import people
from training.synthetic.garments import Garments
from training.synthetic.piece import ByteArray, FloatArray, Piece
from training.synthetic.scene import Place, SceneSettings
from training.synthetic.studio.cameras import CIRCLE, FRONTAL
from training.synthetic.studio.environment import Environment, environments
from training.synthetic.studio.shoot import Shot, shoot
from training.synthetic.subject import Subject
from training.synthetic.tailor.swatches import Swatches

CHUNK = 200
"""Pairs of a file."""
EACH = 4
"""Photos of one figure."""
SIZE = (160, 128)
"""Height and width of the pairs' pictures."""
PHOTO = (256, 208)
"""Height and width of the photos that they are cut from."""
LIT = 0.6
"""Share of the pairs with light in photo and back; in the others it is divided out of both."""
ODD_IN_X = (1, 4, 7)
"""The harmonics x, xy and xz, which change sign in a mirror."""
FACING = 0.4
"""Cosine between nose and line of sight above which a face is looked into."""
NOSE, EARS = 0, (16, 17)
"""OpenPose's numbers."""


@dataclass(frozen=True)
class BackAssets:
    """What the figures are made of; see docs/synthetic.md."""

    assets: Path
    """Folder of MakeHuman's assets."""
    environments: Path
    """Folder of HDR panoramas."""
    swatches: Path
    """Folder of photos with masks whose cloth garments are of."""


def make_chunk(category: str, number: int, seed: int, source: BackAssets) -> ByteArray:
    """`CHUNK` pairs, (N, 160, 128, 8): photo, mask, back, and 255 on faces that the photo looks into.

    Photos are as the reconstruction samples them, with their light or without. The back is lit as the front is, but
    evenly from left and right, and as bright and tinted as the photo shows the front. Every other chunk of people is
    photographed mostly from the front.

    Args:
        category: "people" or "garments".
        number: of the chunk.
        seed: of the set; the same seed and number give the same pairs.
        source: what the figures are made of.
    """
    torch.set_num_threads(1)
    pairs = [_pair(*shot) for shot in _photographs(category, number, seed, source)]
    return np.stack(pairs)


def _photographs(
    category: str, number: int, seed: int, source: BackAssets
) -> Iterator[tuple[Subject, Place, np.random.Generator]]:
    drawer = people(source.assets, source.swatches) if category == "people" else _garments(source)
    frontal = category == "people" and number % 2 == 0
    place = Place(_environments(source.environments), (), SceneSettings(PHOTO, FRONTAL if frontal else CIRCLE))
    for who, group in itertools.groupby(range(number * CHUNK, (number + 1) * CHUNK), lambda index: index // EACH):
        subject = Subject.of(drawer.draw(np.random.default_rng([seed, who, 0])))
        for index in group:
            yield subject, place, np.random.default_rng([seed, who, 1 + index % EACH])


@lru_cache(maxsize=1)
def _garments(source: BackAssets) -> Garments:
    return Garments(load_body(), Swatches(source.swatches))


@lru_cache(maxsize=1)
def _environments(folder: Path) -> tuple[Environment, ...]:
    return tuple(environments(folder))


def _pair(subject: Subject, place: Place, rng: np.random.Generator) -> ByteArray:
    truth, _ = place.photograph(subject, "pair", rng)
    camera, even = truth.camera, truth.light.copy()
    even[list(ODD_IN_X)] = 0.0  # which side the light comes from is another matter behind
    front = shoot(subject.pieces, camera, truth.light, PHOTO)
    behind = shoot(inside_out(subject.pieces, camera), camera, even, PHOTO)
    photo, inside = truth.photo.astype(np.float32) / 255.0, truth.mask > 127
    if rng.uniform() < LIT:
        own, back = _colours(front, front.fine_rgb()), _colours(behind, behind.fine_rgb())
    else:
        photo = _unlit(photo, front)
        own, back = _colours(front, front.albedo), _colours(behind, behind.albedo)
    back = (back * _gain(photo, own, inside)).clip(0.0, 1.0)
    window = window_around(inside, SIZE)
    layers = np.dstack([photo, truth.mask / 255.0]), np.dstack([back, _face(subject.key_points, camera)])
    seen = np.dstack([window.look(four) for four in layers])
    return np.rint(seen * 255.0).clip(0, 255).astype(np.uint8)


def inside_out(pieces: list[Piece], camera: Camera) -> list[Piece]:
    """The pieces with every point moved along its line of sight so that what was furthest is nearest."""
    rotation, eye = camera.rotation()[0].numpy(), camera.eye()[0].numpy()
    depths = [-((piece.vertices - eye) @ rotation[2]) for piece in pieces]
    both = min(float(d.min()) for d in depths) + max(float(d.max()) for d in depths)
    return [
        piece.at((eye + (piece.vertices - eye) * ((both - depth) / depth)[:, None]).astype(np.float32))
        for piece, depth in zip(pieces, depths, strict=True)
    ]


def _colours(shot: Shot, fine: FloatArray) -> FloatArray:
    """(H, W, 3), the mean over what is covered of each pixel; where nothing is, that of the nearest pixel.

    Args:
        shot: says what is covered.
        fine: (h, w, 3), one of its fine pictures.
    """
    fine = np.dstack([fine, shot.piece >= 0]).astype(np.float32)
    size = (shot.alpha.shape[1], shot.alpha.shape[0])
    means = np.asarray(cv2.resize(fine, size, interpolation=cv2.INTER_AREA), np.float32)
    colours = means[..., :3] / np.maximum(means[..., 3:], 1e-6)
    empty = (means[..., 3] < 0.05).astype(np.uint8)
    _, number = cv2.distanceTransformWithLabels(empty, cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    label = number.astype(np.int64)
    of_label = np.zeros(int(label.max()) + 1, np.int64)
    of_label[label[empty == 0]] = np.flatnonzero(empty == 0)
    return np.asarray(colours, np.float32).reshape(-1, 3)[of_label[label]]


def _unlit(photo: FloatArray, front: Shot) -> FloatArray:
    """Without the light that the reconstruction would find, were the shape the true one."""
    picture = torch.from_numpy(photo).permute(2, 0, 1)[None]
    normals = torch.from_numpy(front.normals).permute(2, 0, 1)[None]
    light = estimate_light(picture, normals, torch.from_numpy(front.alpha > 0.5)[None, None].float())
    return divide_light(picture, normals, light)


def _gain(photo: FloatArray, front: FloatArray, inside: npt.NDArray[np.bool_]) -> FloatArray:
    """By what the front's albedo must be multiplied, channel by channel, to be as in the photo: a median."""
    ratio = (photo[inside] + 0.02) / (front[inside] + 0.02)
    return np.median(ratio, axis=0).clip(0.3, 3.0).astype(np.float32) if len(ratio) else np.ones(3, np.float32)


def _face(key_points: FloatArray, camera: Camera) -> FloatArray:
    """1 on the face's disc if the camera looks into it, (H, W)."""
    height, width = PHOTO
    picture = np.zeros((height, width), np.float32)
    if not len(key_points):
        return picture
    local = (key_points - camera.eye()[0].numpy()) @ camera.rotation()[0].numpy().T
    nose, ears = local[NOSE], local[list(EARS)].mean(axis=0)
    towards = -nose / np.linalg.norm(nose)
    apart = nose - ears
    if float(apart @ towards) < FACING * float(np.linalg.norm(apart)):
        return picture
    scale = 0.5 * height / (HALF_VIEW * -nose[2])
    radius = 0.75 * float(np.linalg.norm(local[EARS[0]] - local[EARS[1]])) * scale
    centre = round(0.5 * width + nose[0] * scale), round(0.5 * height - nose[1] * scale)
    return np.asarray(cv2.circle(picture, centre, max(2, round(radius)), 1.0, -1), np.float32)
