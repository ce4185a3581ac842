"""Processes that share the making of training data."""

import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context, parent_process
from threading import Thread

import cv2

Progress = Callable[[int, int], None]
"""Told how many of how many are made."""


def pool_of(count: int) -> ProcessPoolExecutor:
    """A pool of processes that end with this one, even where it is killed.

    Args:
        count: How many.
    """
    # Never forked: OpenCV and torch have threads already, whose locks a fork would copy for ever.
    return ProcessPoolExecutor(count, get_context("spawn"), _begin)


def _begin() -> None:
    cv2.setNumThreads(1)
    Thread(target=_end_with_parent, name="parent", daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)  # nobody is left to hear why
