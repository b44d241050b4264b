"""Pictures of pieces: what `mirror_core.rendering.Renderer` would draw, of many textured layers, fast."""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from jaxtyping import Float32, Int16, Int32, UInt8

from mirror_core.attributes import Camera
from mirror_core.attributes.camera import HALF_VIEW
from mirror_core.errors import InputError
from mirror_core.rendering.projection import NEAR
from mirror_core.rendering.shading import SH_FACTORS
from training.synthetic.piece import FloatArray, Piece
from training.synthetic.studio.layers import Array, Frame, Layer, Surface
from training.synthetic.studio.occlusion import occlusion
from training.synthetic.studio.raster import draw, find_normals, measure_texture, project
from training.synthetic.studio.reduce import reduce_frame
from training.synthetic.studio.surface import shade


@dataclass(frozen=True)
class ShootSettings:
    """How pieces are drawn."""

    fineness: int = 2
    """Fine pixels to a pixel, along each axis."""
    occlusion_radius: int | float = 0.3
    """How far surroundings darken, template units."""
    occlusion: int | float = 0.7
    """Share of the light that a point loses whose whole sky is hidden; 0 switches the darkening off."""

    def __post_init__(self) -> None:
        if self.fineness < 1 or self.occlusion_radius <= 0 or not 0 <= self.occlusion <= 1:
            raise InputError(
                "fineness must be at least 1, occlusion_radius positive and occlusion from 0 to 1, but they are "
                f"{self.fineness}, {self.occlusion_radius:g} and {self.occlusion:g}."
            )


@dataclass(frozen=True)
class Shot:
    """A picture of pieces, and the fine picture it is the mean of (h = fineness * H, w = fineness * W).

    Attributes:
        rgb: sRGB, premultiplied with alpha, before a background; bright light may take it above 1.
        alpha: share of the pixel that is covered.
        parts: the class that covers most of what is covered; 0 where less than half is.
        depth: along the optical axis, template units; mean of what is covered, 0 for none.
        normals: unit, camera space, turned towards the viewer; 0 for none.
        piece: number of the piece at each fine pixel; -1 for none.
        face: number of the face in its piece; -1 for none.
        weights: of the face's corners, in space.
        fine_depth: along the optical axis; 0 for none.
        fine_normals: as `normals`.
        albedo: sRGB, of the texture alone.
        level: what the light multiplies it by.
        occlusion: what the surroundings leave of that; rgb is the mean of albedo * level * occlusion.
    """

    rgb: Float32[np.ndarray, "H W 3"]
    alpha: Float32[np.ndarray, "H W"]
    parts: UInt8[np.ndarray, "H W"]
    depth: Float32[np.ndarray, "H W"]
    normals: Float32[np.ndarray, "H W 3"]
    piece: Int16[np.ndarray, "h w"]
    face: Int32[np.ndarray, "h w"]
    weights: Float32[np.ndarray, "h w 3"]
    fine_depth: Float32[np.ndarray, "h w"]
    fine_normals: Float32[np.ndarray, "h w 3"]
    albedo: Float32[np.ndarray, "h w 3"]
    level: Float32[np.ndarray, "h w"]
    occlusion: Float32[np.ndarray, "h w"]

    def fine_rgb(self) -> FloatArray:
        """The fine picture; 0 where there is nothing."""
        return self.albedo * (self.level * self.occlusion)[..., None]


def shoot(
    pieces: Sequence[Piece],
    camera: Camera,
    light: FloatArray,
    size: tuple[int, int],
    settings: ShootSettings | None = None,
) -> Shot:
    """Photograph pieces that stand in model space, in template units.

    Textures are looked up in sRGB, shrunk by whole octaves so that a texel is about as large as a fine pixel, and the
    light multiplies them as they are, which is what the project's renderer does. All faces are drawn from both sides.

    Args:
        pieces: up to 32,767, any order.
        camera: one (B = 1).
        light: (9,), the project's coefficients, on camera-space normals.
        size: height and width of the picture.
        settings: how.
    """
    settings = settings or ShootSettings()
    if min(size) < 1 or len(camera.azimuth) != 1 or light.shape != (9,):
        raise InputError(
            f"shoot takes a size of at least (1, 1), one camera and nine numbers of light, but was given {size}, "
            f"{len(camera.azimuth)} cameras and a light of shape {light.shape}."
        )
    shape = size[0] * settings.fineness, size[1] * settings.fineness
    frame = Frame(np.full(shape, -1, np.int16), np.full(shape, -1, np.int32), np.zeros(shape, np.float32))
    view = camera.rotation()[0].double().numpy(), camera.eye()[0].double().numpy(), _lens(*shape)
    layers = [_layer(piece, view) for piece in pieces]
    for number, (layer, piece) in enumerate(zip(layers, pieces, strict=True)):
        draw(number, layer, piece.cutout, frame)
    surface = Surface(*(np.zeros((*shape, *more), np.float32) for more in ((3,), (3,), (3,), ())))
    coefficients = light.astype(np.float64) * SH_FACTORS
    for number, layer in enumerate(layers):
        shade(number, layer, coefficients, frame, surface)
    open_share = _occlusion(frame, surface, settings)
    return _shot(frame, surface, open_share, np.array([piece.part for piece in pieces], np.uint8), size)


def _lens(height: int, width: int) -> tuple[float, float, float, float]:
    """Focal length, middle column and row, nearest distance."""
    return 0.5 * height / HALF_VIEW, 0.5 * width, 0.5 * height, NEAR


def _layer(piece: Piece, view: tuple[Array, Array, tuple[float, float, float, float]]) -> Layer:
    """A piece before the camera; view = (rotation, eye, lens)."""
    count = len(piece.vertices)
    layer = Layer(
        camera=np.empty((count, 3), np.float32),
        image=np.zeros((count, 2), np.float32),
        inverse=np.empty(count, np.float32),
        normals=np.empty((count, 3), np.float32),
        faces=np.ascontiguousarray(piece.faces, np.int32),  # kernels are compiled for contiguous arrays alone
        uv=np.ascontiguousarray(piece.uv, np.float32),
        uv_faces=np.ascontiguousarray(piece.uv_faces, np.int32),
        texture=np.ascontiguousarray(piece.texture),
    )
    project(np.ascontiguousarray(piece.vertices, np.float32), *view, layer)
    find_normals(layer)
    return layer._replace(texture=_shrunk(layer, piece.cutout))


def _shrunk(layer: Layer, cutout: bool) -> Array:
    """The texture, halved until a texel is about as large as a pixel."""
    areas = np.zeros(2)
    measure_texture(layer, 1 + len(layer.faces) // 4096, areas)
    if areas[0] == 0 or areas[1] <= 2 * areas[0]:
        return layer.texture
    # what is not there must not colour what is: means of cutouts are taken premultiplied
    texture = cv2.cvtColor(layer.texture, cv2.COLOR_RGBA2mRGBA) if cutout else layer.texture
    for _ in range(round(0.5 * np.log2(areas[1] / areas[0]))):
        height, width = (max(1, length // 2) for length in texture.shape[:2])
        texture = cv2.resize(texture, (width, height), interpolation=cv2.INTER_AREA)
    return cv2.cvtColor(texture, cv2.COLOR_mRGBA2RGBA) if cutout else texture


def _occlusion(frame: Frame, surface: Surface, settings: ShootSettings) -> Array:
    if settings.occlusion == 0:
        return np.ones(frame.face.shape, np.float32)
    return occlusion(frame, surface, _lens(*frame.face.shape)[0], settings.occlusion_radius, settings.occlusion)


def _shot(frame: Frame, surface: Surface, open_share: Array, parts: Array, size: tuple[int, int]) -> Shot:
    rgb, normals = np.empty((*size, 3), np.float32), np.empty((*size, 3), np.float32)
    alpha, depth = np.empty(size, np.float32), np.empty(size, np.float32)
    majority, fine_depth = np.empty(size, np.uint8), np.zeros(frame.face.shape, np.float32)
    reduce_frame(frame, surface, open_share, parts, (rgb, alpha, majority, depth, normals, fine_depth))
    return Shot(
        rgb, alpha, majority, depth, normals, frame.piece, frame.face, surface.weights, fine_depth, surface.normals,
        surface.albedo, surface.level, open_share,
    )  # fmt: skip
