"""The prototype loop: the template moves towards the mean of the shapes (section 3.4)."""

from typing import cast

import torch
from jaxtyping import Float
from lightning.fabric import Fabric
from torch import Tensor

from mirror_core.encoders import MagicMirror
from mirror_core.mesh.topology import unique_edges
from mirror_core.trainers.magic_mirror.settings import PrototypeLoop
from mirror_core.trainers.moment import Moment
from mirror_core.trainers.photos import PhotoSource

CHUNK = 32
"""Photos encoded at a time."""


def update_prototype(
    model: MagicMirror, source: PhotoSource, settings: PrototypeLoop, moment: Moment, fabric: Fabric
) -> dict[str, float]:
    """Move the prototype if it is this epoch's turn; says how far, in template units."""
    if (moment.epoch + 1) % settings.every or moment.progress > settings.until:
        return {}
    total, count = sum_of_offsets(model, source, settings, moment, fabric)
    if not count:
        return {"prototype_photos": 0.0}
    updates = (moment.epoch + 1) // settings.every
    warm = min(1.0, 0.01 + 0.99 * moment.progress / settings.warm_up) if settings.warm_up else 1.0
    mean = smooth(total / count, model, settings.smoothing).clamp(-settings.clip, settings.clip)
    move = warm * settings.step * settings.decay**updates * mean
    with torch.no_grad():
        model.prototype += move
        model.prototype -= model.prototype.mean(dim=0) - model.template.vertices.mean(dim=0).to(model.prototype)
    return {"prototype_photos": float(count), "prototype_move": float(move.norm(dim=1).mean())}


@torch.no_grad()
def sum_of_offsets(
    model: MagicMirror, source: PhotoSource, settings: PrototypeLoop, moment: Moment, fabric: Fabric
) -> tuple[Float[Tensor, "V 3"], int]:
    """Sum of the centred offsets of all photos that count, and how many those are, over all processes."""
    device = model.prototype.device
    sums, count = torch.zeros_like(model.prototype), torch.zeros((), device=device)
    was_training = model.training
    model.eval()
    mine = torch.arange(len(source))[moment.rank :: moment.processes]
    low, high = settings.clean_area
    for index in mine.split(CHUNK):
        batch = source.batch(index)
        photo, mask = batch.photo.to(device), batch.mask.to(device)
        offsets = model(photo, mask).offsets
        area = mask.mean(dim=(1, 2, 3))
        counts = (area >= low) & (area <= high) & (offsets.norm(dim=-1).mean(dim=1) <= settings.largest)
        sums += (offsets - offsets.mean(dim=1, keepdim=True))[counts].sum(dim=0)
        count += counts.sum()
    model.train(was_training)
    both = torch.cat([sums.reshape(-1), count.reshape(1)])
    if moment.processes > 1:
        both = cast("Tensor", fabric.all_reduce(both, reduce_op="sum"))
    return both[:-1].view_as(sums), int(both[-1])


def smooth(offsets: Float[Tensor, "V 3"], model: MagicMirror, passes: int) -> Float[Tensor, "V 3"]:
    """Each pass moves every vertex's offset half way to the mean of its neighbours'."""
    edges = torch.from_numpy(unique_edges(model.template.faces.numpy())[0]).to(offsets.device)
    a, b = torch.cat([edges, edges.flip(1)]).unbind(dim=1)
    degree = torch.bincount(a, minlength=len(offsets))[:, None]
    for _ in range(passes):
        offsets = 0.5 * offsets + 0.5 * torch.zeros_like(offsets).index_add(0, a, offsets[b]) / degree
    return offsets
