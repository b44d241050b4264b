"""What holds for the whole session: threads, seeds, and how wide hypothesis searches."""

import os

# numba reads this once, when it is imported; with pytest-xdist every worker gets its share of the cores.
_workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
THREADS = max(1, (os.cpu_count() or 1) // _workers)
os.environ.setdefault("NUMBA_NUM_THREADS", str(THREADS))
# Torch reads this once as well: its idle threads sleep instead of taking the cores from the renderer's.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import random

import hypothesis
import numpy as np
import pytest
import torch

torch.set_num_threads(THREADS)

# The same examples in every run, and no deadline: a shared machine is slow at times.
hypothesis.settings.register_profile("mirror", deadline=None, derandomize=True, max_examples=50)
hypothesis.settings.load_profile("mirror")


@pytest.fixture(autouse=True)
def seeded() -> None:
    """Every test starts from the same random state."""
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  for libraries that draw from the global generator
    torch.manual_seed(0)
