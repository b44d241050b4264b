"""The command line: what was asked for, and how errors and interruptions end.

Exit codes: 0 all done, 1 something failed, 2 the command cannot be understood or does not fit together,
130 interrupted.
"""

import importlib
import os
import sys
from collections.abc import Sequence

import tyro

from mirror_core.cli.batch import BatchCommand
from mirror_core.cli.console import Console
from mirror_core.cli.info import InfoCommand
from mirror_core.cli.invert import InvertCommand
from mirror_core.cli.options import UsageError
from mirror_core.cli.reconstruct import ReconstructCommand
from mirror_core.cli.sample import SampleCommand
from mirror_core.cli.swap import SwapCommand
from mirror_core.cli.turntable import TurntableCommand
from mirror_core.errors import CancelledError, DependencyError

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

COMMANDS = {
    "reconstruct": ReconstructCommand,
    "batch": BatchCommand,
    "invert": InvertCommand,
    "sample": SampleCommand,
    "turntable": TurntableCommand,
    "swap": SwapCommand,
    "info": InfoCommand,
}

DEVELOPERS = ("train", "evaluate", "figure", "synthesize")
"""First words that the package `training` understands."""

DESCRIPTION = f"""From one photo of a garment or a clothed person to a textured 3D mesh.

Whoever trains models also has: {", ".join(f"mirror {word}" for word in DEVELOPERS)}; each tells more with -h."""

Command = (
    ReconstructCommand | BatchCommand | InvertCommand | SampleCommand | TurntableCommand | SwapCommand | InfoCommand
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `mirror` with `arguments` (default: the process's); returns the exit code."""
    try:
        words = list(sys.argv[1:] if arguments is None else arguments)
        return _hand_over(words) if words[:1] and words[0] in DEVELOPERS else run(_parse(words))
    except KeyboardInterrupt:
        return INTERRUPTED


def _hand_over(words: list[str]) -> int:
    """Let `training` do it. Looked up by name: the core does not depend on it, and it takes seconds to import."""
    try:
        training = importlib.import_module("training.__main__")
    except ModuleNotFoundError as error:
        remedy = "Install what training needs with `pip install mirror-core[train,evaluate]`."
        Console().failure(DependencyError(f"`mirror {words[0]}` needs {error.name}, which is not installed.", remedy))
        return 1
    return training.main(words, prog="mirror")


def _parse(arguments: Sequence[str]) -> Command:
    return tyro.extras.subcommand_cli_from_dict(
        COMMANDS,
        prog="mirror",
        description=DESCRIPTION,
        args=arguments,
        config=(tyro.conf.FlagCreatePairsOff, tyro.conf.OmitArgPrefixes),
    )


def run(command: Command) -> int:
    """Run a parsed command; every error becomes a sentence, a remedy and an exit code."""
    console = Console(json_lines=command.json, debug=command.debug)
    try:
        return command.run(console)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: leave quietly
        return 1
    except (CancelledError, KeyboardInterrupt):
        console.failure(CancelledError("Interrupted; what was finished is kept."))
        return INTERRUPTED
    except Exception as error:
        console.failure(error)
        return 2 if isinstance(error, UsageError) else 1
