"""The settings: each defined once, with its default, limits and text; frozen, so that threads may share a snapshot."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from tryon_app.core import paths
from tryon_app.core.errors import UsageError

SETTINGS_VERSION = 1


class _Section(BaseModel):
    # Unknown keys are ignored here and kept in the file by `settings`.
    model_config = ConfigDict(frozen=True, extra="ignore", validate_default=True)


class PoseSettings(_Section):
    """Smoothing of the landmarks (One-Euro filter)."""

    min_cutoff: Annotated[float, Field(gt=0, le=20, description="Hz; smaller is calmer while standing still.")] = 1.2
    beta: Annotated[float, Field(ge=0, le=50, description="Larger follows quick movements more closely.")] = 3.0


class CameraSettings(_Section):
    """What the window opens at start."""

    source: Annotated[
        str,
        Field(description='"auto", "camera:ID", a file or folder, "samples" or "synthetic".', min_length=1),
    ] = "auto"
    width: Annotated[int, Field(ge=160, le=7680, description="Pixels across asked of a camera.")] = 1280
    height: Annotated[int, Field(ge=120, le=4320, description="Pixels down asked of a camera.")] = 720
    fps: Annotated[int, Field(ge=5, le=240, description="Frames a second asked of a camera.")] = 30


class ViewSettings(_Section):
    """How the window looks."""

    language: Annotated[Literal["system", "en", "zh_CN"], Field(description="Language of the window.")] = "system"
    theme: Annotated[Literal["system", "light", "dark"], Field(description="Light or dark.")] = "system"
    mirror: Annotated[bool, Field(description="Show cameras as a mirror does.")] = True
    diagnostics: Annotated[bool, Field(description="Show times, drops and providers over the picture.")] = False


class CaptureSettings(_Section):
    """Snapshots and recordings."""

    snapshot_folder: Annotated[
        Path | None, Field(description="Folder for snapshots; the Pictures folder when unset.")
    ] = None
    recording_folder: Annotated[
        Path | None, Field(description="Folder for recordings; the Videos folder when unset.")
    ] = None
    countdown_s: Annotated[int, Field(ge=0, le=30, description="Seconds before a snapshot is taken.")] = 3
    unmirror_snapshots: Annotated[bool, Field(description="Save snapshots as others see you.")] = False

    @property
    def snapshots(self) -> Path:
        """The folder that snapshots go to."""
        return self.snapshot_folder or paths.pictures_dir()

    @property
    def recordings(self) -> Path:
        """The folder that recordings go to."""
        return self.recording_folder or paths.videos_dir()


class LiveSettings(_Section):
    """The live picture's pace."""

    target_fps: Annotated[int, Field(ge=5, le=120, description="Frames a second to hold.")] = 30
    adaptive: Annotated[bool, Field(description="Lower the resolution when the frame rate cannot be held.")] = True
    networks: Annotated[bool, Field(description="Tell body parts and fabrics apart with a neural network.")] = True


class WornSettings(_Section):
    """One garment of an outfit."""

    garment: Annotated[str, Field(description="Id of the garment.", min_length=1)]
    size: Annotated[str, Field(description="Name of the size; empty for the garment's usual one.")] = ""


class LastSettings(_Section):
    """What was worn when the window closed."""

    garment: Annotated[str, Field(description="Id of the garment that was chosen last; empty for none.")] = ""
    size: Annotated[str, Field(description="Name of the size; empty for the garment's usual one.")] = ""
    outfit: Annotated[
        tuple[WornSettings, ...], Field(description="All that was worn, inner layers first.", max_length=8)
    ] = ()


class Settings(_Section):
    """All settings. A snapshot never changes; `changed` makes another."""

    version: int = SETTINGS_VERSION
    pose: PoseSettings = PoseSettings()
    camera: CameraSettings = CameraSettings()
    view: ViewSettings = ViewSettings()
    capture: CaptureSettings = CaptureSettings()
    live: LiveSettings = LiveSettings()
    last: LastSettings = LastSettings()

    def changed(self, section: str, **values: Any) -> Self:
        """A copy with some values of one section replaced, checked against their limits.

        Args:
            section: "view", "capture" ...
            values: Setting -> new value.

        Raises:
            UsageError: No such section or setting, or a value outside its limits.
        """
        current = getattr(self, section, None)
        if not isinstance(current, _Section):
            raise UsageError(f"There is no settings section {section!r}.")
        unknown = values.keys() - type(current).model_fields.keys()
        if unknown:
            raise UsageError(f"There is no setting {section}.{min(unknown)}.")
        try:
            replaced = type(current).model_validate(current.model_dump() | values)
        except ValidationError as error:
            first = error.errors()[0]
            raise UsageError(f"{section}.{first['loc'][0]} cannot be {first['input']!r}: {first['msg']}.") from error
        return self.model_copy(update={section: replaced})
