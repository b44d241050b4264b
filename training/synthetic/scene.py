"""A figure photographed, and everything that is known about the photo."""

from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from training.synthetic.piece import ByteArray, FloatArray, Piece
from training.synthetic.studio.background import BackgroundSettings, draw_background
from training.synthetic.studio.cameras import CIRCLE, CameraSettings, draw_camera
from training.synthetic.studio.environment import Environment, soft_boxes
from training.synthetic.studio.light import draw_light
from training.synthetic.studio.sensor import SensorSettings, expose
from training.synthetic.studio.shadow import ground_shadow, wall_shadow
from training.synthetic.studio.shoot import Shot, shoot
from training.synthetic.subject import SIZE, Subject
from training.synthetic.truth import Truth

ABOVE = CameraSettings(azimuth="frontal", spread=7.0, elevation=(-8.0, 12.0))
"""Where from things that lie flat are photographed."""
BACKGROUNDS = {"people": BackgroundSettings(), "garments": BackgroundSettings(panorama=0.1, folder=0.1, wall=0.8)}
"""People are photographed outside, garments before walls and on tables."""
VIEW_SIZE = (256, 256)
NEAR = 0.02
"""Template units by which a point may lie behind what the photo shows and still be seen."""


@dataclass(frozen=True)
class SceneSettings:
    """How photos are taken."""

    size: tuple[int, int] = (256, 128)
    """Height and width, pixels."""
    cameras: CameraSettings = CIRCLE
    """Where from."""
    sensor: SensorSettings = field(default_factory=SensorSettings)
    views: tuple[int, ...] = ()
    """Degrees of azimuth, relative to the photo's, from which clean pictures are taken, too."""


@dataclass(frozen=True)
class Place:
    """Where photos are taken: surroundings by chance."""

    environments: tuple[Environment, ...] = ()
    """Without any, light comes from a studio's soft boxes."""
    pictures: tuple[Path, ...] = ()
    """To cut backgrounds from."""
    settings: SceneSettings = field(default_factory=SceneSettings)

    def photograph(self, subject: Subject, name: str, rng: np.random.Generator) -> tuple[Truth, bytes]:
        """The truth about a photo of the subject, and the photo's file."""
        settings, figure, pieces = self.settings, subject.figure, subject.pieces
        cameras = ABOVE if figure.flat else settings.cameras
        camera = draw_camera(rng, _outermost(subject.vertices), settings.size, cameras)
        environment = self._environment(rng)
        light = draw_light(rng, environment, camera)
        shot = shoot(pieces, camera, light.coefficients, settings.size)
        background = draw_background(
            rng, (camera, settings.size), (environment, light.turn), self.pictures, BACKGROUNDS[figure.category]
        )
        shade = _shadow(figure.category, background.kind, shot, subject.vertices, camera, rng)
        photo = expose(rng, shot, background.picture * shade[..., None], light.tint, settings.sensor)
        truth = Truth(
            name=name,
            category=figure.category,
            kind=figure.kind,
            photo=photo.picture,
            mask=np.rint(shot.alpha * 255).astype(np.uint8),
            parts=shot.parts,
            camera=camera,
            light=light.coefficients,
            vertices=subject.vertices,
            faces=subject.faces,
            face_parts=subject.face_parts,
            closed=figure.closed,
            metres=subject.metres,
            template=subject.laid.vertices,
            texture=subject.laid.texture,
            visible=seen_by(camera, shot, subject.laid.points),
            key_points=subject.key_points,
            views={angle: _view(pieces, camera, light.coefficients, angle) for angle in settings.views},
            shape=figure.shape,
            pose=figure.pose,
            credits=figure.credits,
        )
        return truth, photo.file

    def _environment(self, rng: np.random.Generator) -> Environment:
        choice = int(rng.integers(max(len(self.environments), 1)))
        return self.environments[choice] if self.environments else soft_boxes(rng)


def _outermost(points: FloatArray) -> FloatArray:
    """The points that lie farthest in a few hundred directions: what a camera must not cut off."""
    some = points[::2]
    return some[np.unique((_around() @ some.T).argmax(axis=1))]


@lru_cache(maxsize=1)
def _around(count: int = 150) -> FloatArray:
    """Directions all around, evenly (Fibonacci's spiral)."""
    height = 1.0 - 2.0 * (np.arange(count) + 0.5) / count
    turn = np.pi * (3.0 - np.sqrt(5.0)) * np.arange(count)
    radius = np.sqrt(1.0 - height**2)
    return np.stack([radius * np.cos(turn), height, radius * np.sin(turn)], axis=1).astype(np.float32)


def seen_by(camera: Camera, shot: Shot, points: FloatArray) -> ByteArray:
    """255 where a point (..., 3) is what the shot shows, 0 where it is hidden."""
    rotation, eye = camera.rotation()[0].numpy(), camera.eye()[0].numpy()
    local = (points - eye) @ rotation.T
    height, width = shot.fine_depth.shape
    depth = np.maximum(-local[..., 2], 1e-3)
    scale = 0.5 * height / (HALF_VIEW * depth)
    column = np.clip(0.5 * width + local[..., 0] * scale, 0, width - 1).astype(int)
    row = np.clip(0.5 * height - local[..., 1] * scale, 0, height - 1).astype(int)
    shown = shot.fine_depth[row, column]
    return np.where((shown > 0) & (depth < shown + NEAR), 255, 0).astype(np.uint8)


def _view(pieces: list[Piece], camera: Camera, light: FloatArray, angle: int) -> ByteArray:
    """The figure alone from another side at the photo's elevation, with alpha."""
    distance = max(float(camera.distance), 1.25 * SIZE / (2 * HALF_VIEW))
    turned = Camera.single(float(camera.azimuth) + angle, float(camera.elevation), distance)
    shot = shoot(pieces, turned, light, VIEW_SIZE)
    colours = shot.rgb / np.maximum(shot.alpha, 1e-6)[..., None]
    picture = np.concatenate([colours.clip(0, 1), shot.alpha[..., None]], axis=2)
    return np.rint(picture * 255).astype(np.uint8)


def _shadow(
    category: str, kind: str, shot: Shot, points: FloatArray, camera: Camera, rng: np.random.Generator
) -> npt.NDArray[np.float32]:
    """What is left of the light on the background: people stand on the ground, garments lie on something."""
    strength, aside = float(rng.uniform(0.2, 0.6)), rng.uniform(-0.012, 0.012, 2) * len(shot.alpha)
    if category == "people":
        return ground_shadow(points, camera, shot.alpha.shape, strength)
    if kind == "wall":
        return wall_shadow(shot.alpha, (float(aside[0]), float(aside[1])), 0.012 * len(shot.alpha), strength)
    return np.ones_like(shot.alpha)
