"""The flat fitter: product photos bent over a person by geometry alone."""

from dataclasses import replace
from functools import partial
from weakref import WeakKeyDictionary

import numpy as np

from tryon_app.core.types import (
    CATEGORY_SLOT,
    Fit,
    FitPiece,
    Float32,
    Frame,
    GarmentFit,
    GarmentView,
    Outfit,
    Parsing,
    Pose,
    Slot,
    Worn,
)
from tryon_app.fitting.body import Body
from tryon_app.fitting.bottom import BottomFit, bottom_seen
from tryon_app.fitting.bottom_chart import BottomChart, read_bottom
from tryon_app.fitting.likeness import likeness, swatch, worn_swatch
from tryon_app.fitting.silhouette import Silhouette
from tryon_app.fitting.steady import Steady
from tryon_app.fitting.top import TopFit, top_seen
from tryon_app.fitting.top_chart import TopChart, read_top
from tryon_app.fitting.worn import WornMemory, WornNow

_SIDEWAYS = 0.22
"""Cosine of the turn below which a flat photo has nothing to show: neither its front nor its back."""
_UNITS_A_STEP = 25.0
"""Pixels of shoulder width for one pixel between flow samples."""


class FlatFitter:
    """Places product photos on a pose.

    Args:
        step: Most frame pixels between flow samples; people who look small get a finer flow, or sleeves would step.
    """

    def __init__(self, step: int = 4) -> None:
        self._most_step = step
        self._steady = Steady()
        self._worn = WornMemory()
        self._swatches: WeakKeyDictionary[GarmentView, Float32] = WeakKeyDictionary()
        self._charts: WeakKeyDictionary[GarmentView, TopChart | BottomChart] = WeakKeyDictionary()

    def reset(self) -> None:
        """See `core.protocols.Fitter`."""
        self._steady.reset()
        self._worn.reset()

    def fit(self, frame: Frame, pose: Pose, parsing: Parsing, outfit: Outfit) -> Fit:
        """See `core.protocols.Fitter`."""
        body = Body(pose)
        silhouette = Silhouette(parsing.person, frame.width, frame.height)
        # A top hangs over trousers and skirts, whatever the catalogue's layers say.
        worn = sorted(outfit, key=lambda item: (item.garment.slot is not Slot.BOTTOM, item.garment.layer))
        self._steady.begin(frame, body.unit)
        now = self._worn.read(parsing.labels, body, frame.timestamp_s, frame.scene)
        return Fit(tuple(self._one(order, frame, body, silhouette, now, item) for order, item in enumerate(worn)))

    def _one(
        self, order: int, frame: Frame, body: Body, silhouette: Silhouette, now: WornNow, worn: Worn
    ) -> GarmentFit:
        garment = worn.garment
        view = garment.back if body.back else garment.front
        if view is None:
            return GarmentFit(worn, garment.front, (), f"{garment.id}: the back is turned and there is no back photo")
        if abs(body.facing) < _SIDEWAYS:
            return GarmentFit(worn, view, (), f"{garment.id}: turned too far sideways")
        chart = self._charts.get(view)
        if chart is None:
            chart = read_bottom(view) if CATEGORY_SLOT[garment.category] is Slot.BOTTOM else read_top(view)
            self._charts[view] = chart
        size = frame.width, frame.height
        steady = partial(self._steady, order)
        step = int(min(max(body.unit / _UNITS_A_STEP, 1), self._most_step))
        pieces: list[FitPiece]
        if isinstance(chart, BottomChart):
            hidden = bottom_seen(body, *size)
            pieces = [] if hidden else BottomFit(chart, body, silhouette, _ease(worn)).pieces(size, step, steady)
        else:
            hidden = top_seen(body, *size)
            now = replace(now, alike=self._alike(frame, view, chart, body, now))
            fit = None if hidden else TopFit(chart, garment.category, body, silhouette, _ease(worn), now)
            pieces = [] if fit is None else fit.pieces(size, step, steady)
        message = f"{garment.id}: {hidden or 'outside the picture'}" if not pieces else ""
        return GarmentFit(worn, view, tuple(pieces), message, alike=now.alike)

    def _alike(self, frame: Frame, view: GarmentView, chart: TopChart, body: Body, now: WornNow) -> float:
        """How likely the person wears this very garment now, 0..1."""
        if now.seen is None:
            return 0.0
        own = self._swatches.get(view)
        if own is None:
            own = self._swatches[view] = swatch(view.rgba, chart.weight)
        worn = worn_swatch(frame.image, now.seen, body)
        found = 0.0 if worn is None else likeness(own, worn)
        return float(now.settled(("alike", id(view)), np.array([found], np.float32))[0])


def _ease(worn: Worn) -> tuple[float, float]:
    """Width and length of the chosen size over those of the default size."""
    chosen, usual = worn.garment.size(worn.size), worn.garment.size(None)
    if chosen is None or usual is None:
        return 1.0, 1.0
    girth = next((getattr(chosen, k) / getattr(usual, k) for k in ("chest", "hip", "waist") if getattr(usual, k)), 1.0)
    length = chosen.length / usual.length if usual.length else 1.0
    return float(girth or 1.0), float(length or 1.0)
