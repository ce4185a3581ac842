"""A dressed-to-be body's measurements, and how deep it is seen from the front: metres, x to its left, z up."""

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import ConvexHull

from tryon_app.core.types import BodyPart, Float32
from tryon_app.training.synth.body import SKIN_VERTICES, Body, Posed
from tryon_app.training.synth.raster import Buffer

_CELL = 0.006
_LEFT_EDGE = -0.8
_LEG = (BodyPart.LEFT_THIGH, BodyPart.RIGHT_THIGH, BodyPart.LEFT_SHIN, BodyPart.RIGHT_SHIN)
_LEFT_ARM = (BodyPart.LEFT_UPPER_ARM, BodyPart.LEFT_FOREARM, BodyPart.LEFT_HAND)

Vector = NDArray[np.float64]


class Measures:
    """Of one body in its dressing pose. Points are (x, z) of the left side.

    Attributes:
        shoulder, elbow, wrist, hip, knee, ankle: Joints.
        arm: Unit vector from shoulder to wrist; `across` is its normal, upwards.
        arm_length, arm_girth: Of the arm.
        chest, waist, hips: Girths.
        chest_half, hip_half, neck_half: Half widths.
        chest_z, waist_z, hip_z, crotch_z, neck_z: Heights.
    """

    def __init__(self, body: Body, posed: Posed) -> None:
        self._points = posed.vertices[:SKIN_VERTICES]
        part = body.part[:SKIN_VERTICES]
        self._torso = self._points[part == BodyPart.TORSO]
        self._legs = self._points[np.isin(part, _LEG)]
        self._trunk = np.concatenate([self._torso, self._legs])
        self._left_leg = self._points[np.isin(part, (BodyPart.LEFT_THIGH, BodyPart.LEFT_SHIN))]

        def joint(name: str) -> Vector:
            return body.joint(posed.joints, name)[[0, 2]].astype(np.float64)

        self.shoulder, self.elbow, self.wrist = joint("upperarm01.L"), joint("lowerarm01.L"), joint("wrist.L")
        self.hip, self.knee, self.ankle = joint("upperleg01.L"), joint("lowerleg01.L"), joint("foot.L")
        self._measure_arm(part)
        middle = self._points[np.abs(self._points[:, 0]) < 0.01]
        self.crotch_z = float(middle[middle[:, 2] < self.hip[1], 2].max(initial=self.hip[1] - 0.12))
        below = middle[(middle[:, 2] < self.hip[1]) & (middle[:, 2] > self.knee[1])]
        self.crotch_z = float(below[:, 2].min()) if len(below) else self.crotch_z
        self.chest_z, self.waist_z, self.hip_z = self.shoulder[1] - 0.13, self.hip[1] + 0.18, self.hip[1] - 0.02
        self.chest, self.chest_half = _girth(self._torso, self.chest_z), _half(self._torso, self.chest_z)
        self.hips, self.hip_half = _girth(self._trunk, self.hip_z), _half(self._trunk, self.hip_z)
        self.waist = _girth(self._torso, self.waist_z)
        self.neck_z = joint("neck01")[1] + 0.03
        self.neck_half = _half(self._torso, self.neck_z)
        self._depth_maps(body, posed)

    def _measure_arm(self, part: NDArray[np.uint8]) -> None:
        whole = self.wrist - self.shoulder
        self.arm = whole / np.linalg.norm(whole)
        self.across = np.array([-self.arm[1], self.arm[0]])
        self.arm_length = float(np.linalg.norm(self.elbow - self.shoulder) + np.linalg.norm(self.wrist - self.elbow))
        arm = self._points[np.isin(part, _LEFT_ARM)]
        offset = arm[:, [0, 2]] - self.shoulder
        self._along, self._aside = offset @ self.arm, offset @ self.across
        near = np.abs(self._along - 0.12) < 0.03
        self.arm_girth = float(np.pi * (np.ptp(self._aside[near]) + np.ptp(arm[near, 1])) / 2)

    def arm_edge(self, along: float, upper: bool) -> Vector:
        """A point just outside the arm, that far from the shoulder."""
        near = np.abs(self._along - along) < 0.02
        sign = 1.0 if upper else -1.0
        reach = max(float((sign * self._aside[near]).max()) if near.any() else 0.05, 0.03)
        return np.asarray(self.shoulder + self.arm * along + sign * self.across * (reach + 0.012))

    def half_width(self, z: float) -> float:
        """Of the trunk at a height."""
        if z > self.hip_z:
            return _half(self._torso, z)
        return _half(self._trunk if z > self.crotch_z else self._legs, z)

    def girth(self, z: float) -> float:
        """Of the trunk at a height."""
        return _girth(self._torso if z > self.hip_z else self._trunk, z)

    def leg_span(self, z: float) -> tuple[float, float]:
        """The left leg's inner and outer x at a height."""
        across = self._left_leg[np.abs(self._left_leg[:, 2] - z) < 0.02, 0]
        return float(across.min()), float(across.max())

    def depth(self, x: Vector, z: Vector, surface: str) -> Vector:
        """The y of the body's "front", "back" or "middle" at points seen from the front; carried on outside of it."""
        column = ((x - _LEFT_EDGE) / _CELL).astype(np.float32)[None]
        row = ((self._top - z) / _CELL).astype(np.float32)[None]
        found = cv2.remap(self._maps[surface], column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(found[0], np.float64)

    def _depth_maps(self, body: Body, posed: Posed) -> None:
        points = posed.vertices
        self._top = float(self._points[:, 2].max()) + 0.05
        width = int(1.6 / _CELL)
        height = int((self._top - float(self._points[:, 2].min()) + 0.05) / _CELL)
        column, row = (points[:, 0] - _LEFT_EDGE) / _CELL, (self._top - points[:, 2]) / _CELL

        def nearest(y: Float32) -> Float32:
            buffer = Buffer(width, height)
            buffer.draw(np.stack([column, row, 10 + y], axis=1).astype(np.float32), body.skin_faces, 0)
            return buffer.nearness

        ahead, behind = nearest(-points[:, 1]), nearest(points[:, 1])
        seen = ahead > 0
        front, back = 10 - ahead, behind - 10
        middle = np.where(seen, (front + back) / 2, 0).astype(np.float32)
        _, owner = cv2.distanceTransformWithLabels(
            (~seen).astype(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
        )
        table = np.zeros(owner.max() + 1, np.float32)
        table[owner[seen]] = middle[seen]
        middle = cv2.GaussianBlur(table[owner], (0, 0), 4)
        square = np.ones((7, 7), np.uint8)
        wide = cv2.dilate(seen.astype(np.uint8), square) > 0
        farthest = np.float32(-9)
        self._maps = {
            "middle": middle,
            "front": np.where(wide, -cv2.dilate(np.where(seen, -front, farthest), square), middle).astype(np.float32),
            "back": np.where(wide, cv2.dilate(np.where(seen, back, farthest), square), middle).astype(np.float32),
        }


def _half(points: Float32, z: float) -> float:
    near = np.abs(points[:, 2] - z) < 0.015
    if not near.any():
        near = np.abs(points[:, 2] - z) < 0.04
    return float(np.abs(points[near, 0]).max())


def _girth(points: Float32, z: float) -> float:
    return float(ConvexHull(points[np.abs(points[:, 2] - z) < 0.015][:, :2]).area)
