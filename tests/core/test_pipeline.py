from unittest.mock import Mock

import numpy as np

from tryon_app.core.pipeline import Pipeline
from tryon_app.core.protocols import Compositor, Fitter, Parser, PoseEstimator
from tryon_app.core.types import Composite, Frame, Garment, Parsing, Pose, Worn


def test_a_frame_with_nobody_in_it_shows_the_compositor_the_room() -> None:
    frame = Frame(np.zeros((4, 6, 3), np.uint8))
    pose, compositor = Mock(PoseEstimator), Mock(Compositor)
    fitter, parser = Mock(Fitter), Mock(Parser)
    parser.parse.return_value = Parsing(np.ones((4, 6), np.float32))
    compositor.composite.return_value = Composite(image=frame.image)
    pipeline = Pipeline(pose, parser, fitter, compositor)
    outfit = (Worn(Mock(Garment)),)

    pose.estimate.return_value = None
    alone = pipeline.process(frame, outfit)
    compositor.watch.assert_called_once_with(frame)
    assert alone.image is frame.image
    assert not alone.person

    pose.estimate.return_value = Mock(Pose)
    assert pipeline.process(frame, outfit).person
    compositor.watch.assert_called_once()
    compositor.composite.assert_called_once()
