"""Where a run stands. All randomness of a step comes from here, so a resumed run is the same run."""

import hashlib
from dataclasses import dataclass

import torch

from mirror_core.errors import InputError


@dataclass(frozen=True)
class Moment:
    """One step of a run, as one of its processes sees it."""

    seed: int
    step: int
    """Counted from 0 over all epochs."""
    epochs: int
    steps_per_epoch: int
    rank: int = 0
    processes: int = 1

    @property
    def epoch(self) -> int:
        """Counted from 0."""
        return self.step // self.steps_per_epoch

    @property
    def progress(self) -> float:
        """Share of the run that is done, 0..1."""
        return self.step / (self.epochs * self.steps_per_epoch)

    def seed_for(self, name: str) -> int:
        """A number that depends on seed, step and name alone."""
        digest = hashlib.sha256(f"{self.seed} {self.step} {name}".encode()).digest()
        return int.from_bytes(digest[:8], "little") >> 1

    def generator(self, name: str) -> torch.Generator:
        """Random numbers for one purpose, the same in all processes."""
        return torch.Generator().manual_seed(self.seed_for(name))

    def rows(self, total: int) -> slice:
        """The share of this process in a batch of `total` photos."""
        if total % self.processes:
            raise InputError(
                f"A batch of {total} photos cannot be shared out evenly to {self.processes} processes.",
                "Choose a multiple as batch size.",
            )
        each = total // self.processes
        return slice(self.rank * each, (self.rank + 1) * each)
