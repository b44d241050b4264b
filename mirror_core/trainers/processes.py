"""Several processes that train one model: explicit averages instead of a wrapper around the networks.

The step runs some networks several times, some without gradients, and takes second derivatives (the critic's penalty),
which torch's DistributedDataParallel does not allow.
"""

import torch
from lightning.fabric import Fabric
from torch import Tensor, nn


def average_gradients(fabric: Fabric, module: nn.Module) -> None:
    """Replace every gradient by its mean over the processes; in one message."""
    if fabric.world_size == 1:
        return
    gradients = [p.grad for p in module.parameters() if p.requires_grad and p.grad is not None]
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
    mean = fabric.all_reduce(flat, reduce_op="mean")
    assert isinstance(mean, Tensor)
    for gradient, values in zip(gradients, mean.split([g.numel() for g in gradients]), strict=True):
        gradient.copy_(values.view_as(gradient))


def share_weights(fabric: Fabric, module: nn.Module) -> None:
    """Give every process the parameters and buffers of the first."""
    if fabric.world_size == 1:
        return
    for values in module.state_dict().values():
        values.copy_(fabric.broadcast(values))


def mean_over_processes(fabric: Fabric, terms: dict[str, Tensor]) -> dict[str, float]:
    """Plain numbers: each term's mean over the processes."""
    values = torch.stack([value.detach().float() for value in terms.values()])
    mean = fabric.all_reduce(values, reduce_op="mean") if fabric.world_size > 1 else values
    assert isinstance(mean, Tensor)
    return dict(zip(terms, mean.tolist(), strict=True))


def average_buffers(fabric: Fabric, module: nn.Module) -> None:
    """Give every process the mean of the buffers, such as batch-norm's figures, which each counts from its own photos.

    Running means are linear, so their mean does not depend on how often this is done, but for rounding.
    """
    if fabric.world_size == 1:
        return
    for values in module.buffers():
        if values.is_floating_point():
            mean = fabric.all_reduce(values, reduce_op="mean")
            assert isinstance(mean, Tensor)
            values.copy_(mean)


def any_process(fabric: Fabric, *flags: bool) -> list[bool]:
    """For each flag, whether it is up in at least one process; in one message."""
    if fabric.world_size == 1:
        return list(flags)
    raised = fabric.all_reduce(torch.tensor(flags, dtype=torch.float32, device=fabric.device), reduce_op="sum")
    assert isinstance(raised, Tensor)
    return [value > 0 for value in raised.tolist()]
