"""What every benchmark needs: timing with spread, facts about the machine without its name, JSON."""

import json
import os
import platform
import statistics
import subprocess
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

# Before torch is imported: idle threads of its OpenMP pool sleep instead of spinning on the cores the kernels need.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

import torch

ROOT = Path(__file__).parents[1]


def measure(step: Callable[[], object], runs: int, warm_up: int = 2) -> dict[str, float]:
    """Time `step`: wall clock (least, median, 90 % of runs) and processor time (least, median), in milliseconds.

    On a busy machine the processor's time says what the work costs, the least wall time what it might take alone.
    """
    for _ in range(warm_up):
        step()
    wall, processor = [], []
    for _ in range(runs):
        wall_start, processor_start = time.perf_counter(), time.process_time()
        step()
        processor.append(1e3 * (time.process_time() - processor_start))
        wall.append(1e3 * (time.perf_counter() - wall_start))
    return {
        "runs": runs,
        "wall_min_ms": round(min(wall), 2),
        "wall_median_ms": round(statistics.median(wall), 2),
        "wall_p90_ms": round(sorted(wall)[int(0.9 * (runs - 1))], 2),
        "processor_min_ms": round(min(processor), 2),
        "processor_median_ms": round(statistics.median(processor), 2),
    }


@contextmanager
def on_threads(count: int) -> Generator[None]:
    """Let torch, and with it the renderer, use so many threads."""
    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def machine() -> dict[str, object]:
    """Processor, cores, versions, load."""
    return {
        "processor": _processor(),
        "cores": os.cpu_count(),
        "system": platform.system(),
        "python": platform.python_version(),
        "torch": torch.__version__,
        "numba": version("numba"),
        "OMP_WAIT_POLICY": os.environ["OMP_WAIT_POLICY"],
        "load_average": [round(value, 2) for value in os.getloadavg()] if hasattr(os, "getloadavg") else None,
    }


def commit() -> str:
    """The commit measured; "+" where mirror_core has changes that are not committed."""
    try:
        git = ["git", "-C", str(ROOT)]
        name = subprocess.run([*git, "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True)
        changes = subprocess.run(
            [*git, "status", "--porcelain", "mirror_core"], capture_output=True, text=True, check=True
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return name.stdout.strip() + ("+" if changes.stdout.strip() else "")


def write(path: Path, report: dict[str, object]) -> None:
    """Write a report as JSON."""
    path.write_text(json.dumps(report, indent=2) + "\n")
    print(f"written: {path}")


def _processor() -> str:
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
