"""One training of ConvMesh: what the trainer's loop runs."""

import torch
from jaxtyping import Float
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core.discriminators import PatchDiscriminator, UVDiscriminator
from mirror_core.errors import InputError
from mirror_core.generators import ConvMeshGenerator, Generated
from mirror_core.generators.ema import MovingAverage, average_decay
from mirror_core.trainers.convmesh.batch import UvBatch
from mirror_core.trainers.convmesh.objective import (
    Judges,
    critic_terms,
    flatness_term,
    generator_terms,
    tied_terms,
)
from mirror_core.trainers.convmesh.picture import sample_grid
from mirror_core.trainers.convmesh.settings import ConvMeshTraining
from mirror_core.trainers.convmesh.validation import validate_generator
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.processes import average_gradients


class ConvMeshTask:
    """A generator against its discriminators.

    "model" is the generator's running average, which is validated and exported; "generator" is the one that learns.

    Args:
        generator: with its first weights.
        uv: discriminators of maps.
        image: discriminator of renderings; used if it has a weight.
        settings: of the training.
        shares: weights of the discriminators of maps: texture, mesh, and coarse texture; none: all alike.
    """

    def __init__(
        self,
        generator: ConvMeshGenerator,
        uv: UVDiscriminator,
        image: PatchDiscriminator,
        settings: ConvMeshTraining | None = None,
        shares: tuple[float, ...] | None = None,
    ) -> None:
        self.shares = shares
        self.generator, self.uv, self.settings = generator, uv, settings or ConvMeshTraining()
        self.image = image if self.settings.weights.image else None
        self.average = MovingAverage(generator)
        self.modules: dict[str, nn.Module] = {"model": self.average.average, "generator": generator, "uv": uv}
        rates = {"generator": self.settings.generator_rate, "uv": self.settings.critic_rate}
        if self.image is not None:
            self.modules["image"] = self.image
            rates["image"] = self.settings.critic_rate
        self.optimizers = {name: self._adam(self.modules[name], rate) for name, rate in rates.items()}

    def _adam(self, network: nn.Module, rate: float) -> torch.optim.Adam:
        group = {"params": list(network.parameters()), "lr": rate, "base_lr": rate}
        return torch.optim.Adam([group], betas=self.settings.betas)

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        """One update of the generator or of the discriminators, whose turn it is."""
        assert isinstance(batch, UvBatch)
        self.average.average.eval()
        if moment.step % (self.settings.critic_steps + 1) < self.settings.critic_steps:
            return self._critic_step(batch, moment, fabric)
        return self._generator_step(batch, moment, fabric)

    def make(self, batch: UvBatch, moment: Moment) -> tuple[Generated, int]:
        """Generate as many objects as the batch has; the first of them, whose number is returned, from its codes."""
        truth, tied, count = batch.known(), self.settings.tied, len(batch.photo)
        drawn = self.generator.draw(count * moment.processes, moment.generator("codes"))
        code = drawn[moment.rows(len(drawn))].to(truth.texture)
        first = 0 if tied is None else round(tied.share * count)
        if first:
            if truth.code is None:
                raise InputError(
                    "Tied codes need data with codes.", "Prepare it with CodeSettings, or set tied to none."
                )
            code = torch.cat([truth.code[:first], code[first:]])
        return self.generator(code, truth.label), first

    def _critic_step(self, batch: UvBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        with torch.no_grad(), fabric.autocast():
            made, _ = self.make(batch, moment)
        with fabric.autocast():
            terms = critic_terms(self._judges(), made, batch, self.settings.loss)
        self._descend([name for name in self.optimizers if name != "generator"], terms, fabric)
        return {name: value.detach() for name, value in terms.items()}

    def _generator_step(self, batch: UvBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        weights, tied = self.settings.weights, self.settings.tied
        with fabric.autocast():
            made, first = self.make(batch, moment)
            found = generator_terms(self._judges(), made, batch, self.settings.loss)
            terms = {name: getattr(weights, name) * value for name, value in found.items()}
            terms["flatness"] = weights.flatness * flatness_term(made, self.generator)
            if tied is not None and first:
                own = Generated(made.deformation[:first], made.texture[:first], made.vertices[:first])
                terms |= tied_terms(own, batch, self.generator, tied)
        self._descend(["generator"], terms, fabric)
        self.average.update(self.generator, self._decay(moment))
        return {name: value.detach() for name, value in terms.items()}

    def _descend(self, names: list[str], terms: dict[str, Tensor], fabric: Fabric) -> None:
        """Clear these networks' gradients, which the other side's step may have touched, then update them."""
        for name in names:
            self.optimizers[name].zero_grad()
        fabric.backward(torch.stack(list(terms.values())).sum())
        for name in names:
            average_gradients(fabric, self.modules[name])
            self.optimizers[name].step()

    def _judges(self) -> Judges:
        return Judges(self.uv, self.image, self.generator, self.shares)

    def _decay(self, moment: Moment) -> float:
        if self.settings.ramp == "epochs":
            return average_decay(moment.epoch, self.settings.average)
        return min(self.settings.average, moment.step / (moment.step + 20))

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """Nothing happens between epochs."""
        return {}

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """How like photos the samples are, and how near known objects; see `validate_generator`."""
        assert isinstance(model, ConvMeshGenerator)
        return validate_generator(model, source)

    @torch.no_grad()
    def picture(self, model: nn.Module, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
        """Objects of the data and inventions, from several sides."""
        assert isinstance(model, ConvMeshGenerator)
        assert isinstance(batch, UvBatch)
        return sample_grid(model, batch)
