"""Selfie segmentation, alone and as what the parser falls back on."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from tryon_app.core.errors import ModelError
from tryon_app.core.types import Frame, UInt8
from tryon_app.perception.mediapipe_selfie import SelfieSegmenter
from tryon_app.perception.scripted import standing
from tryon_app.perception.silhouette import SilhouetteParser


@pytest.fixture
def segmenter(selfie_model: Path) -> Iterator[SelfieSegmenter]:
    made = SelfieSegmenter(lambda: selfie_model)
    yield made
    made.close()


@pytest.mark.parametrize("size", [(384, 512), (193, 257), (1000, 1500)])
def test_a_person_of_any_size(
    segmenter: SelfieSegmenter, person: Callable[[str], UInt8], size: tuple[int, int]
) -> None:
    segmenter.open()
    mask = segmenter.mask(cv2.resize(person("1_selfie"), size))
    assert mask.dtype == np.float32
    assert max(mask.shape) <= 512
    assert mask.shape[1] / mask.shape[0] == pytest.approx(size[0] / size[1], rel=0.02)
    assert 0 <= mask.min() <= mask.max() <= 1
    height, width = mask.shape
    assert mask[height * 9 // 10, width // 2] > 0.9
    assert mask[: height // 20, : width // 20].max() < 0.1


def test_not_open(segmenter: SelfieSegmenter) -> None:
    with pytest.raises(RuntimeError, match="open"):
        segmenter.mask(np.zeros((64, 64, 3), np.uint8))


def test_the_parser_falls_back_on_it(segmenter: SelfieSegmenter, person: Callable[[str], UInt8]) -> None:
    parser = SilhouetteParser(segmenter)
    parser.open()
    frame = Frame(person("1_selfie"))
    mask = parser.parse(frame, replace(standing(), person=None)).person
    assert mask[0, 0] < 0.1
    assert mask[-10, mask.shape[1] // 2] > 0.9
    parser.close()
    parser.close()


def test_without_the_model_garments_follow_the_landmarks(caplog: pytest.LogCaptureFixture) -> None:
    def missing() -> Path:
        raise ModelError("Not there.", "Fetch it.")

    parser = SilhouetteParser(SelfieSegmenter(missing))
    parser.open()
    for _ in range(2):
        pose = replace(standing(), person=None)
        assert parser.parse(Frame(np.zeros((64, 64, 3), np.uint8)), pose).person.min() == 1
    assert caplog.text.count("Not there.") == 1
    parser.close()


def test_a_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "broken.tflite"
    path.write_bytes(b"no model")
    with pytest.raises(ModelError, match=r"broken\.tflite"):
        SelfieSegmenter(lambda: path).open()
