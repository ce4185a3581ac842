"""Drawn garments whose key points are known, and photos of them."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from tryon_app.core.types import KeyPoint

SIDE = 800
CLOTH = (60, 90, 150)
K = KeyPoint


def mirrored(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    return [(SIDE - x, y) for x, y in points]


def drawn(polygons: list[list[tuple[float, float]]], colour: tuple[int, int, int]) -> np.ndarray:
    big = np.zeros((SIDE * 2, SIDE * 2), np.uint8)
    for polygon in polygons:
        cv2.fillPoly(big, [np.round(np.array(polygon) * 2 + 0.5).astype(np.int32)], 255)
    alpha = cv2.resize(big, (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    rgba = np.empty((SIDE, SIDE, 4), np.uint8)
    rgba[..., :3] = colour
    rgba[..., 3] = alpha
    return rgba


def both(named: dict[str, tuple[float, float]]) -> dict[KeyPoint, tuple[float, float]]:
    """Points given for the picture's right (the wearer's left) and their mirror images."""
    points = {}
    for name, (x, y) in named.items():
        points[KeyPoint(f"{name}_left")] = (x, y)
        points[KeyPoint(f"{name}_right")] = (SIDE - x, y)
    return points


@pytest.fixture
def draw_top() -> Callable[..., tuple[np.ndarray, dict[KeyPoint, tuple[float, float]]]]:
    """(degrees below level, length, width of the cuff, hem half width, bottom, colour) -> RGBA, key points."""

    def draw(angle=50.0, length=170.0, cuff=110.0, flare=190.0, bottom=690.0, colour=CLOTH):
        theta = np.radians(angle)
        along, inwards = np.array([np.cos(theta), np.sin(theta)]), np.array([-np.sin(theta), np.cos(theta)])
        collar, tip, armpit, hem = (465.0, 90.0), (570.0, 125.0), (580.0, 275.0), (400 + flare, bottom)
        outer = np.array(tip) + length * along
        inner = outer + cuff * inwards
        across = np.linspace(465, 335, 21)
        neck = [(x, 90 + 22 * np.sqrt(max(0.0, 1 - ((x - 400) / 65) ** 2))) for x in across]
        torso = [collar, tip, armpit, hem, *mirrored([hem, armpit, tip, collar]), *neck[::-1]]
        sleeve = [tip, tuple(outer), tuple(inner), armpit]
        rgba = drawn([torso, sleeve, mirrored(sleeve)], colour)
        inside = np.zeros((SIDE, SIDE), np.uint8)
        cv2.ellipse(inside, (400, 90), (58, 80), 0, 0, 180, 1, -1)
        rgba[..., :3][inside > 0] = np.array(colour) * 0.6
        points = both(
            {
                "collar": collar,
                "shoulder": tip,
                "armpit": armpit,
                "hem": hem,
                "cuff_outer": tuple(outer),
                "cuff_inner": tuple(inner),
            }
        )
        points[K.NECK_BACK], points[K.NECK_FRONT] = (400.0, 112.0), (400.0, 170.0)
        return rgba, points

    return draw


@pytest.fixture
def draw_trousers() -> Callable[..., tuple[np.ndarray, dict[KeyPoint, tuple[float, float]]]]:
    """(leg's end, y; how far the ankles stand apart; colour) -> RGBA and its key points."""

    def draw(bottom=740.0, apart=60.0, colour=CLOTH):
        waist, hip, crotch = (500.0, 60.0), (530.0, 210.0), (400.0, 280.0)
        inner, outer = (400 + apart / 2, bottom), (400 + apart / 2 + 95, bottom)
        half = [(400.0, 60.0), waist, hip, outer, inner, crotch]
        points = both({"waist": waist, "ankle_outer": outer, "ankle_inner": inner})
        points[K.CROTCH] = crotch
        return drawn([half, mirrored(half)], colour), points

    return draw


@pytest.fixture
def draw_skirt() -> Callable[..., np.ndarray]:
    """A flared skirt, RGBA."""

    def draw(colour=CLOTH):
        half = [(400.0, 90.0), (480.0, 90.0), (530.0, 240.0), (620.0, 700.0), (400.0, 715.0)]
        return drawn([half, mirrored(half)], colour)

    return draw


@pytest.fixture
def photograph() -> Callable[..., np.ndarray]:
    """Lay an RGBA garment on a backdrop with a gradient, a soft shadow, noise and JPEG: an RGB product photo."""

    def shoot(rgba, backdrop=(236, 237, 233), shadow=0.25, quality=90):
        rng = np.random.default_rng(3)
        alpha = rgba[..., 3].astype(np.float32) / 255
        height, width = alpha.shape
        y, x = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
        ground = np.array(backdrop) * (1 - 0.03 * y - 0.02 * (2 * x - 1) ** 2)[..., None]
        soft = 0.7 * cv2.GaussianBlur(np.roll(alpha, 9, 0), (0, 0), 9) + 0.3 * cv2.GaussianBlur(
            np.roll(alpha, 24, 0), (0, 0), 30
        )
        ground *= (1 - shadow * soft)[..., None]
        folds = 1 + 0.025 * np.sin(22 * x + 6 * y)[..., None]
        picture = rgba[..., :3] * folds * alpha[..., None] + ground * (1 - alpha[..., None])
        picture = np.clip(picture + rng.normal(0, 0.7, picture.shape), 0, 255).astype(np.uint8)
        _, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
        return np.ascontiguousarray(cv2.imdecode(data, cv2.IMREAD_COLOR)[..., ::-1])

    return shoot
