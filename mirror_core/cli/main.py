"""The command line: what was asked for, and how errors and interruptions end.

Exit codes: 0 all done, 1 something failed, 2 the command cannot be understood or does not fit together,
130 interrupted.
"""

import os
import sys
import traceback
from collections.abc import Sequence

import tyro

from mirror_core.cli.batch import BatchCommand
from mirror_core.cli.console import Console
from mirror_core.cli.info import InfoCommand
from mirror_core.cli.options import UsageError
from mirror_core.cli.reconstruct import ReconstructCommand
from mirror_core.cli.turntable import TurntableCommand
from mirror_core.errors import CancelledError, MirrorError

INTERRUPTED = 130
"""128 + SIGINT, as shells have it."""

COMMANDS = {
    "reconstruct": ReconstructCommand,
    "batch": BatchCommand,
    "turntable": TurntableCommand,
    "info": InfoCommand,
}

Command = ReconstructCommand | BatchCommand | TurntableCommand | InfoCommand


def main(arguments: Sequence[str] | None = None) -> int:
    """Run `mirror` with `arguments` (default: the process's); returns the exit code."""
    command: Command = tyro.extras.subcommand_cli_from_dict(
        COMMANDS,
        prog="mirror",
        description="From one photo of a garment or a clothed person to a textured 3D mesh.",
        args=arguments,
        config=(tyro.conf.FlagCreatePairsOff, tyro.conf.OmitArgPrefixes),
    )
    return run(command)


def run(command: Command) -> int:
    """Run a parsed command; every error becomes a sentence, a remedy and an exit code."""
    console = Console(json_lines=command.json)
    try:
        return command.run(console)
    except UsageError as error:
        code, name, message, remedy = 2, "UsageError", error.message, error.remedy
    except (CancelledError, KeyboardInterrupt):
        code, name, message, remedy = INTERRUPTED, "CancelledError", "Interrupted; what was finished is kept.", ""
    except MirrorError as error:
        code, name, message, remedy = 1, type(error).__name__, error.message, error.remedy
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nobody reads on: leave quietly
        return 1
    except Exception as error:  # a bug: the user gets a sentence, not a traceback
        code, name = 1, type(error).__name__
        message, remedy = f"Internal error: {error!r}.", "Run it again with --debug and report what it prints."
    if command.debug:
        traceback.print_exc()
    console.error(name, message, remedy)
    return code
