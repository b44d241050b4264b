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
    warm_terms,
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
        if self.is_warm(moment):
            return self._generator_step(batch, moment, fabric, alone=True)
        if moment.step % (self.settings.critic_steps + 1) < self.settings.critic_steps:
            return self._critic_step(batch, moment, fabric)
        return self._generator_step(batch, moment, fabric, alone=False)

    def is_warm(self, moment: Moment) -> bool:
        """Whether the run still learns by regression alone."""
        return self.settings.warm is not None and moment.progress < self.settings.warm.until

    def make(self, batch: UvBatch, moment: Moment) -> tuple[Generated, int]:
        """Generate as many objects as the batch has; the first of them, whose number is returned, from its codes."""
        truth, warm, count = batch.known(), self.settings.warm, len(batch.photo)
        tied = 0
        if warm is not None:
            if truth.code is None:
                raise InputError("The warm start needs data with codes.", "Prepare it with CodeSettings, or leave it.")
            tied = count if self.is_warm(moment) else round(warm.keep * count)
        drawn = self.generator.draw(count * moment.processes, moment.generator("codes"))
        code = drawn[moment.rows(len(drawn))].to(truth.texture)
        if tied and truth.code is not None:
            code = torch.cat([truth.code[:tied], code[tied:]])
        return self.generator(code, truth.label), tied

    def _critic_step(self, batch: UvBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        with torch.no_grad(), fabric.autocast():
            made, _ = self.make(batch, moment)
        with fabric.autocast():
            terms = critic_terms(self._judges(), made, batch, self.settings.loss)
        self._descend([name for name in self.optimizers if name != "generator"], terms, fabric)
        return {name: value.detach() for name, value in terms.items()}

    def _generator_step(self, batch: UvBatch, moment: Moment, fabric: Fabric, alone: bool) -> dict[str, Tensor]:
        weights, warm = self.settings.weights, self.settings.warm
        with fabric.autocast():
            made, tied = self.make(batch, moment)
            terms = {"flatness": weights.flatness * flatness_term(made, self.generator)}
            if not alone:
                found = generator_terms(self._judges(), made, batch, self.settings.loss)
                terms |= {name: getattr(weights, name) * value for name, value in found.items()}
            if tied and warm is not None:
                own = Generated(made.deformation[:tied], made.texture[:tied], made.vertices[:tied])
                held = warm_terms(own, batch, self.generator, warm)
                terms |= {name: value * (1.0 if alone else warm.hold) for name, value in held.items()}
        if alone and warm is not None:
            for group in self.optimizers["generator"].param_groups:
                group["lr"] *= warm.learning_rate / group["base_lr"]
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
