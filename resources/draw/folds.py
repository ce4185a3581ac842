"""Folds: height fields on the sheet's coarse grid, made of single creases, streaks along a direction field, drapes."""

from itertools import pairwise

import cv2
import numpy as np

from resources.draw.curves import smooth
from resources.draw.sheet import COARSE_PPC, Float, Sheet

Vector = tuple[float, float]


class Folds:
    """Gathers the folds of one panel; `height` is the coarse field in cm."""

    def __init__(self, sheet: Sheet, seed: int) -> None:
        self.x, self.y = sheet.coarse()
        self.height: Float = np.zeros(self.x.shape, np.float32)
        self._rng = np.random.default_rng(seed)

    def inflate(self, sheet: Sheet, amount: float, width: float) -> "Folds":
        """The soft fullness of a body: rises within `width` cm of the free edges (`Sheet.silhouette`)."""
        shape = self.x.shape[::-1]
        rim = cv2.resize(np.minimum(sheet.rim, 6 * width), shape, interpolation=cv2.INTER_AREA)
        swell = amount * (1 - np.exp(-rim / width))
        self.height += cv2.GaussianBlur(swell.astype(np.float32), (0, 0), 0.35 * width * COARSE_PPC)
        return self

    def crease(self, points: list[Vector], width: float, amount: float, skew: float = 0.0) -> "Folds":
        """One fold along a curve: a ridge between two shallow valleys, steeper on one side by `skew` (-1..1)."""
        path = smooth(points, per=8)
        best = np.full(self.x.shape, np.inf, np.float32)
        along = np.zeros_like(best)
        side = np.zeros_like(best)
        for i, (a, b) in enumerate(pairwise(path)):
            d = b - a
            size = max(float(np.hypot(*d)), 1e-6)
            t = np.clip(((self.x - a[0]) * d[0] + (self.y - a[1]) * d[1]) / size**2, 0, 1)
            ex, ey = self.x - (a[0] + t * d[0]), self.y - (a[1] + t * d[1])
            distance = ex * ex + ey * ey
            nearer = distance < best
            best = np.where(nearer, distance, best)
            along = np.where(nearer, (i + t) / (len(path) - 1), along)
            side = np.where(nearer, (d[0] * ey - d[1] * ex) / size, side)
        distance = np.sqrt(best)
        wide = width * (0.55 + 0.45 * np.sin(np.pi * np.clip(along, 0.02, 0.98)) ** 0.5)
        wide = wide * np.where(side > 0, 1 + 0.6 * skew, 1 - 0.6 * skew)
        q = (distance / wide) ** 2
        taper = np.sin(np.pi * np.clip(along, 0, 1)) ** 0.8
        self.height += (amount * taper * (1 - 0.55 * q) * np.exp(-q)).astype(np.float32)
        return self

    def radiate(
        self,
        origin: Vector,
        toward: float,
        spread: float,
        count: int,
        reach: tuple[float, float],
        width: tuple[float, float],
        amount: float,
        sag: float = 0.0,
    ) -> "Folds":
        """Creases leaving a point of tension; `toward` and `spread` in degrees (90 = down), `sag` bends them down."""
        for k in range(count):
            angle = np.radians(toward + spread * ((k + self._rng.uniform(0.2, 0.8)) / count - 0.5))
            start, end = self._rng.uniform(0.5, 2.5), self._rng.uniform(*reach)
            points = []
            for t in (0.0, 0.35, 0.7, 1.0):
                r = start + (end - start) * t
                bow = sag * t * t * end + self._rng.normal(0, 0.02) * end
                points.append((float(origin[0] + r * np.cos(angle)), float(origin[1] + r * np.sin(angle) + bow)))
            strength = amount * self._rng.uniform(0.5, 1.0) * self._rng.choice([1.0, 1.0, -0.7])
            self.crease(points, self._rng.uniform(*width), float(strength), self._rng.uniform(-0.8, 0.8))
        return self

    def streaks(
        self, angle: Float | float, wide: float, long: float, amount: float, where: Float | float = 1.0
    ) -> "Folds":
        """Folds everywhere along a direction field (degrees, 90 = down), `wide` cm across and `long` cm long."""
        noise = self._rng.standard_normal(self.x.shape).astype(np.float32)
        noise = cv2.GaussianBlur(noise, (0, 0), wide * COARSE_PPC / 2.2)
        theta = 2 * np.radians(np.broadcast_to(np.asarray(angle, np.float32), self.x.shape))
        # Directions have no sense: they are blended as doubled angles, and each step goes on the way it came.
        c2, s2 = np.cos(theta).astype(np.float32), np.sin(theta).astype(np.float32)
        step = 0.5 * wide
        rows, cols = np.mgrid[: self.x.shape[0], : self.x.shape[1]].astype(np.float32)
        total, count = noise.copy(), max(2, int(long / step / 2))
        for sign in (1.0, -1.0):
            mx, my = cols.copy(), rows.copy()
            px, py = np.float32(sign * 1e-3), np.float32(sign)
            for k in range(1, count):
                half = 0.5 * np.arctan2(_sample(s2, mx, my), _sample(c2, mx, my))
                dx, dy = np.cos(half), np.sin(half)
                way = np.where(dx * px + dy * py < 0, -1, 1).astype(np.float32)
                px, py = dx * way, dy * way
                mx, my = mx + px * np.float32(step * COARSE_PPC), my + py * np.float32(step * COARSE_PPC)
                total += float(np.cos(0.5 * np.pi * k / count)) * _sample(noise, mx, my)
        total /= max(float(total.std()), 1e-6)
        # Cloth buckles: ridges are round, the valleys between them narrow.
        shaped = total - 0.35 * np.sqrt(total * total + 0.15)
        self.height += (amount * shaped * where).astype(np.float32)
        return self

    def crumple(self, size: float, amount: float, where: Float | float = 1.0) -> "Folds":
        """Fine creases in all directions, as pressed cotton keeps them."""
        noise = self._rng.standard_normal(self.x.shape).astype(np.float32)
        field = cv2.GaussianBlur(noise, (0, 0), size * COARSE_PPC / 2)
        field /= max(float(field.std()), 1e-6)
        self.height += (-amount * np.sqrt(field * field + 0.04) * where).astype(np.float32)
        return self

    def done(self) -> Float:
        """The field, with breaks between overlapping folds worn smooth."""
        return cv2.GaussianBlur(self.height, (0, 0), 0.4 * COARSE_PPC)

    def near(self, point: Vector, radius: float) -> Float:
        """A soft spot of weight 1 around a point."""
        d2 = (self.x - point[0]) ** 2 + (self.y - point[1]) ** 2
        return np.exp(-d2 / (2 * radius * radius)).astype(np.float32)


def _sample(field: Float, x: Float, y: Float) -> Float:
    return cv2.remap(field, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)


def directions(default: float, sources: list[tuple[Float, Float]]) -> Float:
    """Blend of directions (degrees, without sense): `default` everywhere, (weight, angle) fields over it."""
    c, s = np.cos(2 * np.radians(default)), np.sin(2 * np.radians(default))
    for weight, angle in sources:
        c = c + weight * np.cos(2 * np.radians(angle))
        s = s + weight * np.sin(2 * np.radians(angle))
    return np.degrees(np.arctan2(s, c) / 2).astype(np.float32)


def away(x: Float, y: Float, point: Vector) -> Float:
    """Direction from a point, in degrees."""
    return np.degrees(np.arctan2(y - point[1], x - point[0])).astype(np.float32)
