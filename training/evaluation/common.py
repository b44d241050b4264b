"""What evaluations share: which photos, and on what machine."""

import os
import platform

import numpy as np
import torch

from mirror_core.trainers.run_folder import made_with


def spread(count: int, wanted: int) -> list[int]:
    """Of `count` numbers at most so many, evenly spread."""
    return sorted(set(np.linspace(0, count - 1, min(wanted, count)).round().astype(int).tolist()))


def circumstances() -> dict[str, object]:
    """Versions, threads and machine, for reports."""
    return {
        "made_with": made_with(),
        "threads": torch.get_num_threads(),
        "machine": platform.machine(),
        "cores": os.cpu_count(),
    }
