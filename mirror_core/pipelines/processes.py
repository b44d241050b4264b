"""Tasks done by several processes, one task each at a time; a process that dies takes only its own task with it."""

import contextlib
import multiprocessing
import os
import signal
import threading
import traceback
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from mirror_core.errors import MirrorError

THREAD_VARIABLES = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMBA_NUM_THREADS")
"""Read by the numeric libraries when they are imported."""


@dataclass(frozen=True)
class Failed:
    """Why a task failed: the error's class, sentence, remedy, and where it happened."""

    error: str
    message: str
    remedy: str
    details: str = ""


@dataclass
class _Worker:
    process: BaseProcess
    connection: Connection
    task: int | None = None


def run_tasks(
    work: Callable[[Any], Any], tasks: Sequence[Any], jobs: int, started: Callable[[int], None]
) -> Generator[tuple[int, Any]]:
    """Do all tasks; closing the generator early ends the processes.

    Args:
        work: what to do with a task; must be picklable, and so must tasks and results.
        tasks: what to do.
        jobs: how many processes; more than one use one thread each.
        started: told the number of each task when it begins.

    Yields:
        (number of the task, its result or `Failed`), as they finish.
    """
    waiting = list(range(len(tasks)))[::-1]
    workers = [_start(work, jobs) for _ in range(min(jobs, len(tasks)))]
    try:
        for worker in workers:
            _give(worker, waiting, tasks, started)
        while any(worker.task is not None for worker in workers):
            for ready in wait([worker.connection for worker in workers if worker.task is not None]):
                place = next(k for k, worker in enumerate(workers) if worker.connection is ready)
                worker = workers[place]
                number, answer = worker.task, _receive(worker)
                assert number is not None, "only busy workers are waited for"
                worker.task = None
                if not worker.process.is_alive() or worker.connection.closed:
                    workers[place] = worker = _start(work, jobs)
                _give(worker, waiting, tasks, started)
                yield number, answer
    finally:
        _end(workers)


def _give(worker: _Worker, waiting: list[int], tasks: Sequence[Any], started: Callable[[int], None]) -> None:
    if not waiting:
        return
    worker.task = waiting.pop()
    started(worker.task)
    # A process that has just died is noticed when its answer is awaited.
    with contextlib.suppress(OSError):
        worker.connection.send(tasks[worker.task])


def _receive(worker: _Worker) -> Any:
    try:
        return worker.connection.recv()
    except (EOFError, OSError):
        worker.process.join(5.0)
        worker.connection.close()
        return Failed(
            "ProcessError",
            f"The process that worked on it ended unexpectedly (exit code {worker.process.exitcode}).",
            "Often memory ran out: try fewer jobs or a smaller photo.",
        )


def _start(work: Callable[[Any], Any], jobs: int) -> _Worker:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, work, jobs), daemon=True)
    with _few_threads(jobs), _ignoring_interrupts():
        process.start()
    theirs.close()
    return _Worker(process, ours)


@contextmanager
def _ignoring_interrupts() -> Generator[None]:
    """Ctrl-C goes to all processes of a terminal; those started in this block leave it to their parent."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def _few_threads(jobs: int) -> Generator[None]:
    """What processes started in this block inherit: one thread each if there are several."""
    if jobs == 1:
        yield
        return
    before = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name)
            else:
                os.environ[name] = value


def _end(workers: list[_Worker]) -> None:
    for worker in workers:
        if worker.task is None and not worker.connection.closed:
            worker.connection.close()  # an idle process leaves by itself
        else:
            worker.process.terminate()
    for worker in workers:
        worker.process.join(2.0)
        if worker.process.is_alive():
            worker.process.kill()
            worker.process.join()
        worker.process.close()
        worker.connection.close()


def _serve(connection: Connection, work: Callable[[Any], Any], jobs: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # for systems where a process does not inherit this
    _limit_threads(jobs)
    while True:
        try:
            task = connection.recv()
        except (EOFError, OSError):
            return
        connection.send(attempt(work, task))


def attempt(work: Callable[[Any], Any], task: Any) -> Any:
    """The result of a task, or why there is none."""
    try:
        return work(task)
    except MirrorError as error:
        return Failed(type(error).__name__, error.message, error.remedy, traceback.format_exc())
    except MemoryError:
        return Failed("MemoryError", "Memory ran out.", "Try fewer jobs or a smaller photo.", traceback.format_exc())
    except Exception as error:  # one photo's bug must not end the batch
        return Failed(type(error).__name__, f"Internal error: {error}.", "Please report it.", traceback.format_exc())


def _limit_threads(jobs: int) -> None:
    if jobs > 1:
        import cv2
        import torch

        cv2.setNumThreads(1)
        torch.set_num_threads(1)
