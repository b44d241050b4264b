"""Photos spread over the machines of a Ray cluster (extra `scale`); one that dies takes no photo with it."""

import importlib
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import Any

from mirror_core.errors import DependencyError, InputError
from mirror_core.pipelines.processes import Failed, attempt

LOCAL = "local"
"""Address of a cluster that is started on this machine for the while."""


def spread_tasks(
    work: Callable[[Any], Any], tasks: Sequence[Any], address: str = LOCAL, *, retries: int = 3, workers: int = 0
) -> Generator[tuple[int, Any]]:
    """Do all tasks, one processor core each; closing the generator early cancels what has not begun.

    A task whose process or machine dies is given to another, `retries` times. So that nothing is done twice, tasks
    should know what is done (`mirror_core.pipelines.once`); results must be on a disk that all machines share.

    Args:
        work: what to do with a task; it and the tasks travel to the machines, which need this library.
        tasks: what to do.
        address: of a cluster that runs, e.g. "auto" or "10.0.0.1:6379", or "local".
        retries: how often a task is given to another process.
        workers: of a local cluster; 0: one for each core.

    Yields:
        (number of the task, its result or `Failed`), as they finish.

    Raises:
        DependencyError: Ray is not installed.
        InputError: there is no cluster at the address.
    """
    ray = _ray()
    with _cluster(ray, address, workers):
        do = ray.remote(max_retries=retries, num_cpus=1)(_attempt_with_one_thread)
        shared = ray.put(work)
        waiting = {do.remote(shared, task): number for number, task in enumerate(tasks)}
        try:
            while waiting:
                (ready, *_), _ = ray.wait(list(waiting), num_returns=1)
                number = waiting.pop(ready)
                yield number, _result(ray, ready, retries)
        finally:
            for reference in waiting:
                ray.cancel(reference, force=True)


def _attempt_with_one_thread(work: Callable[[Any], Any], task: Any) -> Any:
    import torch

    torch.set_num_threads(1)
    return attempt(work, task)


def _result(ray: Any, reference: Any, retries: int) -> Any:
    try:
        return ray.get(reference)
    except ray.exceptions.RayError as error:
        return Failed(
            "ProcessError",
            f"The processes that worked on it ended unexpectedly, {retries + 1} in all ({type(error).__name__}).",
            "Often memory ran out: give each worker more, or try a smaller photo.",
            str(error),
        )


@contextmanager
def _cluster(ray: Any, address: str, workers: int) -> Generator[None]:
    """Connected to a cluster while the block runs; one that ran before is left running."""
    options = {"num_cpus": workers or None, "include_dashboard": False} if address == LOCAL else {}
    try:
        ray.init(address=address, log_to_driver=False, configure_logging=False, **options)
    except Exception as error:  # Ray raises all sorts, a bare Exception where its processes start too slowly
        raise InputError(
            f"There is no Ray cluster at {address!r}, or it did not start: {str(error).rstrip('.')}.",
            "Start one with `ray start --head` and say auto, or say local where nothing else needs the processor.",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def _ray() -> Any:
    try:
        return importlib.import_module("ray")
    except ImportError as error:
        raise DependencyError(
            "Spreading photos over machines needs the package ray, which is not installed.",
            "Install it with `pip install mirror-core[scale]`.",
        ) from error
