"""How the learning rate changes over a run."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Schedule:
    """A cosine from 1 to `last`, after a linear warm-up, perhaps started several times over."""

    last: float = 0.01
    """Factor at the end of the run (of each cycle)."""
    warm_up: float = 0.0
    """Share of the run over which the factor first grows from 0."""
    cycles: int = 1
    """Warm restarts: how often the cosine is gone through."""
    restart: float = 1.0
    """Factor of each cycle's height over the one before."""

    def factor(self, progress: float) -> float:
        """What the base rates are multiplied by.

        Args:
            progress: share of the run that is done, 0..1.
        """
        if progress < self.warm_up:
            return progress / self.warm_up
        along = (progress - self.warm_up) / (1.0 - self.warm_up) * self.cycles
        cycle = min(int(along), self.cycles - 1)
        cosine = (1.0 + math.cos(math.pi * min(along - cycle, 1.0))) / 2.0
        return (self.last + (1.0 - self.last) * cosine) * self.restart**cycle
