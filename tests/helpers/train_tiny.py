"""A run of the tiny Magic Mirror as a process of its own: `python train_tiny.py FOLDER [EPOCHS] [OBJECTIVE]`.

Under torchrun's environment variables it is one of several processes.
"""

import os
import sys
from pathlib import Path

import torch

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

# As a script it first has to find the helpers, so these stand lower down.
from helpers.tiny_mirror import Ellipsoids, tiny_task

from mirror_core.trainers.averaging import Averaging
from mirror_core.trainers.loop import LoopSettings, fit
from mirror_core.trainers.magic_mirror import MagicMirrorTraining, Objective, PrototypeLoop
from mirror_core.trainers.run_folder import RunFolder
from training.train import make_fabric

EVERYTHING = MagicMirrorTraining(
    objective=Objective(consistent_on="mixed", adversarial_on=("novel",), adversarial=1e-2),
    prototype=PrototypeLoop(every=1, step=0.5),
    learning_rate=1e-3,
)
LOOP = LoopSettings(
    epochs=4, batch=4, averaging=Averaging("swa", start=0.5), validate_every=2, log_every=1, checkpoint_minutes=0.0
)


def train(folder: Path, resume: bool = False, minutes: float | None = None) -> bool:
    """Three steps an epoch on twelve ellipsoids; a checkpoint after every step.

    On one thread: with another number of threads, sums are added up in another order.
    """
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        fabric = make_fabric("cpu", "32-true")
        run = RunFolder(folder, {"who": "tiny"}, resume=resume, writer=fabric.is_global_zero)
        return fit(tiny_task(EVERYTHING), Ellipsoids(13), Ellipsoids(4), LOOP, run, fabric, minutes)
    finally:
        torch.set_num_threads(threads)


if __name__ == "__main__":
    train(Path(sys.argv[1]))
    sys.stdout.flush()
    os._exit(0)
