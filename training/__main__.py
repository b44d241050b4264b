"""The command line of whoever trains: `python -m training train magic-mirror --data DIR`, or `mirror train ...`.

Exit codes are those of `mirror`: 0 done, 1 failed, 2 the command cannot be understood, 130 interrupted.
"""

import sys
from collections.abc import Sequence

import tyro

from mirror_core.cli.console import Console
from mirror_core.cli.main import INTERRUPTED
from mirror_core.cli.options import UsageError
from mirror_core.errors import CancelledError, MirrorError
from training.ablate import AblateMagicMirror
from training.bake.body import BakeBody
from training.evaluation.fairness import EvaluateFairness
from training.evaluation.invert import EvaluateInvert
from training.evaluation.iou3d import EvaluateIoU3D
from training.evaluation.loss_ablation import EvaluateLossAblation
from training.evaluation.magic_mirror import EvaluateMagicMirror
from training.evaluation.mask_sensitivity import EvaluateMaskSensitivity
from training.evaluation.reconstruct import EvaluateReconstruct
from training.evaluation.three_d import Evaluate3D
from training.figures.convmesh import FigureConvMesh
from training.figures.failures import FigureFailures
from training.figures.magic_mirror import FigureMagicMirror
from training.figures.reid import FigureReid
from training.figures.run import FigureRun
from training.figures.synthetic import FigureSynthetic
from training.ship import ShipModel
from training.synthesize import SynthesizeGarments, SynthesizePeople
from training.train import TrainMagicMirror
from training.train_back import TrainBack
from training.train_convmesh import TrainConvMesh
from training.train_features import TrainFeatures
from training.train_mask import TrainMask
from training.train_reconstructor import TrainReconstructor

COMMANDS = {
    "train magic-mirror": TrainMagicMirror,
    "train convmesh": TrainConvMesh,
    "train reconstructor": TrainReconstructor,
    "train back": TrainBack,
    "train features": TrainFeatures,
    "train mask": TrainMask,
    "evaluate magic-mirror": EvaluateMagicMirror,
    "evaluate reconstruct": EvaluateReconstruct,
    "evaluate invert": EvaluateInvert,
    "evaluate 3d": Evaluate3D,
    "evaluate iou3d": EvaluateIoU3D,
    "evaluate fairness": EvaluateFairness,
    "evaluate mask-sensitivity": EvaluateMaskSensitivity,
    "evaluate loss-ablation": EvaluateLossAblation,
    "figure convmesh": FigureConvMesh,
    "figure failures": FigureFailures,
    "figure magic-mirror": FigureMagicMirror,
    "figure reid": FigureReid,
    "figure run": FigureRun,
    "figure synthetic": FigureSynthetic,
    "ablate magic-mirror": AblateMagicMirror,
    "ship model": ShipModel,
    "synthesize people": SynthesizePeople,
    "synthesize garments": SynthesizeGarments,
    "bake body": BakeBody,
}


def main(arguments: Sequence[str] | None = None, prog: str = "python -m training") -> int:
    """Run the command named by the first two words of `arguments` (default: the process's); returns the exit code."""
    arguments = sys.argv[1:] if arguments is None else arguments
    words = " ".join(arguments[:2])
    if not arguments or any(word in ("-h", "--help") for word in arguments[:2]):
        print(_overview(prog))
        return 0
    if words not in COMMANDS:
        Console().failure(UsageError(f"There is no command {words!r}.", f"Choose one of: {', '.join(COMMANDS)}."))
        return 2
    try:
        tyro.cli(
            COMMANDS[words], prog=f"{prog} {words}", args=arguments[2:], config=(tyro.conf.FlagCreatePairsOff,)
        ).run()
    except (CancelledError, KeyboardInterrupt) as stop:
        Console().failure(stop if isinstance(stop, CancelledError) else CancelledError("Interrupted."))
        return INTERRUPTED
    except MirrorError as error:
        Console().failure(error)
        return 2 if isinstance(error, UsageError) else 1
    return 0


def _overview(prog: str) -> str:
    width = max(map(len, COMMANDS))
    lines = [
        f"  {words:{width}}  {(command.__doc__ or '').strip().splitlines()[0]}" for words, command in COMMANDS.items()
    ]
    return "\n".join([f"usage: {prog} COMMAND [OPTIONS]; -h after a command tells its options", "", *lines])


if __name__ == "__main__":
    sys.exit(main())
