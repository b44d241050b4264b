"""All of a run's state in one safetensors file, so that a run killed at any moment goes on as if nothing had been."""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor

from mirror_core.errors import InputError
from mirror_core.files import write_files
from mirror_core.trainers.averaging import AveragedWeights
from mirror_core.trainers.task import Task


@dataclass
class Position:
    """The numbers of a run's state."""

    step: int = 0
    """Steps that are done."""
    best: float = float("-inf")
    """Highest score so far."""


def write_checkpoint(path: Path, task: Task, averaged: AveragedWeights, position: Position) -> None:
    """Write networks, optimizers, average and position under a temporary name, then rename."""
    tensors = {f"average/{name}": values for name, values in averaged.mean.items()}
    for module_name, module in task.modules.items():
        tensors |= {f"module/{module_name}/{name}": values for name, values in module.state_dict().items()}
    for optimizer_name, optimizer in task.optimizers.items():
        for number, state in optimizer.state_dict()["state"].items():
            tensors |= {f"optimizer/{optimizer_name}/{number}/{key}": values for key, values in state.items()}
    numbers = {"step": position.step, "best": position.best, "averaged": averaged.count}
    plain = {name: values.detach().cpu().contiguous().clone() for name, values in tensors.items()}
    write_files({path: save(plain, {"run": json.dumps(numbers)})}, overwrite=True)


def read_checkpoint(path: Path, task: Task, averaged: AveragedWeights) -> Position:
    """Put everything back where `write_checkpoint` took it from.

    Raises:
        InputError: the file is damaged, or from a run with other networks.
    """
    try:
        with safe_open(path, "pt") as file:
            numbers = json.loads((file.metadata() or {})["run"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict
    except (SafetensorError, KeyError, ValueError) as error:
        remedy = "Delete this file; a run that is resumed goes on from the one before it."
        raise InputError(f"The checkpoint {path} is damaged: {error}.", remedy) from error
    try:
        for name, module in task.modules.items():
            module.load_state_dict(_below(tensors, f"module/{name}/"))
    except RuntimeError as error:
        raise InputError(
            f"The checkpoint {path} does not fit this run: {error}.",
            "Resume with the recipe it was started with, or begin a new run.",
        ) from error
    for name, optimizer in task.optimizers.items():
        state: dict[int, dict[str, Tensor]] = {}
        for key, values in _below(tensors, f"optimizer/{name}/").items():
            number, part = key.split("/")
            state.setdefault(int(number), {})[part] = values
        optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
    device = next(task.modules["model"].parameters()).device
    averaged.mean = {name: values.to(device) for name, values in _below(tensors, "average/").items()}
    averaged.count = int(numbers["averaged"])
    return Position(step=int(numbers["step"]), best=float(numbers["best"]))


def _below(tensors: dict[str, Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {name[len(prefix) :]: values for name, values in tensors.items() if name.startswith(prefix)}
