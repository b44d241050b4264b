"""One training step of 3D Magic Mirror in the open: look, teach the critic, teach the encoders."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core import losses, metrics
from mirror_core.attributes import Attributes
from mirror_core.discriminators import WganCritic
from mirror_core.encoders import MagicMirror
from mirror_core.rendering import RasterSettings, Renderer
from mirror_core.trainers.magic_mirror.landmarks import Landmarks, LandmarkSettings
from mirror_core.trainers.magic_mirror.objective import Terms
from mirror_core.trainers.magic_mirror.picture import picture_grid
from mirror_core.trainers.magic_mirror.prototype import update_prototype
from mirror_core.trainers.magic_mirror.settings import MagicMirrorTraining
from mirror_core.trainers.magic_mirror.truth import truth_terms
from mirror_core.trainers.magic_mirror.views import View, draw, mixed, turned
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.processes import average_gradients

CHUNK = 25
"""Photos evaluated at a time."""


@dataclass(frozen=True)
class Views:
    """Everything a step renders."""

    reconstruction: View
    novel: View | None
    mixed: View | None

    def named(self, name: str) -> View:
        view = getattr(self, name)
        assert isinstance(view, View), f"the step rendered no {name} view"
        return view


class MagicMirrorTask:
    """What the trainer's loop runs: encoders against a critic.

    Args:
        model: the encoders.
        critic: Wasserstein critic on colours and mask.
        settings: weights and strategy.
        landmarks: of SMR's landmark term; none: it is left out.
    """

    def __init__(
        self,
        model: MagicMirror,
        critic: WganCritic,
        settings: MagicMirrorTraining,
        landmarks: LandmarkSettings | None = None,
    ) -> None:
        self.model = model
        self.critic = critic
        self.settings = settings
        self.terms = Terms(settings.objective, model)
        self.modules: dict[str, nn.Module] = {"model": model, "critic": critic}
        self.optimizers: dict[str, torch.optim.Adam] = {
            "model": self._adam(_groups(model, settings)),
            "critic": self._adam([_group(critic, settings.critic_rate or settings.learning_rate)]),
        }
        self.landmarks = Landmarks(landmarks, model) if landmarks else None
        if self.landmarks is not None:
            classifier = self.landmarks.classifier
            self.modules["landmarks"] = classifier
            self.optimizers["landmarks"] = self._adam([_group(classifier, settings.learning_rate)])

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        """One update of critic and encoders; the weighted terms by name."""
        learning = self.settings.turns[moment.step % len(self.settings.turns)]
        views = self._look(batch, learning, moment, fabric)
        said = self._teach_critic(views, batch, moment, fabric) if self.settings.objective.adversarial else {}
        terms = self.terms.reconstruction(views.reconstruction, batch)
        terms |= self.terms.regularisation(views.reconstruction.attributes)
        terms |= truth_terms(self.settings.objective.truth, views.reconstruction.attributes, batch.truth)
        terms |= self._consistency(views, fabric)
        terms |= self._adversarial(views, fabric)
        learners = ("model",)
        if self.landmarks is not None:
            terms["landmarks"] = self.landmarks.loss(views.reconstruction.attributes, batch, moment)
            learners = ("model", "landmarks")
        self._update(learners, torch.stack(list(terms.values())).sum(), fabric)
        return {name: value.detach() for name, value in (terms | said).items()}

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """The prototype loop."""
        if self.settings.prototype is None:
            return {}
        return update_prototype(self.model, source, self.settings.prototype, moment, fabric)

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """MaskIoU (hard and soft) and SSIM on white of the forward pass alone; the score is the mean of the two."""
        assert isinstance(model, MagicMirror)
        hard, soft, similar = list[Tensor](), list[Tensor](), list[float]()
        for index in torch.arange(len(source)).split(CHUNK):
            batch = self._on_device(source.batch(index))
            seen = draw(model, model(batch.photo, batch.mask), Renderer(image_size=model.config.image_size))
            hard.append(metrics.mask_iou(seen.image.mask, batch.mask))
            soft.append(metrics.mask_iou(seen.image.silhouette, batch.mask))
            rendered = seen.rgb * seen.image.mask + 1.0 - seen.image.mask
            similar += [metrics.ssim(rendered, batch.photo * batch.mask + 1.0 - batch.mask)] * len(index)
        figures = {
            "mask_iou": float(torch.cat(hard).mean()),
            "mask_iou_soft": float(torch.cat(soft).mean()),
            "ssim": sum(similar) / len(similar),
        }
        return figures | {"score": (figures["mask_iou"] + figures["ssim"]) / 2}

    @torch.no_grad()
    def picture(self, model: nn.Module, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
        """A row for each photo: photo, reconstruction, 45, 90 and 180 degrees on."""
        assert isinstance(model, MagicMirror)
        return picture_grid(model, self._on_device(batch))

    def _look(self, batch: PhotoBatch, learning: tuple[str, ...], moment: Moment, fabric: Fabric) -> Views:
        objective, total = self.settings.objective, len(batch.index) * moment.processes
        with fabric.autocast():
            found = self.model(batch.photo, batch.mask, learning).float()
        renderer = self._renderer(moment)
        novel = mixture = None
        if objective.adversarial and "novel" in objective.adversarial_on:
            novel = draw(self.model, turned(found, moment, total), renderer)
        again = objective.consistent and objective.consistent_on == "mixed"
        if again or (objective.adversarial and "mixed" in objective.adversarial_on):
            given = mixed(found, self.model, self.settings.mixed_offset, moment, total)
            mixture = draw(self.model, given, renderer)
        return Views(draw(self.model, found, renderer), novel, mixture)

    def _teach_critic(self, views: Views, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        objective = self.settings.objective
        photo = batch.photo if self.model.config.keep_background else batch.photo * batch.mask
        real = torch.cat([photo, batch.mask], dim=1)
        total = len(batch.index) * moment.processes
        noise = torch.rand(total, generator=moment.generator("penalty"))[moment.rows(total)].to(real)
        terms = dict[str, Tensor]()
        for name in objective.adversarial_on:
            fake = views.named(name).four_channels.detach()
            with fabric.autocast():
                loss = losses.critic_loss(self.critic(real), self.critic(fake))
            terms[f"critic_{name}"] = objective.adversarial * loss
            penalty = losses.gradient_penalty(self.critic, real, fake, noise)
            terms[f"penalty_{name}"] = objective.adversarial * objective.penalty * penalty
        self._update(("critic",), torch.stack(list(terms.values())).sum(), fabric)
        return terms

    def _adversarial(self, views: Views, fabric: Fabric) -> dict[str, Tensor]:
        objective = self.settings.objective
        if not objective.adversarial:
            return {}
        self.critic.requires_grad_(False)
        with fabric.autocast():
            terms = {
                f"adversarial_{name}": objective.adversarial
                * losses.generator_loss(self.critic(views.named(name).four_channels))
                for name in objective.adversarial_on
                if name != "mixed"  # the mix-up has no history to learn from
            }
        self.critic.requires_grad_(True)
        return terms

    def _consistency(self, views: Views, fabric: Fabric) -> dict[str, Tensor]:
        if not self.settings.objective.consistent:
            return {}
        view = views.named(self.settings.objective.consistent_on)
        with fabric.autocast():
            found: Attributes = self.model(view.rgb.detach(), view.image.mask.detach()).float()
        return self.terms.consistency(found, view.attributes.detach())

    def _update(self, names: tuple[str, ...], loss: Tensor, fabric: Fabric) -> None:
        for name in names:
            self.optimizers[name].zero_grad()
        fabric.backward(loss)
        for name in names:
            average_gradients(fabric, self.modules[name])
            self.optimizers[name].step()

    def _renderer(self, moment: Moment) -> Renderer:
        start, end = self.settings.sharpness
        sigmainv = start * (end / start) ** moment.progress
        raster = RasterSettings(sigmainv=sigmainv, isotropic=self.settings.isotropic)
        return Renderer(image_size=self.model.config.image_size, settings=raster)

    def _adam(self, groups: list[dict[str, object]]) -> torch.optim.Adam:
        return torch.optim.Adam(groups, betas=self.settings.betas, amsgrad=self.settings.amsgrad)

    def _on_device(self, batch: PhotoBatch) -> PhotoBatch:
        return batch.to(self.model.prototype.device)


def _group(module: nn.Module, rate: float) -> dict[str, object]:
    return {"params": list(module.parameters()), "lr": rate, "base_lr": rate}


def _groups(model: MagicMirror, settings: MagicMirrorTraining) -> list[dict[str, object]]:
    """The shape encoder's backbone apart, with its own rate."""
    backbone = {id(parameter) for parameter in model.shape.backbone.parameters()}
    slow = [p for p in model.parameters() if id(p) in backbone]
    fast = [p for p in model.parameters() if id(p) not in backbone]
    rates = (settings.learning_rate * settings.backbone_rate, settings.learning_rate)
    return [
        {"params": parameters, "lr": rate, "base_lr": rate}
        for parameters, rate in zip((slow, fast), rates, strict=True)
    ]
