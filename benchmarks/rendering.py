"""How fast the renderer is, how much memory it takes, how its cost grows, how long it compiles and loads.

usage: python benchmarks/rendering.py [--quick] [--threads N]

Each figure is of one render forward and backward to vertices, texture and light, unless it says otherwise. The peer is
the reference back end in the same run; the floor is an estimate of what memory traffic and arithmetic must take on two
cores for batch 48, 128x64. Writes rendering.json beside itself and a plot to docs/pictures.
"""

import argparse
import json
import math
import os
import platform
import subprocess
import sys
import tempfile
from pathlib import Path

from _common import ROOT, commit, machine, measure, on_threads, write
from _plot import plot
from _scenes import Case, make_step

TRAINING = Case(48, 128, 64)
FITTING = Case(1, 256, 256)
LARGE = Case(48, 256, 256)
TARGETS_MS = {TRAINING.label: 60.0, FITTING.label: 10.0}
FLOOR_MS = {TRAINING.label: 10.0}
PEAK_TARGET_MB = 800
OTHERS = [
    Case(1, 256, 256, silhouette_only=True),
    Case(1, 256, 256, vertices=2562),
    Case(1, 256, 256, vertices=2562, silhouette_only=True),
    Case(1, 256, 256, vertices=10242),
    Case(1, 256, 256, vertices=10242, silhouette_only=True),
    Case(8, 128, 64),
    Case(48, 128, 128),
    Case(48, 128, 64, texture=512),
    LARGE,
]


def main() -> None:
    """Measure and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="few runs, to see that it works")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--peak", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.peak:
        print(peak_here(arguments.peak))
        return
    runs = 3 if arguments.quick else 20
    report: dict[str, object] = {"commit": commit(), "machine": machine()}
    report["threads"] = arguments.threads
    report["start"] = start_times()
    report["speed"] = [speed(case, runs, arguments.threads) for case in (TRAINING, FITTING, *OTHERS)]
    report["peak_memory"] = {backend: peak(backend) for backend in ("import", "inputs", "numba", "reference")}
    report["spinning"] = {policy: spinning(policy) for policy in ("PASSIVE", "ACTIVE")}
    report["growth"] = growth(max(3, runs // 5))
    report["load_average_at_end"] = machine()["load_average"]
    print(json.dumps(report, indent=2))
    if not arguments.quick:
        write(Path(__file__).with_suffix(".json"), report)


def speed(case: Case, runs: int, threads: int) -> dict[str, object]:
    """Both back ends on one case; the reference, which is slow, in a few runs, and one thread beside all."""
    result: dict[str, object] = {"case": case.label}
    with on_threads(1):
        result["numba, one thread"] = measure(make_step(case, "numba"), runs)
    with on_threads(threads):
        result["numba"] = measure(make_step(case, "numba"), runs)
        if case == LARGE:  # the reference takes seconds, and gigabytes
            return result
        result["reference"] = reference = measure(make_step(case, "reference"), max(2, runs // 10), warm_up=1)
    result["times_faster"] = round(reference["processor_min_ms"] / result["numba"]["processor_min_ms"], 1)
    if case.label in TARGETS_MS:
        result["target_ms"] = TARGETS_MS[case.label]
    if case.label in FLOOR_MS:
        result["times_the_floor"] = round(result["numba"]["wall_min_ms"] / FLOOR_MS[case.label], 1)
    print(case.label, json.dumps(result["numba"]))
    return result


def growth(runs: int) -> dict[str, object]:
    """Processor time on one thread by batch and by pixels, with a plot; an exponent of 1 is linear."""
    by_batch = [(128 * 64 * b, Case(b, 128, 64)) for b in (1, 2, 4, 8, 16, 32, 64)]
    by_pixels = [(8 * n * n, Case(8, n, n)) for n in (32, 64, 128, 256, 512)]
    with on_threads(1):
        series = {
            name: [(pixels, measure(make_step(case, "numba"), runs)["processor_min_ms"]) for pixels, case in cases]
            for name, cases in (("batch 1 ... 64 of 128x64", by_batch), ("batch 8 of 32x32 ... 512x512", by_pixels))
        }
    plot(
        ROOT / "docs" / "pictures" / "rendering_growth.png",
        "Forward and backward, 642 vertices (dashed: proportional)",
        ("pixels in the batch", "processor ms"),
        series,
    )
    return {name: {"pixels_and_ms": points, "exponent": _exponent(points[-3:])} for name, points in series.items()}


def _exponent(points: list[tuple[float, float]]) -> float:
    """Slope between the first and last point on logarithmic axes; 1 is linear."""
    (x0, y0), *_, (x1, y1) = points
    return round(math.log(y1 / y0) / math.log(x1 / x0), 3)


def peak(backend: str) -> float:
    """Largest resident memory (MB) of a process that does the large case three times; "import" only imports torch."""
    command = [sys.executable, __file__, "--peak", backend]
    return float(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def peak_here(backend: str) -> float:
    """The same of this process; with "inputs" only the inputs are made."""
    if backend != "import":
        step = make_step(LARGE, "numba" if backend == "inputs" else backend)
        for _ in range(0 if backend == "inputs" else 3):
            step()
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count the parent's memory too
        return round(int(status.read_text().partition("VmHWM:")[2].split()[0]) * 1024 / 1e6, 1)
    import resource

    unit = 1 if platform.system() == "Darwin" else 1024
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6, 1)


def spinning(policy: str) -> dict[str, object]:
    """The small case in a process whose idle OpenMP threads sleep, or spin as they do unless told otherwise."""
    code = "import rendering as r, json\nprint(json.dumps(r.measure(r.make_step(r.FITTING, 'numba'), 20)))"
    path = os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")])
    environment = os.environ | {"OMP_WAIT_POLICY": policy, "PYTHONPATH": path}
    answer = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    result: dict[str, object] = json.loads(answer.stdout)
    return result


def start_times() -> dict[str, float]:
    """Seconds of the first render of a process: with an empty cache, and with a full one."""
    code = (
        "import time, torch; from _scenes import Case, make_step; torch.set_num_threads(1)\n"
        "step = make_step(Case(1, 64, 64), 'numba'); s, c = time.perf_counter(), time.process_time(); step()\n"
        "print(time.perf_counter() - s, time.process_time() - c)"
    )
    times: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {
            "NUMBA_CACHE_DIR": folder,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "benchmarks")]),
        }
        for name in ("compile", "load", "load again"):
            answer = subprocess.run(
                [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
            )
            wall, processor = map(float, answer.stdout.split())
            times[f"{name}_wall_s"], times[f"{name}_processor_s"] = round(wall, 2), round(processor, 2)
    return times


if __name__ == "__main__":
    main()
