"""Running a kernel on several cores.

numba's own thread pools are not used: its OpenMP layer keeps idle threads spinning beside torch's, which made a step
several times slower on a busy machine, and its work queue must not be entered by two Python threads. The kernels run
without Python's lock, so plain threads serve; idle ones sleep.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import torch


def run_tasks(kernel: Callable[..., None], tasks: int, *arguments: Any) -> None:
    """Call kernel(first, step, tasks, *arguments) so that each task 0 ... tasks - 1 is done by one thread.

    Thread k does tasks k, k + step, ...; as many threads as torch uses (`torch.set_num_threads`).
    """
    threads = thread_count(tasks)
    if threads == 1:
        kernel(0, 1, tasks, *arguments)
        return
    others = [_pool().submit(kernel, first, threads, tasks, *arguments) for first in range(1, threads)]
    kernel(0, threads, tasks, *arguments)
    for other in others:
        other.result()


def thread_count(tasks: int) -> int:
    """How many threads `run_tasks` uses."""
    return max(1, min(torch.get_num_threads(), tasks))


@lru_cache
def _pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max_workers=max(os.cpu_count() or 1, 1), thread_name_prefix="mirror-renderer")


if hasattr(os, "register_at_fork"):  # a forked child has the pool's memory but not its threads
    os.register_at_fork(after_in_child=_pool.cache_clear)
