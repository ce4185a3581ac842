"""Threads of libraries that have a pool of their own."""

from collections.abc import Iterator
from contextlib import contextmanager

import cv2


@contextmanager
def opencv_alone() -> Iterator[None]:
    """OpenCV on the thread that calls it, for whoever has its cores busy already.

    Its helpers wait for work by turning in circles: beside the live pipeline on two cores they took a fifth of the
    computing time and made nothing faster. The setting is the process's: it is put back on leaving.
    """
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)
