"""How ConvMesh's reconstruction network learns: it overfits photos of known cameras; its shapes become pseudo truth."""

import dataclasses
from dataclasses import dataclass

import torch
from jaxtyping import Float
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core.attributes import Camera, WeakPerspective
from mirror_core.generators.reconstructor import ConvMeshReconstructor
from mirror_core.losses import flatness_loss
from mirror_core.mesh.topology import adjacent_faces
from mirror_core.metrics import mask_iou
from mirror_core.rendering import RenderedImage, Renderer
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.processes import average_gradients

GREY = 0.5
"""What lies behind the object in renderings and photos (release)."""
CHUNK = 25


@dataclass(frozen=True)
class PosedBatch(PhotoBatch):
    """Photos and the cameras that took them.

    Attributes:
        camera: always there.
        mirrored: 1 where photo and camera are mirror images of what `index` names.
    """

    camera: Camera | WeakPerspective | None = None
    mirrored: Float[Tensor, " B"] | None = None

    def to(self, device: torch.device) -> "PosedBatch":
        """The same on another device."""
        photo, mask = self.photo.to(device), self.mask.to(device)
        camera = None if self.camera is None else self.camera.to(photo)
        mirrored = None if self.mirrored is None else self.mirrored.to(device)
        return PosedBatch(photo, mask, self.index, camera=camera, mirrored=mirrored)


@dataclass(frozen=True)
class ReconstructorTraining:
    """How the network learns; the defaults are the release's."""

    learning_rate: float = 1e-4
    pose_rate: float = 1e-4
    """Of each photo's own shift and scale."""
    halve_every: int = 250
    """Epochs after which the rate is halved, again and again."""
    flatness: float = 5e-5
    """Of L_flat, a sum over the edges as in `ConvMeshWeights`."""
    first_flatness: float = 10.0
    """Factor of that weight in the first step."""
    relax: float = 0.1
    """By which the factor falls in each step, down to 1."""


class ReconstructTask:
    """Photos are to be found again: mean squared difference of colours and soft mask, and flatness.

    Args:
        network: to be trained; it is "model".
        count: photos; each has a shift and a scale of its own, which mend its camera.
        settings: of the training.
    """

    def __init__(
        self, network: ConvMeshReconstructor, count: int, settings: ReconstructorTraining | None = None
    ) -> None:
        self.network, self.settings = network, settings or ReconstructorTraining()
        self.poses = nn.Embedding(count, 3)
        nn.init.zeros_(self.poses.weight)
        self.modules: dict[str, nn.Module] = {"model": network, "poses": self.poses}
        rates = {"model": self.settings.learning_rate, "poses": self.settings.pose_rate}
        self.optimizers = {
            name: torch.optim.Adam([{"params": list(self.modules[name].parameters()), "lr": rate, "base_lr": rate}])
            for name, rate in rates.items()
        }

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        """One update."""
        assert isinstance(batch, PosedBatch)
        settings = self.settings
        for optimizer in self.optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] *= 0.5 ** (moment.epoch // settings.halve_every)
        made = self.network(batch.photo, batch.mask)
        image = draw_posed(self.network, made.vertices, made.texture, batch, self.poses.weight)
        faces = self.network.template.faces.to(made.vertices.device)
        pairs = torch.from_numpy(adjacent_faces(faces.cpu().numpy())).to(faces.device)
        factor = max(settings.first_flatness - settings.relax * moment.step, 1.0)
        flat = settings.flatness * factor * len(pairs) * flatness_loss(made.vertices, faces, pairs)
        terms = {**image_terms(image, batch), "flatness": flat}
        for optimizer in self.optimizers.values():
            optimizer.zero_grad()
        fabric.backward(torch.stack(list(terms.values())).sum())
        for name, optimizer in self.optimizers.items():
            average_gradients(fabric, self.modules[name])
            optimizer.step()
        return {name: value.detach() for name, value in terms.items()}

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """Nothing happens between epochs."""
        return {}

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """Overlap of masks; the photos are those that are learnt from, since they alone get pseudo truth."""
        assert isinstance(model, ConvMeshReconstructor)
        found: list[Tensor] = []
        for index in torch.arange(len(source)).split(CHUNK):
            batch = source.batch(index).to(next(model.parameters()).device)
            assert isinstance(batch, PosedBatch)
            made = model(batch.photo, batch.mask)
            image = draw_posed(model, made.vertices, made.texture, batch, self.poses.weight)
            found.append(mask_iou(image.mask, batch.mask))
        overlap = float(torch.cat(found).mean())
        return {"mask_iou": overlap, "score": overlap}

    @torch.no_grad()
    def picture(self, model: nn.Module, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
        """Photos and what is made of them."""
        assert isinstance(model, ConvMeshReconstructor)
        assert isinstance(batch, PosedBatch)
        made = model(batch.photo, batch.mask)
        image = draw_posed(model, made.vertices, made.texture, batch, self.poses.weight)
        assert image.rgb is not None
        rows = [batch.photo * batch.mask + 1.0 - batch.mask, image.rgb + 1.0 - image.mask]
        return torch.cat([torch.cat(list(row), dim=2) for row in rows], dim=1).cpu()


def image_terms(image: RenderedImage, batch: PhotoBatch) -> dict[str, Float[Tensor, ""]]:
    """Mean squared differences of colours, both on grey, and of the soft mask; together the release's one over RGBA."""
    assert image.rgb is not None
    drawn = image.rgb + GREY * (1.0 - image.mask)
    photo = batch.photo * batch.mask + GREY * (1.0 - batch.mask)
    # Colours of the release run from -1 to 1, so their squares count four times; the mean is over four channels.
    return {
        "colour": 4.0 * (drawn - photo).square().mean() * 0.75,
        "silhouette": (image.silhouette - batch.mask).square().mean() * 0.25,
    }


def draw_posed(
    network: ConvMeshReconstructor,
    vertices: Float[Tensor, "B V 3"],
    texture: Float[Tensor, "B 3 T T"],
    batch: PosedBatch,
    poses: Float[Tensor, "N 3"],
) -> RenderedImage:
    """Objects as the batch's cameras see them, each camera mended by its photo's own shift and scale."""
    assert batch.camera is not None
    own = poses[batch.index.to(poses.device)]
    if batch.mirrored is not None:
        sign = 1.0 - 2.0 * batch.mirrored
        own = own * torch.stack([torch.ones_like(sign), sign, torch.ones_like(sign)], dim=1)
    camera = mended(batch.camera, own)
    return Renderer(image_size=(batch.photo.shape[2], batch.photo.shape[3]))(
        vertices, network.template, camera, texture
    )


def mended(camera: Camera | WeakPerspective, own: Float[Tensor, "B 3"]) -> Camera | WeakPerspective:
    """A camera with a photo's own scale, horizontal and vertical shift (release).

    Of a perspective camera the distance and the point looked at are changed, which shows the same nearly.

    Args:
        camera: of each photo.
        own: log of the factor of the size, shift right and up in NDC.
    """
    size, shift = own[:, 0].exp(), own[:, 1:]
    if isinstance(camera, WeakPerspective):
        return dataclasses.replace(camera, scale=camera.scale * size, translation=camera.translation + shift)
    moved = WeakPerspective.near(camera).scale
    return dataclasses.replace(camera, distance=camera.distance / size, offset=camera.offset - shift / moved[:, None])
