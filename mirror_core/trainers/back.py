"""How the completion of the unseen side learns: from photos and what lies behind each of their pixels."""

from dataclasses import dataclass

import torch
from jaxtyping import Float
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core.completion.network import BackNetwork, Behind
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.processes import average_gradients

ALIKE, OTHER = 0.08, 0.2
"""Mean differences of front and back, sRGB, below which the gate is taught to open and above which to close."""


@dataclass(frozen=True)
class BackBatch(PhotoBatch):
    """Photos with what lies behind.

    Attributes:
        back: sRGB 0..1, on the photo's pixels.
        face: 1 on faces that the photo looks into.
    """

    back: Float[Tensor, "B 3 H W"] | None = None
    face: Float[Tensor, "B 1 H W"] | None = None

    def to(self, device: torch.device) -> "BackBatch":
        """The same on another device."""
        back, face = self.truths()
        photo, mask = self.photo.to(device), self.mask.to(device)
        return BackBatch(photo, mask, self.index, back=back.to(device), face=face.to(device))

    def truths(self) -> tuple[Float[Tensor, "B 3 H W"], Float[Tensor, "B 1 H W"]]:
        """Back and face, which are always there."""
        assert self.back is not None
        assert self.face is not None
        return self.back, self.face


@dataclass(frozen=True)
class BackWeights:
    """Weights of the loss's terms."""

    blend: float = 1.0
    """Mean absolute difference of the blended back from the true one."""
    painted: float = 0.5
    """The same of the painted colours alone, so that they are right wherever the gate closes."""
    edges: float = 0.5
    """The same of the blended back's differences between neighbours, at two scales."""
    gate: float = 0.2
    """Cross-entropy of the gate where front and back are clearly alike or clearly different."""
    between: float = 0.06
    """Gates between open and closed, which show a ghost of the front."""
    face: float = 0.3
    """Gates that are open on a face that the photo looks into."""
    error: float = 0.02
    """Likelihood of the blended back under a Laplace distribution of the expected error."""


class BackTask:
    """What the trainer's loop runs.

    Args:
        network: to be trained.
        weights: of the loss.
        learning_rate: of AdamW at the beginning.
    """

    def __init__(self, network: BackNetwork, weights: BackWeights | None = None, learning_rate: float = 2e-3) -> None:
        self.network, self.weights = network, weights or BackWeights()
        self.modules: dict[str, nn.Module] = {"model": network}
        group = {"params": list(network.parameters()), "lr": learning_rate, "base_lr": learning_rate}
        self.optimizers: dict[str, torch.optim.Adam] = {"model": torch.optim.AdamW([group], weight_decay=0.01)}

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        """One update."""
        assert isinstance(batch, BackBatch)
        with fabric.autocast():
            behind = self.network(batch.photo, batch.mask)
        terms = back_terms(behind, batch)
        loss = torch.stack([getattr(self.weights, name) * value for name, value in terms.items()]).sum()
        self.optimizers["model"].zero_grad()
        fabric.backward(loss)
        average_gradients(fabric, self.network)
        self.optimizers["model"].step()
        return {name: value.detach() for name, value in terms.items()}

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """Nothing happens between epochs."""
        return {}

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """Mean absolute differences from the true back: blended, and of the photo itself, which mirroring gives.

        The score is the blended back's, and that on faces counts once more.
        """
        device = next(model.parameters()).device
        sums: dict[str, list[Tensor]] = {}
        for index in torch.arange(len(source)).split(50):
            batch = source.batch(index).to(device)
            assert isinstance(batch, BackBatch)
            back, face = batch.truths()
            behind = model(batch.photo, batch.mask)
            apart = (behind.blend(batch.photo) - back).abs().mean(dim=1, keepdim=True)
            mirrored = (batch.photo - back).abs().mean(dim=1, keepdim=True)
            on_face = face * batch.mask
            values = {
                "blend": _mean(apart, batch.mask),
                "mirrored": _mean(mirrored, batch.mask),
                "face": _mean(apart, on_face),
                "mirrored_face": _mean(mirrored, on_face),
                "gate_face": _mean(behind.gate, on_face),
                "gate": _mean(behind.gate, batch.mask),
            }
            for name, value in values.items():
                sums.setdefault(name, []).append(value)
        figures = {name: float(torch.stack(values).mean()) for name, values in sums.items()}
        return {**figures, "score": -figures["blend"] - figures["face"] * 0.2}

    @torch.no_grad()
    def picture(self, model: nn.Module, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
        """Rows: photos, true backs, blended backs, gates."""
        assert isinstance(batch, BackBatch)
        behind = model(batch.photo, batch.mask)
        back, _ = batch.truths()
        rows = [batch.photo, back, behind.blend(batch.photo), behind.gate.expand_as(back)]
        return torch.cat([torch.cat(list(row * batch.mask + 1.0 - batch.mask), dim=2) for row in rows], dim=1)


def back_terms(behind: Behind, batch: BackBatch) -> dict[str, Tensor]:
    """Terms of the loss by the names of `BackWeights`, all means over the object."""
    back, face = batch.truths()
    mask, gate = batch.mask, behind.gate
    blend = behind.blend(batch.photo)
    apart = (blend - back).abs().mean(dim=1, keepdim=True)
    front_back = nn.functional.avg_pool2d((batch.photo - back).abs().mean(dim=1, keepdim=True), 5, 1, 2)
    alike, other = (front_back < ALIKE).float() * (1.0 - face), ((front_back > OTHER) | (face > 0.5)).float()
    taught = nn.functional.binary_cross_entropy(gate.clamp(1e-4, 1.0 - 1e-4), alike, reduction="none")
    likelihood = apart.detach() / behind.error + behind.error.log()
    return {
        "blend": _mean(apart, mask),
        "painted": _mean((behind.painted - back).abs().mean(dim=1, keepdim=True), mask),
        "edges": _edges(blend - back, mask, 1) + _edges(blend - back, mask, 4),
        "gate": _mean(taught, mask * (alike + other)),
        "between": _mean(gate * (1.0 - gate), mask),
        "face": _mean(gate, face * mask),
        "error": _mean(likelihood, mask),
    }


def _edges(difference: Float[Tensor, "B 3 H W"], mask: Float[Tensor, "B 1 H W"], step: int) -> Tensor:
    """Mean absolute change of a difference over so many pixels, down and across, within the object."""
    down = (difference[:, :, step:] - difference[:, :, :-step]).abs().mean(dim=1, keepdim=True)
    across = (difference[..., step:] - difference[..., :-step]).abs().mean(dim=1, keepdim=True)
    return _mean(down, mask[:, :, step:] * mask[:, :, :-step]) + _mean(across, mask[..., step:] * mask[..., :-step])


def _mean(values: Float[Tensor, "B 1 H W"], weights: Float[Tensor, "B 1 H W"]) -> Tensor:
    """Weighted; 0 where there is no weight at all."""
    return (values * weights).sum() / weights.sum().clamp(min=1.0)
