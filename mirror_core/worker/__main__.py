"""Run the worker: JSON lines on stdin and stdout (see protocol.py), everything else on stderr."""

import io
import os
import sys

from mirror_core.worker.protocol import Failure, Hello, encode
from mirror_core.worker.server import Server, describe, take_stdout


def main() -> int:
    """Serve until stdin closes; the exit code is 1 when this interpreter cannot do the work."""
    stdout = take_stdout()
    stdin = io.TextIOWrapper(os.fdopen(os.dup(0), "rb"), encoding="utf-8", errors="replace")
    try:
        from mirror_core.worker import hardware
        from mirror_core.worker.jobs import JOBS

        hello = Hello(hardware.versions(), hardware.device(), hardware.memory())
    except ImportError as error:
        message = f"The interpreter {sys.executable} cannot import {error.name or error}: {error}."
        remedy = "Choose an interpreter that has mirror_core's requirements, or prepare one in the preferences."
        stdout.write(encode(Failure("DependencyError", message, remedy, describe(error).traceback)))
        return 1
    finally:
        stdout.flush()
    return Server(stdin, stdout, JOBS).run(hello)


if __name__ == "__main__":
    code = main()
    sys.stderr.flush()
    # Not sys.exit: threads of native libraries, or a job that ignores its cancel, must not keep the process.
    os._exit(code)
