"""The command line for development: `python -m training evaluate reconstruct --data DIR`."""

import sys

import tyro

from mirror_core.errors import MirrorError
from training.evaluation.magic_mirror import EvaluateMagicMirror
from training.evaluation.reconstruct import EvaluateReconstruct
from training.figures.magic_mirror import FigureMagicMirror
from training.figures.reid import FigureReid
from training.train import TrainMagicMirror
from training.train_features import TrainFeatures

COMMANDS = {
    "evaluate reconstruct": EvaluateReconstruct,
    "evaluate magic-mirror": EvaluateMagicMirror,
    "train magic-mirror": TrainMagicMirror,
    "train features": TrainFeatures,
    "figure magic-mirror": FigureMagicMirror,
    "figure reid": FigureReid,
}


def main() -> int:
    """Run the command named by the first two words; 1 when it cannot be done, 2 when there is no such command."""
    words, arguments = " ".join(sys.argv[1:3]), sys.argv[3:]
    if words not in COMMANDS:
        print(f"There is no command {words!r}. Choose one of: {', '.join(COMMANDS)}.", file=sys.stderr)
        return 2
    try:
        tyro.cli(COMMANDS[words], prog=f"python -m training {words}", args=arguments).run()
    except MirrorError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
