"""The models on disk."""

from collections.abc import Callable, Collection, Iterator

from tryon_app.core.errors import TryOnError
from tryon_app.doctor.report import Finding, Level
from tryon_app.inference.store import SHIPPED_REMEDY, ModelState, ModelStore


def check_models(open_store: Callable[[], tuple[ModelStore, Collection[str]]]) -> Iterator[Finding]:
    """Every model of the manifest, its files read and compared with their hashes; nothing is changed.

    Args:
        open_store: Makes the store, and says which models the app cannot do without; may raise, as the list of models
            may be what is broken.
    """
    try:
        store, required = open_store()
        statuses = store.verify()
    except TryOnError as error:
        yield Finding("models", Level.FAIL, "Models", error.message, error.remedy)
        return
    for status in statuses:
        title = f"Model {status.model_id}"
        finding_id = f"models.{status.model_id}"
        details = {"state": status.state.value, "path": str(status.path)}
        if status.state is ModelState.OK:
            yield Finding(finding_id, Level.OK, title, str(status.path), "", details)
        else:
            fetched = not store.model(status.model_id).bundled
            remedy = f"tryon models fetch {status.model_id}" if fetched else SHIPPED_REMEDY
            level = Level.FAIL if status.model_id in required else Level.WARN
            yield Finding(finding_id, level, title, f"{status.state}: {status.message}", remedy, details)
