from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from tryon_app.core.paths import resources_dir
from tryon_app.core.types import Slot, UInt8
from tryon_app.garments.backdrop import measure
from tryon_app.garments.contour import CERTAIN, closed_contour, minimum_cut
from tryon_app.garments.cutout import cut_out
from tryon_app.garments.importing import import_photo

Draw = Callable[..., Any]


def on_wall(garment_id: str, size: tuple[int, int], wall: int) -> tuple[Image.Image, np.ndarray]:
    """A catalogue garment in the middle of a plain wall, and its true outline."""
    garment = Image.open(resources_dir() / "garments" / garment_id / "front.png").convert("RGBA")
    scale = min(size[0] * 0.9 / garment.width, size[1] * 0.8 / garment.height)
    garment = garment.resize((round(garment.width * scale), round(garment.height * scale)), Image.Resampling.LANCZOS)
    picture = Image.new("RGBA", size, (wall, wall, wall, 255))
    corner = (size[0] - garment.width) // 2, (size[1] - garment.height) // 2
    picture.alpha_composite(garment, corner)
    truth = np.zeros(size[::-1], bool)
    truth[corner[1] : corner[1] + garment.height, corner[0] : corner[0] + garment.width] = (
        np.asarray(garment)[..., 3] > 127
    )
    return picture.convert("RGB"), truth


def overlap(rgba: UInt8, truth: np.ndarray) -> float:
    found = rgba[..., 3] > 127
    return float((found & truth).sum() / (found | truth).sum())


@pytest.mark.parametrize("garment_id", ["tee-white", "shirt-white"])
@pytest.mark.parametrize(("size", "wall"), [((192, 256), 255), ((192, 256), 246), ((768, 1024), 255)])
def test_white_cloth_before_a_white_wall(garment_id: str, size: tuple[int, int], wall: int, tmp_path: Path) -> None:
    picture, truth = on_wall(garment_id, size, wall)
    picture.save(tmp_path / "photo.jpg", quality=90)
    noisy = np.asarray(Image.open(tmp_path / "photo.jpg").convert("RGB"))
    assert overlap(cut_out(noisy), truth) > 0.9
    garment = import_photo(tmp_path / "photo.jpg", slot=Slot.TOP)
    assert sum("cuff" in name for name in garment.front.keypoints) == 4


def test_a_small_picture_whose_shadow_is_larger_than_a_quarter_of_the_garment(
    draw_trousers: Draw, tmp_path: Path
) -> None:
    truth, _ = draw_trousers(apart=100, colour=(150, 130, 95))
    alpha = truth[..., 3].astype(np.float32) / 255
    shadow = 1 - 0.3 * cv2.GaussianBlur(np.roll(alpha, (18, 12), (0, 1)), (0, 0), 20)[..., None]
    picture = truth[..., :3] * alpha[..., None] + 250 * shadow * (1 - alpha[..., None])
    small = cv2.resize(picture, (200, 200), interpolation=cv2.INTER_AREA).astype(np.uint8)
    Image.fromarray(small).save(tmp_path / "photo.jpg", quality=90)
    garment = import_photo(tmp_path / "photo.jpg")
    # Small ones are enlarged, to the side that is enough.
    wanted = (cv2.resize(truth[..., 3], (640, 640), interpolation=cv2.INTER_AREA) > 127).sum()
    assert (garment.front.rgba[..., 3] > 127).sum() == pytest.approx(wanted, rel=0.04)


def test_white_cloth_with_a_shadow(draw_top: Draw, photograph: Draw) -> None:
    truth, _ = draw_top(colour=(246, 246, 246))
    small = cv2.resize(
        photograph(truth, backdrop=(250, 250, 250), shadow=0.3), (240, 240), interpolation=cv2.INTER_AREA
    )
    assert overlap(cut_out(small), cv2.resize(truth[..., 3], (240, 240), interpolation=cv2.INTER_AREA) > 127) > 0.93


@pytest.mark.parametrize(
    ("side", "wall", "shadow"), [("front", (246, 247, 250), 0.12), ("back", (248, 248, 248), 0.08)]
)
def test_the_shoulders_and_sleeves_of_a_white_shirt_are_not_lost(
    photograph: Draw, side: str, wall: tuple[int, int, int], shadow: float
) -> None:
    """Its seams are sharper than its outline, and its folds as bright as the wall."""
    shirt = Image.open(resources_dir() / "garments" / "shirt-white" / f"{side}.png").convert("RGBA")
    shirt.thumbnail((560, 560))
    truth = np.pad(np.asarray(shirt), ((67, 67), (67, 67), (0, 0)))
    assert overlap(cut_out(photograph(truth, backdrop=wall, shadow=shadow)), truth[..., 3] > 127) > 0.98


def test_a_small_white_tee_keeps_its_shoulders(photograph: Draw) -> None:
    tee = Image.open(resources_dir() / "garments" / "tee-white" / "back.png").convert("RGBA")
    tee.thumbnail((160, 160))
    truth = np.pad(np.asarray(tee), ((19, 19), (19, 19), (0, 0)))
    assert overlap(cut_out(photograph(truth, backdrop=(248, 248, 248), shadow=0.08)), truth[..., 3] > 127) > 0.95


def test_what_is_certain_stays_within_and_without() -> None:
    """However cheap it would be to leave it out or to take it in."""
    evidence = measure(np.full((40, 40, 3), 0.9, np.float32))
    cloth, ground = np.zeros((40, 40)), np.zeros((40, 40))
    ground[2:38, 2:38] = 5.0
    cloth[10:20, 10:20], ground[10:20, 10:20] = CERTAIN, 0.0
    ground[:2], cloth[20:24, 10:20] = CERTAIN, 6.0
    ground[20:24, 10:20] = 0.0
    wanted = np.zeros((40, 40), bool)
    wanted[10:24, 10:20] = True
    assert (minimum_cut(evidence, cloth, ground) == wanted).all()


def test_nothing_and_everything_are_no_garments() -> None:
    plain = np.full((200, 150, 3), 240, np.uint8)
    assert closed_contour(plain) is None
    full = plain.copy()
    cv2.rectangle(full, (7, 7), (143, 193), (20, 20, 90), -1)
    assert closed_contour(full) is None
