"""The stages that `tryon render` works with."""

from collections.abc import Iterator
from contextlib import contextmanager

from tryon_app.app import opened_pipeline
from tryon_app.commands.console import download_progress, warn
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.types import Mode


@contextmanager
def opened_stages(mode: Mode, networks: bool) -> Iterator[Pipeline]:
    """The pipeline, open while the block runs; what it has to do without is said once each, as soon as it is known.

    Args:
        mode: "video" or "image".
        networks: Whether our own networks are wanted.

    Raises:
        ModelError: A model that is needed is missing and cannot be fetched, or is damaged.
    """
    with download_progress() as told, opened_pipeline(mode, told, networks) as pipeline:
        at_first = pipeline.notices
        warn(at_first)
        try:
            yield pipeline
        finally:
            warn(notice for notice in pipeline.notices if notice not in at_first)
