"""Finished pictures of real people against pictures that somebody looked at.

The astronaut is scikit-image's (public domain), the others are the sample pack's (MIT, see LICENSE-samples.txt).
`TRYON_GOLDEN=write pytest tests/golden` draws them anew: look at every one before committing it.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from tryon_app import app
from tryon_app.core.pipeline import Pipeline
from tryon_app.core.settings import Settings
from tryon_app.core.stills import read_image
from tryon_app.core.types import Frame, UInt8, Worn

HERE = Path(__file__).parent
SIDE = 384

CASES = [
    ("astronaut", "tee-breton"),
    ("people/3_posture.jpg", "jacket-denim"),
    ("people/2_posture.jpg", "shirt-oxford"),
    ("people/1_selfie.jpg", "sweater-striped"),
    ("people/4_posture.jpg", "dress-garden"),
]


@pytest.fixture(scope="module")
def pipeline(models_cache: Path) -> Iterator[Pipeline]:
    if not (models_cache / "pose_landmarker_full.task").is_file():
        pytest.skip("the pose model is missing; `make test` fetches it")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRYON_MODELS", str(models_cache))
        made = app.build_pipeline(Settings())
        made.open("image")
        yield made
        made.close()


def photo(name: str, models_cache: Path, needs: Callable[[bool, str], None]) -> UInt8:
    if name == "astronaut":
        from skimage.data import astronaut

        return np.ascontiguousarray(astronaut())
    path = models_cache / "samples" / name
    needs(path.is_file(), f"the sample picture {name}")
    return read_image(path)


@pytest.mark.parametrize(("name", "garment_id"), CASES)
def test_picture(
    name: str, garment_id: str, pipeline: Pipeline, models_cache: Path, needs: Callable[[bool, str], None]
) -> None:
    image = photo(name, models_cache, needs)
    result = pipeline.process(Frame(image), (Worn(app.load_garment(garment_id)),))
    assert result.person
    assert not result.messages
    scale = SIDE / max(image.shape[:2])
    size = round(image.shape[1] * scale), round(image.shape[0] * scale)
    small = cv2.resize(result.image, size, interpolation=cv2.INTER_AREA)
    golden = HERE / f"{Path(name).stem}-{garment_id}.jpg"
    if os.environ.get("TRYON_GOLDEN") == "write":
        cv2.imwrite(str(golden), small[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 90])
    expected = read_image(golden)
    difference = perceived(small, expected)
    # A shirt a few pixels aside or a touch darker passes; a missing sleeve or another colour does not.
    assert difference.mean() < 1.5
    assert np.percentile(difference, 99.5) < 16.0


def perceived(a: UInt8, b: UInt8) -> np.ndarray:
    """Colour difference (CIE76) after a blur of what the eye forgives: float32 h x w."""
    labs = []
    for image in (a, b):
        soft = cv2.GaussianBlur(image.astype(np.float32) / 255.0, (0, 0), 2.5)
        labs.append(cv2.cvtColor(soft, cv2.COLOR_RGB2LAB))
    return np.linalg.norm(labs[0] - labs[1], axis=2)


def test_the_measure_sees_a_missing_sleeve() -> None:
    image = read_image(HERE / "3_posture-jacket-denim.jpg")
    spoiled = image.copy()
    height, width = image.shape[:2]
    spoiled[int(0.34 * height) : int(0.44 * height), int(0.30 * width) : int(0.38 * width)] = (200, 190, 170)
    assert np.percentile(perceived(image, spoiled), 99.5) > 16.0
