"""How the garment feature network learns: plain classification."""

import torch
from jaxtyping import Float, Int
from lightning.fabric import Fabric
from torch import Tensor, nn

from mirror_core.features import GarmentNetwork
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoBatch, PhotoSource
from mirror_core.trainers.processes import average_gradients


class GarmentTask:
    """What the trainer's loop runs.

    Args:
        network: to be trained.
        train_labels: number of the label of each photo of the training source.
        val_labels: of the validation source.
        learning_rate: of AdamW at the beginning.
    """

    def __init__(
        self,
        network: GarmentNetwork,
        train_labels: Int[Tensor, " N"],
        val_labels: Int[Tensor, " M"],
        learning_rate: float = 2e-3,
    ) -> None:
        self.network = network
        self.train_labels, self.val_labels = train_labels, val_labels
        self.modules: dict[str, nn.Module] = {"model": network}
        group = {"params": list(network.parameters()), "lr": learning_rate, "base_lr": learning_rate}
        self.optimizers: dict[str, torch.optim.Adam] = {"model": torch.optim.AdamW([group], weight_decay=0.05)}

    def step(self, batch: PhotoBatch, moment: Moment, fabric: Fabric) -> dict[str, Tensor]:
        """One update by cross-entropy, labels a little softened."""
        labels = self.train_labels[batch.index].to(batch.photo.device)
        with fabric.autocast():
            scores = self.network(on_white(batch))
        loss = nn.functional.cross_entropy(scores.float(), labels, label_smoothing=0.1)
        self.optimizers["model"].zero_grad()
        fabric.backward(loss)
        average_gradients(fabric, self.network)
        self.optimizers["model"].step()
        return {"cross_entropy": loss.detach()}

    def end_epoch(self, source: PhotoSource, moment: Moment, fabric: Fabric) -> dict[str, float]:
        """Nothing happens between epochs."""
        return {}

    @torch.no_grad()
    def validate(self, model: nn.Module, source: PhotoSource) -> dict[str, float]:
        """Share of photos whose label is found, which is the score, and the mean of that share over the labels."""
        assert isinstance(model, GarmentNetwork)
        device = next(model.parameters()).device
        chunks = torch.arange(len(source)).split(50)
        scores = torch.cat([model(on_white(source.batch(index).to(device))) for index in chunks]).cpu()
        right = (scores.argmax(dim=1) == self.val_labels).float()
        each = [float(right[self.val_labels == label].mean()) for label in self.val_labels.unique()]
        accuracy = float(right.mean())
        return {"accuracy": accuracy, "accuracy_over_labels": sum(each) / len(each), "score": accuracy}

    def picture(self, model: nn.Module, batch: PhotoBatch) -> Float[Tensor, "3 H W"]:
        """What the network is shown."""
        return torch.cat(list(on_white(batch)), dim=2)


def on_white(batch: PhotoBatch) -> Float[Tensor, "B 3 H W"]:
    """Photos with everything but the object white."""
    return batch.photo * batch.mask + 1.0 - batch.mask
