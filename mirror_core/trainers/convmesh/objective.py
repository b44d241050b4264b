"""What ConvMesh's networks minimise (MeshInversion, equations 1 to 3), and what ties codes to the data."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from mirror_core.discriminators import PatchDiscriminator, UVDiscriminator, mask_texture
from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator, Generated
from mirror_core.losses import flatness_loss
from mirror_core.losses.hinge import hinge_critic_loss, hinge_generator_loss
from mirror_core.losses.least_squares import Scores, least_squares_critic_loss, least_squares_generator_loss
from mirror_core.mesh.topology import adjacent_faces
from mirror_core.rendering import Renderer
from mirror_core.trainers.convmesh.batch import UvBatch
from mirror_core.trainers.convmesh.settings import TiedCodes

ADVERSARIAL = {
    "least_squares": (least_squares_critic_loss, least_squares_generator_loss),
    "hinge": (hinge_critic_loss, hinge_generator_loss),
}


@dataclass(frozen=True)
class Judges:
    """The discriminators, asked about the generated and the true.

    Attributes:
        uv: of maps.
        image: of pictures; none: nobody judges these.
        generator: its template is what is drawn.
        shares: weights of the discriminators of maps, in the order of their scores; none: all alike.
    """

    uv: UVDiscriminator
    image: PatchDiscriminator | None
    generator: ConvMeshGenerator
    shares: tuple[float, ...] | None = None

    def of_maps(self, texture: Tensor, deformation: Tensor, batch: UvBatch) -> Scores:
        """Scores of maps, true or generated, of which only what the true texture shows is looked at."""
        truth = batch.known()
        return list(self.uv(mask_texture(texture, truth.visible), deformation, truth.label))

    def of_pictures(self, pictures: Float[Tensor, "B 3 H W"]) -> Scores:
        """Scores of pictures on black."""
        assert self.image is not None
        return [(self.image(pictures), None)]

    def mean(self, loss: Callable[..., Tensor], *scores: Scores) -> Float[Tensor, ""]:
        """A loss of maps' scores, the discriminators' mean by their shares.

        Args:
            loss: of real and fake scores, or of fake ones alone.
            scores: what it takes.

        Raises:
            InputError: there are not as many shares as discriminators.
        """
        if self.shares is None:
            return loss(*scores)
        if len(self.shares) != len(scores[0]):
            raise InputError(
                f"There are {len(self.shares)} weights for {len(scores[0])} discriminators of maps.",
                "Give one for the texture's, one for the mesh's, and one for the coarse texture's where there is one.",
            )
        each = torch.stack([loss(*([one[place]] for one in scores)) for place in range(len(self.shares))])
        shares = each.new_tensor(self.shares)
        return (each * shares).sum() / shares.sum()

    def draw(self, made: Generated, batch: UvBatch) -> Float[Tensor, "B 3 H W"]:
        """The generated objects from the batch's cameras, on black, without light."""
        height, width = batch.photo.shape[2:]
        renderer = Renderer(image_size=(height, width))
        image = renderer(made.vertices.float(), self.generator.template, batch.known().camera, made.texture.float())
        assert image.rgb is not None
        return image.rgb


def critic_terms(judges: Judges, made: Generated, batch: UvBatch, loss: str) -> dict[str, Float[Tensor, ""]]:
    """What the discriminators minimise: equations 2 and 3.

    Args:
        judges: that learn.
        made: without history.
        batch: true maps and photos.
        loss: a name of `ADVERSARIAL`.
    """
    critic, _ = ADVERSARIAL[loss]
    truth = batch.known()
    real = judges.of_maps(truth.texture, truth.deformation, batch)
    fake = judges.of_maps(made.texture, made.deformation, batch)
    terms = {"critic_uv": judges.mean(critic, real, fake)}
    if judges.image is not None:
        drawn = judges.draw(made, batch)
        terms["critic_image"] = critic(judges.of_pictures(batch.photo * batch.mask), judges.of_pictures(drawn))
    return terms


def generator_terms(judges: Judges, made: Generated, batch: UvBatch, loss: str) -> dict[str, Float[Tensor, ""]]:
    """The generator's adversarial terms by the names of `ConvMeshWeights`: equation 1."""
    _, generator = ADVERSARIAL[loss]
    terms = {"uv": judges.mean(generator, judges.of_maps(made.texture, made.deformation, batch))}
    if judges.image is not None:
        terms["image"] = generator(judges.of_pictures(judges.draw(made, batch)))
    return terms


def flatness_term(made: Generated, generator: ConvMeshGenerator) -> Float[Tensor, ""]:
    """L_flat as released: (cos - 1)^2 between neighbouring faces, summed over the edges, mean over the objects."""
    faces = generator.template.faces
    pairs = torch.from_numpy(adjacent_faces(faces.cpu().numpy())).to(made.vertices.device)
    return len(pairs) * flatness_loss(made.vertices, faces.to(made.vertices.device), pairs)


def tied_terms(
    made: Generated, batch: UvBatch, generator: ConvMeshGenerator, tied: TiedCodes
) -> dict[str, Float[Tensor, ""]]:
    """How far the first objects made are from the first of the batch, whose codes they were made from; weighted.

    On the project's template of the truth vertices are compared, on another one the deformation maps.
    """
    truth, count = batch.known(), len(made.texture)
    visible = truth.visible[:count]
    apart = (made.texture - truth.texture[:count]).abs().mean(dim=1, keepdim=True)
    same = generator.config.template == str(truth.vertices.shape[1])
    moved, true = (made.vertices, truth.vertices) if same else (made.deformation, truth.deformation)
    return {
        "tied_texture": tied.texture * (apart * visible).sum() / visible.sum().clamp(min=1.0),
        "tied_vertices": tied.vertices * (moved - true[:count]).abs().mean(),
    }
