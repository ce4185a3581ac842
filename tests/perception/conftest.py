"""Pictures with people, and the parts that look at them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from tryon_app.core.errors import ModelError
from tryon_app.core.protocols import PoseEstimator
from tryon_app.core.stills import read_image
from tryon_app.core.types import UInt8
from tryon_app.inference.manifest import load_manifest
from tryon_app.inference.store import ModelStore
from tryon_app.perception.mediapipe_pose import MediaPipePose
from tryon_app.perception.scripted import ScriptedPose, standing

Needs = Callable[[bool, str], None]


def fetched(models_cache: Path, needs: Needs, model_id: str) -> Path:
    try:
        return ModelStore(load_manifest(), models_cache).path(model_id)
    except ModelError as error:
        needs(False, error.message)
        raise


@pytest.fixture
def pose_model(models_cache: Path, needs: Needs) -> Path:
    return fetched(models_cache, needs, "pose")


@pytest.fixture
def selfie_model(models_cache: Path, needs: Needs) -> Path:
    return fetched(models_cache, needs, "selfie")


@pytest.fixture
def face_model(models_cache: Path, needs: Needs) -> Path:
    return fetched(models_cache, needs, "face")


@pytest.fixture
def samples(models_cache: Path, needs: Needs) -> Path:
    return fetched(models_cache, needs, "samples")


@pytest.fixture
def person(samples: Path) -> Callable[[str], UInt8]:
    """`person("1_posture")`: a picture of the sample pack."""
    return lambda name: read_image(samples / "people" / f"{name}.jpg")


@pytest.fixture
def mediapipe(pose_model: Path) -> Iterator[MediaPipePose]:
    estimator = MediaPipePose(lambda: pose_model)
    yield estimator
    estimator.close()


@pytest.fixture(params=["mediapipe", "scripted"])
def estimator(request: pytest.FixtureRequest) -> Iterator[PoseEstimator]:
    """Every implementation; each sees somebody in `picture` and nobody in `empty_picture`."""
    if request.param == "mediapipe":
        yield request.getfixturevalue("mediapipe")
        return
    scripted = ScriptedPose(lambda time_s: standing(aspect=0.75) if time_s < 100 else None)
    yield scripted
    scripted.close()


@pytest.fixture
def picture(person: Callable[[str], UInt8]) -> UInt8:
    return person("3_posture")


@pytest.fixture
def empty_picture() -> UInt8:
    return np.full((240, 320, 3), 200, np.uint8)
