"""The sheet a garment is built on: colour, height and coverage, painted piece by piece, shaded once at the end."""

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from resources.draw.curves import Path, lengths, resample
from resources.draw.fabric import Fabric, Swatch, linear, swatch

Float = NDArray[np.float32]
Bounds = tuple[float, float, float, float]
Print = Callable[[Float, Float, Float], Float]
COARSE_PPC = 5.0


@dataclass(frozen=True)
class Lay:
    """How cloth lies on the sheet: origin in cm and the direction of its grain, degrees clockwise from downward."""

    x: float = 0.0
    y: float = 0.0
    angle: float = 0.0

    def cloth(self, x: Float, y: Float) -> tuple[Float, Float]:
        """Cloth coordinates (u across the grain, v along it) of sheet points."""
        c, s = np.cos(np.radians(self.angle)), np.sin(np.radians(self.angle))
        dx, dy = x - self.x, y - self.y
        return (c * dx + s * dy).astype(np.float32), (-s * dx + c * dy).astype(np.float32)


@dataclass(frozen=True)
class Window:
    """A box of the sheet in whole pixels, and the cm coordinates of its pixels."""

    rows: slice
    cols: slice
    x: Float
    y: Float

    @property
    def box(self) -> tuple[slice, slice]:
        """Index into the sheet."""
        return self.rows, self.cols


@dataclass(frozen=True)
class Ribbon:
    """Pixels near a path: their rows and columns, distance along it and signed distance across (right is positive)."""

    rows: NDArray[np.intp]
    cols: NDArray[np.intp]
    along: Float
    across: Float
    length: float


@dataclass
class Sheet:
    """Canvas of one view. All paths are in cm; `sway` bends them all a little, as no garment hangs symmetrically."""

    bounds: Bounds
    ppc: float
    seed: int
    sway: float = 0.13
    height: Float = field(init=False)
    rgb: Float = field(init=False)
    alpha: Float = field(init=False)
    gloss: Float = field(init=False)
    rim: Float = field(init=False)

    def __post_init__(self) -> None:
        x0, y0, x1, y1 = self.bounds
        self.shape = (round((y1 - y0) * self.ppc), round((x1 - x0) * self.ppc))
        self.height = np.zeros(self.shape, np.float32)
        self.rgb = np.zeros((*self.shape, 3), np.float32)
        self.alpha = np.zeros(self.shape, np.float32)
        self.gloss = np.zeros(self.shape, np.float32)
        self.rim = np.full(self.shape, 9.0, np.float32)
        self.rng = np.random.default_rng(self.seed)
        self._waves = [
            (self.rng.uniform(0, 2 * np.pi, 4), self.rng.uniform(22, 60, 4), self.rng.uniform(0.4, 1.0, 2))
            for _ in range(3)
        ]

    def bend(self, path: Path) -> Path:
        """Where points of the pattern come to lie: N x 2 cm."""
        p = np.asarray(path, float)
        x, y = p[:, 0], p[:, 1]
        dx, dy = np.zeros(len(p)), np.zeros(len(p))
        for phase, wave, gain in self._waves:
            dx += gain[0] * np.sin(y * 2 * np.pi / wave[0] + phase[0]) * np.cos(x * 2 * np.pi / wave[1] + phase[1])
            dy += gain[1] * np.sin(x * 2 * np.pi / wave[2] + phase[2]) * np.cos(y * 2 * np.pi / wave[3] + phase[3])
        return np.column_stack([x + self.sway * dx, y + self.sway * dy])

    def pixels(self, path: Path) -> Path:
        """Pixel coordinates (centres at whole numbers) of bent pattern points."""
        return (self.bend(path) - self.bounds[:2]) * self.ppc - 0.5

    def window(self, pixels: Path, pad: float = 0.3) -> Window:
        """The box around pixel points, with `pad` cm around."""
        grow = pad * self.ppc
        c0, r0 = np.maximum(np.floor(pixels.min(0) - grow), 0).astype(int)
        c1, r1 = np.minimum(np.ceil(pixels.max(0) + grow) + 1, self.shape[::-1]).astype(int)
        xs = (np.arange(c0, c1) + 0.5) / self.ppc + self.bounds[0]
        ys = (np.arange(r0, r1) + 0.5) / self.ppc + self.bounds[1]
        x, y = np.meshgrid(xs.astype(np.float32), ys.astype(np.float32))
        return Window(slice(r0, r1), slice(c0, c1), x, y)

    def cover(self, outline: Path, window: Window) -> Float:
        """Soft coverage 0..1 of a closed outline over the window."""
        points = self.pixels(outline) - (window.cols.start, window.rows.start)
        mask = np.zeros(window.x.shape, np.uint8)
        cv2.fillPoly(mask, [np.round(points * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
        return mask.astype(np.float32) / 255

    def silhouette(self, outlines: list[Path]) -> None:
        """Say which outlines together form one body, whose free edges roll off; panels painted later follow it."""
        mask = np.zeros(self.shape, np.uint8)
        for outline in outlines:
            cv2.fillPoly(mask, [np.round(self.pixels(outline) * 16).astype(np.int32)], 255, shift=4)
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8))
        padded = cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0)
        distance = cv2.distanceTransform(padded, cv2.DIST_L2, 5)[1:-1, 1:-1]
        self.rim = distance / np.float32(self.ppc)

    def coarse(self) -> tuple[Float, Float]:
        """The cm coordinates of the coarse grid that folds are made on."""
        x0, y0, x1, y1 = self.bounds
        xs = np.arange(x0, x1 + 2 / COARSE_PPC, 1 / COARSE_PPC, dtype=np.float32)
        ys = np.arange(y0, y1 + 2 / COARSE_PPC, 1 / COARSE_PPC, dtype=np.float32)
        x, y = np.meshgrid(xs, ys)
        return x, y

    def fine(self, coarse: Float, window: Window) -> Float:
        """A coarse field over the window's pixels."""
        k = COARSE_PPC / self.ppc
        matrix = np.array(
            [[k, 0, (window.cols.start + 0.5) * k], [0, k, (window.rows.start + 0.5) * k]],
            np.float64,
        )
        size = window.x.shape[::-1]
        flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(coarse, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)

    def panel(
        self,
        outline: Path,
        fabric: Fabric,
        *,
        lay: Lay | None = None,
        level: float | None = None,
        thick: float = 0.0,
        roll: float = 0.0,
        edge: float = 0.0,
        folds: Float | None = None,
        dim: float = 1.0,
        print_: Print | None = None,
        seed: int = 0,
    ) -> None:
        """Paint one piece of cloth.

        Args:
            outline: Closed outline in cm.
            lay: How the cloth lies; its grain steers texture and print.
            level: Height in cm; None = sewn on top of what is there already, and only there.
            thick: Added height.
            roll: Radius in cm with which the body's free edges (`silhouette`) roll off.
            edge: Radius with which this piece's own edges roll off.
            folds: Coarse height field in cm.
            dim: Factor on the light, for insides.
            print_: (u, v, rgb) -> rgb, linear light, in cloth coordinates.
            seed: Which part of the cloth was cut.
        """
        window = self.window(self.pixels(outline))
        if 0 in window.x.shape:
            return
        cover = self.cover(outline, window)
        under = self.height[window.box]
        if level is None:
            cover = cover * self.alpha[window.box]
        height = under.copy() if level is None else np.full(cover.shape, level, np.float32)
        height += thick
        u, v = (lay or Lay()).cloth(window.x, window.y)
        if folds is not None:
            relief = self.fine(folds, window)
            height += relief
            gy, gx = np.gradient(relief, 1 / self.ppc)
            u, v = u - 0.8 * gx.astype(np.float32), v - 0.8 * gy.astype(np.float32)
        if roll > 0:
            height += _rounded(self.rim[window.box], roll)
        if edge > 0:
            distance = cv2.distanceTransform((cover > 0.5).astype(np.uint8), cv2.DIST_L2, 5) / self.ppc
            height += _rounded(distance.astype(np.float32), edge)
        cloth = swatch(fabric, u, v, self.ppc, 1000 * seed + 17)
        rgb = cloth.rgb if print_ is None else print_(u, v, cloth.rgb)
        self._lay(window.box, cover, rgb * dim, height + cloth.relief, fabric.gloss)

    def ribbon(self, path: Path, reach: float) -> Ribbon:
        """The pixels within `reach` cm of a path."""
        dense = resample(self.pixels(path), max(0.5, 0.04 * self.ppc))
        grow = reach * self.ppc + 2
        c0, r0 = np.maximum(np.floor(dense.min(0) - grow), 0).astype(int)
        c1, r1 = np.minimum(np.ceil(dense.max(0) + grow) + 1, self.shape[::-1]).astype(int)
        mask = np.zeros((max(r1 - r0, 0), max(c1 - c0, 0)), np.uint8)
        if mask.size:
            points = np.round((dense - (c0, r0)) * 16).astype(np.int32)
            cv2.polylines(mask, [points], False, 255, max(1, int(2 * reach * self.ppc) + 3), cv2.LINE_8, 4)
        rows, cols = np.nonzero(mask)
        rows, cols = rows + r0, cols + c0
        if len(rows) == 0:
            empty = np.zeros(0, np.float32)
            return Ribbon(rows, cols, empty, empty, 0.0)
        distance, nearest = cKDTree(dense).query(np.column_stack([cols, rows]))
        tangent = np.gradient(dense, axis=0)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
        delta = np.column_stack([cols, rows]) - dense[nearest]
        t = tangent[nearest]
        side = t[:, 0] * delta[:, 1] - t[:, 1] * delta[:, 0]
        shift = np.einsum("ij,ij->i", t, delta)
        along = (lengths(dense)[nearest] + shift) / self.ppc
        length = float(lengths(dense)[-1]) / self.ppc
        keep = (distance <= reach * self.ppc + 1) & (along >= 0) & (along <= length)
        across = (np.sign(side) * distance / self.ppc)[keep]
        return Ribbon(rows[keep], cols[keep], along[keep].astype(np.float32), across.astype(np.float32), length)

    def strip(
        self,
        path: Path,
        width: float,
        fabric: Fabric,
        *,
        thick: float = 0.1,
        level: float | None = None,
        puff: float = 0.15,
        dim: float = 1.0,
        turned: bool = False,
        free: bool = False,
        seed: int = 0,
    ) -> None:
        """A band of cloth along a path (its middle), `width` cm wide: collars, cuffs, waistbands, tapes.

        Ribs run across the band, or along it when `turned`. Only cloth that is there already is covered,
        unless `free`. `puff` is the extra height in its middle.
        """
        r = self.ribbon(path, width / 2 + 0.1)
        if r.length == 0:
            return
        cover = np.clip(0.5 + (width / 2 - np.abs(r.across)) * self.ppc, 0, 1)
        if not free:
            cover = cover * self.alpha[r.rows, r.cols]
        uv = (r.across, r.along) if turned else (r.along, r.across)
        cloth = _swatch_flat(fabric, *uv, self.ppc, 1000 * seed + 29)
        base = self.height[r.rows, r.cols] if level is None else np.float32(level)
        profile = np.sqrt(np.clip(1 - (2 * r.across / width) ** 2, 0, 1))
        height = base + thick + puff * profile + cloth.relief
        self._lay((r.rows, r.cols), cover.astype(np.float32), cloth.rgb * dim, height, fabric.gloss)

    def seam(
        self,
        path: Path,
        *,
        depth: float = 0.05,
        width: float = 0.12,
        ledge: float = 0.0,
        pucker: float = 0.02,
        spacing: float = 0.9,
        fade: float = 0.0,
    ) -> None:
        """Press a seam into the cloth: a groove, a ledge to its right, puckers on both sides; `fade` bleaches them."""
        r = self.ribbon(path, 1.6)
        if r.length == 0:
            return
        rng = np.random.default_rng(self.rng.integers(1 << 31))
        knots = np.arange(-2, r.length / 0.1 + 3) * 0.1
        bumps = cv2.GaussianBlur(rng.standard_normal((1, len(knots))).astype(np.float32), (0, 0), spacing / 0.3)[0]
        bumps /= max(float(bumps.std()), 1e-6)
        wave = np.interp(r.along + 0.35 * np.abs(r.across), knots, bumps)
        near = np.exp(-((np.abs(r.across) / 0.75) ** 1.5))
        groove = -depth * np.exp(-((r.across / width) ** 2))
        step = ledge * np.clip(0.5 + r.across / width, 0, 1) * np.exp(-np.clip(r.across, 0, 9) / 1.1)
        ends = np.clip(np.minimum(r.along, r.length - r.along) / 0.4, 0, 1)
        where = (r.rows, r.cols)
        self.height[where] += ((groove + step + pucker * wave * near) * ends).astype(np.float32)
        if fade > 0:
            bleach = fade * near * np.clip(0.55 + 0.5 * wave, 0, 1.6) * ends
            self.rgb[where] *= (1 + bleach)[:, None].astype(np.float32)

    def stitch(
        self, path: Path, colour: str | None = None, *, pitch: float = 0.32, width: float = 0.075, sink: float = 0.02
    ) -> None:
        """A line of stitches; without a colour in the cloth's own."""
        r = self.ribbon(path, 0.3)
        if r.length == 0:
            return
        where = (r.rows, r.cols)
        phase = np.mod(r.along, pitch) / pitch
        dash = np.clip((0.36 - np.abs(phase - 0.5)) * pitch * self.ppc * 0.8 + 0.5, 0, 1)
        thread = dash * np.clip((width / 2 - np.abs(r.across)) * self.ppc + 0.5, 0, 1)
        hole = (1 - dash) * np.exp(-((r.across / (0.8 * width)) ** 2))
        groove = np.exp(-((r.across / (2.0 * width)) ** 2))
        self.height[where] += (0.025 * thread - sink * groove - 0.02 * hole).astype(np.float32)
        shade = (1 - 0.25 * hole - 0.05 * groove)[:, None].astype(np.float32)
        rgb = self.rgb[where] * shade
        if colour is not None:
            k = thread[:, None].astype(np.float32) * 0.92
            rgb = rgb * (1 - k) + linear(colour) * k
        self.rgb[where] = rgb

    def tint(self, rows_cols: tuple[slice, slice], cover: Float, rgb: Float) -> None:
        """Dye cloth that is there already; its relief stays."""
        k = cover[..., None]
        self.rgb[rows_cols] = self.rgb[rows_cols] * (1 - k) + rgb * k

    def put(self, window: Window, cover: Float, cloth: Swatch, thick: Float | float, gloss: float) -> None:
        """Lay a small part (button, label) on what is there: its relief adds to the height below, smoothed."""
        base = cv2.GaussianBlur(self.height[window.box], (0, 0), max(0.6, 0.15 * self.ppc))
        self._lay(window.box, cover, cloth.rgb, base + cloth.relief + thick, gloss)

    def _lay(self, where: tuple, cover: Float, rgb: Float, height: Float, gloss: float) -> None:
        k = cover[..., None]
        fresh = self.alpha[where] < 0.02
        self.rgb[where] = np.where(fresh[..., None] & (k > 0), rgb, self.rgb[where] * (1 - k) + rgb * k)
        blended = self.height[where] * (1 - cover) + height * cover
        self.height[where] = np.where(fresh & (cover > 0), height, blended)
        self.gloss[where] = self.gloss[where] * (1 - cover) + gloss * cover
        self.alpha[where] = np.maximum(self.alpha[where], cover)


def _rounded(distance: Float, radius: float) -> Float:
    """Height of a soft edge: falls off by half the radius towards the edge."""
    return (-0.5 * radius * np.exp(-distance / np.float32(0.8 * radius))).astype(np.float32)


def _swatch_flat(fabric: Fabric, u: Float, v: Float, ppc: float, seed: int) -> Swatch:
    """`swatch` for lists of points, folded into a block because OpenCV limits the length of a row."""
    wide = 4096
    tall = -(-len(u) // wide)
    blocks = [np.pad(a, (0, tall * wide - len(a))).reshape(tall, wide) for a in (u, v)]
    cloth = swatch(fabric, blocks[0], blocks[1], ppc, seed)
    return Swatch(cloth.rgb.reshape(-1, 3)[: len(u)], cloth.relief.reshape(-1)[: len(u)])
