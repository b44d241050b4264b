"""The arrays that kernels pass around, as named tuples, which numba compiles; all C-contiguous, one float dtype."""

from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from mirror_core.rendering.fragments import RasterSettings
from mirror_core.rendering.projection import NEAR, NOWHERE, image_scale, pixel_centres
from mirror_core.rendering.reference.hard import EPSILON
from mirror_core.rendering.reference.pairs import MULTIPLIER
from mirror_core.rendering.reference.soft import EDGE_EPSILON, PRODUCT_EPSILON

Array = npt.NDArray[Any]
Number = np.floating[Any]

FACES_A_TASK = 256
"""Fixed, so that sums over faces come out the same on any number of threads."""

SUMS = 19
"""What a face gathers on the way back: gradients in its corners on the image (0-5), in their depths (6-8), in its
normal (9-11) or its corners' normals (9-17), and in the level of light when it has one normal (18)."""


class Grid(NamedTuple):
    """Pixel centres (ascending, multiplied units) and the rules of rasterization, in the vertices' dtype."""

    x: Array
    """(W,)"""
    upward: Array
    """(H,) from the bottom row to the top one."""
    soft_x: Array
    """(W,) stretched for isotropic distances."""
    multiplier: Number
    soft_multiplier: Number
    """Of x in the soft silhouette."""
    epsilon: Number
    edge_epsilon: Number
    product_epsilon: Number
    reach: Number
    sigmainv: Number
    knum: int
    perspective: bool


class Faces(NamedTuple):
    """Projected faces."""

    image: Array
    """(B, F, 3, 2) NDC."""
    z: Array
    """(B, F, 3)"""
    valid: Array
    """(B, F) bool"""
    box: Array
    """(B, F, 4) int32: rows from, to (exclusive) and columns from, to of the pixels the face may cover."""
    soft_box: Array
    """(B, F, 4) int32: the same of the pixels whose soft silhouette it may reach."""
    near_edge: Array
    """(B, F) bool: it does reach an uncovered pixel."""


class Pixels(NamedTuple):
    """What the rasterizer found."""

    face_index: Array
    """(B, H, W) int32, -1 where none."""
    depth: Array
    """(B, H, W)"""
    silhouette: Array
    """(B, H, W)"""
    last_face: Array
    """(B, H, W) int32: the last face that counts for the soft silhouette (there are at most knum)."""


class Frame(NamedTuple):
    """A rasterized scene."""

    grid: Grid
    faces: Faces
    pixels: Pixels


class Mesh(NamedTuple):
    """A batch of meshes in camera space, and how they are projected."""

    vertices: Array
    """(B, V, 3)"""
    faces: Array
    """(F, 3) int64"""
    scale_x: Number
    scale_y: Number
    near: Number
    nowhere: Number
    cull_by_view: bool


class Look(NamedTuple):
    """What shading needs beside the frame; absent arrays have length 0 and their flag is False."""

    uv: Array
    """(N, 2)"""
    uv_faces: Array
    """(F, 3) int64"""
    normals: Array
    """(B, F, 3) of faces, or (B, V, 3) of vertices when smooth."""
    faces: Array
    """(F, 3) int64"""
    texture: Array
    """(B or 1, 3, Ht, Wt)"""
    light: Array
    """(B, 9), already multiplied by the factors of the basis."""
    smooth: bool
    textured: bool
    lit: bool


class Picture(NamedTuple):
    """The pictures that shading fills; rgb and level have length 0 without a texture."""

    rgb: Array
    """(B, 3, H, W)"""
    level: Array
    """What the light multiplies the texture by: of each face (B, F, 1), or of each pixel (B, H, W) when smooth."""
    mask: Array
    """(B, 1, H, W)"""
    normals: Array
    """(B, 3, H, W)"""
    uv: Array
    """(B, 2, H, W)"""


class Upstream(NamedTuple):
    """Gradients of the pictures; absent ones have length 0 and their flag is False."""

    rgb: Array
    silhouette: Array
    normals: Array
    uv: Array
    has_rgb: bool
    has_silhouette: bool
    has_normals: bool
    has_uv: bool


class FaceGradients(NamedTuple):
    """What the way back fills."""

    corners: Array
    """(B, F, 9)"""
    normals: Array
    """(B, F, 9) of the corners' normals when smooth, else of length 0."""
    light: Array
    """(B, chunks, 9)"""
    sums: Array
    """Scratch (threads, SUMS)."""


class FragmentGradients(NamedTuple):
    """Gradients of fragments, and what they become."""

    weights: Array
    """(B, H, W, 3), given."""
    silhouette: Array
    """(B, H, W), given."""
    image: Array
    """(B, F, 3, 2), filled."""
    z: Array
    """(B, F, 3), filled."""
    sums: Array
    """Scratch (threads, SUMS)."""


@lru_cache(maxsize=16)
def make_grid(image_size: tuple[int, int], settings: RasterSettings, dtype: torch.dtype) -> Grid:
    """Pixel centres and rules, rounded as the reference rounds them."""
    height, width = image_size
    x = (pixel_centres(width) * MULTIPLIER).to(dtype)
    stretch = torch.tensor(width / height if settings.isotropic else 1.0, dtype=dtype)
    number = x.numpy().dtype.type
    return Grid(
        x=x.numpy(),
        upward=(pixel_centres(height) * MULTIPLIER).to(dtype).numpy(),
        soft_x=(x * stretch).numpy(),
        multiplier=number(MULTIPLIER),
        soft_multiplier=number((MULTIPLIER * stretch).item()),
        epsilon=number(EPSILON),
        edge_epsilon=number(EDGE_EPSILON),
        product_epsilon=number(PRODUCT_EPSILON),
        reach=number(settings.boxlen * MULTIPLIER),
        sigmainv=number(settings.sigmainv),
        knum=settings.knum,
        perspective=settings.perspective_correct,
    )


def make_mesh(vertices: Tensor, faces: Tensor, image_size: tuple[int, int], cull_by_view: bool) -> Mesh:
    """Arrays of a batch of meshes."""
    array = as_array(vertices)
    number = array.dtype.type
    scale_x, scale_y = image_scale(image_size)
    return Mesh(array, as_array(faces), number(scale_x), number(scale_y), number(-NEAR), number(NOWHERE), cull_by_view)


def unbounded_faces(image: Array, z: Array, valid: Array) -> Faces:
    """Faces whose boxes are still to be found."""
    box, soft_box = (np.empty((*valid.shape, 4), dtype=np.int32) for _ in range(2))
    return Faces(image, z, valid, box, soft_box, np.zeros(valid.shape, dtype=np.bool_))


def count_chunks(faces: int) -> int:
    """Tasks that one image's faces are split into."""
    return -(-faces // FACES_A_TASK)


def as_array(tensor: Tensor) -> Array:
    """View a tensor as a C-contiguous numpy array; a copy where it is not contiguous.

    New arrays are made by numpy and not by torch: it asks for large pages, which are filled several times faster.
    """
    array: Array = tensor.detach().contiguous().numpy()
    return array


def as_tensor(array: Array) -> Tensor:
    """View a numpy array as a tensor."""
    return torch.as_tensor(array)
