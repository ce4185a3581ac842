"""Small pictures are worked on enlarged; what comes back has their size and their pixels."""

import numpy as np
import pytest
from render_fakes import PATCH, FakeWorld, garment

from tryon_app.commands.rendering import enlarged
from tryon_app.core.types import Frame, Slot, Worn

GREEN = np.full((8, 8, 4), (20, 200, 40, 255), np.uint8)


def noise(width: int, height: int) -> np.ndarray:
    image = np.random.default_rng(4).integers(60, 200, (height, width, 3), dtype=np.uint8)
    image.flags.writeable = False
    return image


@pytest.mark.parametrize(
    ("size", "worked_at"),
    [((192, 256), (768, 1024)), ((300, 400), (900, 1200)), ((90, 60), (360, 240)), ((700, 1400), (700, 1400))],
)
def test_size_of_the_work_and_of_the_result(size: tuple[int, int], worked_at: tuple[int, int]) -> None:
    world = FakeWorld()
    outfit = (Worn(garment("tee", GREEN)),)
    image = noise(*size)
    composite = enlarged.process(world.build_pipeline(), Frame(image), outfit, least=768)
    assert world.pose.seen == [worked_at]
    assert composite.image.shape == image.shape
    assert not composite.image.flags.writeable
    layer = composite.layer()
    assert layer.shape == (*image.shape[:2], 4)
    scale = worked_at[0] // size[0]
    changed = (composite.image != image).any(axis=2)
    rows, columns = np.nonzero(changed)
    assert rows.min() >= PATCH.y0 // scale
    assert rows.max() < -(-PATCH.y1 // scale)
    assert columns.min() >= PATCH.x0 // scale
    assert columns.max() < -(-PATCH.x1 // scale)
    covered_rows, covered_columns = np.nonzero(layer[..., 3])
    assert (covered_rows.min(), covered_columns.min()) == (PATCH.y0 // scale, PATCH.x0 // scale)
    assert (covered_rows.max() + 1, covered_columns.max() + 1) == (-(-PATCH.y1 // scale), -(-PATCH.x1 // scale))
    inside = layer[(PATCH.y0 + PATCH.y1) // 2 // scale, (PATCH.x0 + PATCH.x1) // 2 // scale]
    assert np.abs(inside.astype(int) - (20, 200, 40, 128)).max() <= 1


def test_nothing_drawn_changes_nothing() -> None:
    image = noise(192, 256)
    outfit = (Worn(garment("jeans", GREEN, Slot.BOTTOM)),)
    composite = enlarged.process(FakeWorld().build_pipeline(), Frame(image), outfit, least=768)
    assert composite.image is image
    assert composite.person
    assert composite.messages
    assert not composite.layer().any()
