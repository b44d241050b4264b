"""Pseudo ground truth of photos (ConvMesh): the texels that a photo shows, read from it, and which they are.

The published way overfits a network to the photos for their shapes (`mirror_core.generators.reconstructor`); ours asks
a trained 3D Magic Mirror. Either way the rest is the same: a texel is visible where the camera sees its place on the
mesh, and takes the colour of the photo there (inverse rendering; release).
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.attributes import Camera
from mirror_core.errors import InputError
from mirror_core.fitting.texture import ROWS, texel_rows
from mirror_core.generators import ConvMeshConfig
from mirror_core.generators.reconstructor import ROWS as MAP_ROWS
from mirror_core.generators.reconstructor import ConvMeshReconstructor
from mirror_core.generators.surface import SurfaceSettings, deform
from mirror_core.mesh import make_template
from mirror_core.trainers.convmesh.reconstruct import PosedBatch
from mirror_core.trainers.photos import PhotoBatch
from training.datasets.camera_rows import AnyCamera
from training.datasets.posed import squared
from training.datasets.seen import seen_by

LEAST_COSINE = 0.25
"""Of the angle under which the camera sees a texel; what it sees more aslant is smeared, and counts as hidden."""
RIM = 1
"""Pixels at the mask's border that are mixed with the background and colour no texel."""

VERTICES = 642
"""Of the shapes that codes and maps are made from."""

Float32 = npt.NDArray[np.float32]
Rebuild = Callable[[PhotoBatch], tuple[Float[Tensor, "B V 3"], AnyCamera]]
"""From photos to vertices of the project's template and the cameras that see them."""
Poses = Callable[[PhotoBatch], AnyCamera]
"""From photos to their cameras."""


@dataclass(frozen=True)
class Partial:
    """What one photo shows of a texture.

    Attributes:
        colours: (T, T, 3), sRGB 0..1; 0 where it shows nothing.
        visible: (T, T), 1 where it shows the texel, else 0.
    """

    colours: Float32
    visible: Float32


def inverse_render(
    vertices: Float[Tensor, "V 3"],
    camera: AnyCamera,
    photo: Float[Tensor, "3 H W"],
    mask: Float[Tensor, "1 H W"],
    size: int,
) -> Partial:
    """Read a partial texture from one photo.

    Args:
        vertices: of the project's template at one of its levels, model space.
        camera: one camera (B = 1), with perspective or without; its vertical field of view is the photo's height.
        photo: sRGB 0..1.
        mask: 0 or 1.
        size: texels a side.
    """
    template = make_template(len(vertices))
    known = seen_by(vertices, template, camera)
    face, weights = _texels(len(vertices), size)
    values = np.einsum("hwk,hwkd->hwd", weights, known[template.faces.numpy()[face]])
    height, width = photo.shape[1:]
    across = (values[..., 0] * height / width + 1.0) * (width / 2) - 0.5
    down = (1.0 - values[..., 1]) * (height / 2) - 0.5
    place = across.astype(np.float32), down.astype(np.float32)
    inside = cv2.erode(mask[0].numpy(), np.ones((2 * RIM + 1,) * 2, np.uint8), borderType=cv2.BORDER_REPLICATE)
    shown = cv2.remap(inside, *place, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=(0.0,))
    visible = (shown > 0.99) & (values[..., 2] > LEAST_COSINE)
    picture = np.ascontiguousarray(photo.permute(1, 2, 0).numpy())
    colours = cv2.remap(picture, *place, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return Partial(np.where(visible[..., None], colours, 0.0).astype(np.float32), visible.astype(np.float32))


def _texels(vertex_count: int, size: int) -> tuple[npt.NDArray[np.int32], Float32]:
    """Each texel's face, (T, T), and weights of its corners, (T, T, 3)."""
    parts = [texel_rows(vertex_count, size, start) for start in range(0, size, ROWS)]
    return np.concatenate([face for face, _ in parts]), np.concatenate([weights for _, weights in parts])


def by_magic_mirror(name: str) -> Callable[[PhotoBatch], tuple[Float[Tensor, "B V 3"], Camera]]:
    """Shapes and cameras from a trained 3D Magic Mirror, whose photos must have its size.

    Args:
        name: of a shipped model, or its folder.
    """
    from mirror_core.encoders import MagicMirror

    model = MagicMirror.from_pretrained(name).eval()

    def rebuild(batch: PhotoBatch) -> tuple[Float[Tensor, "B V 3"], Camera]:
        with torch.no_grad():
            found = model(batch.photo, batch.mask)
        return found.vertices, found.camera

    return rebuild


def camera_of_photo(batch: PhotoBatch) -> AnyCamera:
    """The cameras that the photos came with.

    Raises:
        InputError: they came with none.
    """
    if not isinstance(batch, PosedBatch) or batch.camera is None:
        raise InputError("These photos have no cameras of their own.", "Name a model that says them.")
    return batch.camera


@dataclass(frozen=True)
class ByReconstructor:
    """Shapes from a trained reconstruction network, cameras from elsewhere, as it was trained; a `Rebuild`.

    Attributes:
        network: in evaluation mode.
        cameras: of the photos, e.g. `camera_of_photo`.
    """

    network: ConvMeshReconstructor
    cameras: Poses

    def __call__(self, batch: PhotoBatch) -> tuple[Float[Tensor, "B V 3"], AnyCamera]:
        return deform(self.maps(batch), self.network.config, VERTICES), self.cameras(batch)

    def maps(self, batch: PhotoBatch) -> Float[Tensor, "B 3 h w"]:
        """The network's own deformation maps."""
        size = self.network.config.image
        with torch.no_grad():
            return self.network(squared(batch.photo, size), (squared(batch.mask, size) > 0.5).float()).deformation

    def deforms(self, config: ConvMeshConfig) -> bool:
        """Whether its maps mean to a generator what they mean to the network: they become the pseudo truth as they are.

        Else maps are found from vertices, which changes them a little.
        """
        height = MAP_ROWS * 2 ** len(self.network.config.trunk)
        return height == config.map and _surface(self.network.config) == _surface(config)


def _surface(config: SurfaceSettings) -> tuple[object, ...]:
    return config.template, config.symmetric, config.axes, config.half_axes


def by_reconstructor(folder: Path, cameras: Poses) -> ByReconstructor:
    """Shapes from the reconstruction network in a folder, e.g. best of a run of `train reconstructor`."""
    return ByReconstructor(ConvMeshReconstructor.from_pretrained(folder), cameras)
