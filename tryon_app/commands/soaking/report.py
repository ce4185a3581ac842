"""What a soak run says: slopes with their uncertainty, verdicts, tables and, where matplotlib is there, a plot."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

import numpy as np

from tryon_app.commands.soaking.run import SILENT, Sample, Soak
from tryon_app.core.files import atomic_write, make_folder, write_text

SLOPE_LIMIT_MB_H = 20.0
LEAST_FPS_SHARE = 0.8
NOTICED_WITHIN_S = 2.0
_LOOSE_HANDLES, _LOOSE_THREADS, _LOOSE_FRAMES = 2, 1, 12
"""So many more at the end than at the beginning are chance: a queue that happens to be full, a pool's idle thread."""
_WARM_UP = 0.2
_LEAST_BLOCKS, _MOST_BLOCKS = 5, 30
_CONFIDENCE = 0.95


def evaluate(soak: Soak) -> dict[str, Any]:
    """The result as plain values; `failures` is empty when all bars hold.

    The first fifth is warm-up: caches fill. Memory is reduced to block medians before the line is laid through them, as
    neighbouring samples are not independent; the interval is Student's.
    """
    samples = soak.samples
    late = [sample for sample in samples if sample.second >= _WARM_UP * samples[-1].second] if samples else []
    calm = [sample.fps for sample in late if not sample.disturbed]
    counted = [sample.frames_held for sample in late if sample.frames_held >= 0]
    slope = slope_per_hour([s.second for s in late], [s.rss_mb for s in late])
    median, low = (float(value) for value in np.percentile(calm, [50, 5])) if calm else (0.0, 0.0)
    result: dict[str, Any] = {
        "minutes": round(samples[-1].second / 60, 2) if samples else 0.0,
        "rss_mb": _range([s.rss_mb for s in late]),
        "rss_slope_mb_per_hour": slope,
        "handles": _range([s.handles for s in late]),
        "threads": _range([s.threads for s in late]),
        "frames_held": _range(counted),
        "fps": {"median": round(median, 2), "p5": round(low, 2), "samples": len(calm)},
        "outfits": soak.outfits,
        "people": soak.people,
        "snapshots": soak.snapshots,
        "stage_failures": soak.stage_failures,
        "faults": [asdict(record) for record in soak.faults],
    }
    result["failures"] = list(_failures(result))
    return result


def slope_per_hour(seconds: Sequence[float], values: Sequence[float]) -> dict[str, float] | None:
    """Rise of a value in an hour with its 95 % interval: {"value", "low", "high"}; None where there is too little."""
    blocks = min(len(values) // 3, _MOST_BLOCKS)
    if blocks < _LEAST_BLOCKS:
        return None
    from scipy.special import stdtrit  # `scipy.stats` is large and left out of installers

    middles = np.array([np.mean(block) for block in np.array_split(np.asarray(seconds, float), blocks)])
    levels = np.array([np.median(block) for block in np.array_split(np.asarray(values, float), blocks)])
    middles -= middles.mean()
    levels -= levels.mean()
    spread = middles @ middles
    slope = middles @ levels / spread
    rest = levels - slope * middles
    margin = stdtrit(blocks - 2, (1 + _CONFIDENCE) / 2) * np.sqrt(rest @ rest / (blocks - 2) / spread)
    bounds = {"value": slope, "low": slope - margin, "high": slope + margin}
    return {name: round(3600 * float(value), 2) for name, value in bounds.items()}


def _range(values: Sequence[float]) -> dict[str, float]:
    """Level of the first and of the last third, and the highest."""
    if not values:
        return {"first": 0.0, "last": 0.0, "most": 0.0}
    third = max(1, len(values) // 3)
    first, last = np.median(values[:third]), np.median(values[-third:])
    return {"first": round(float(first), 2), "last": round(float(last), 2), "most": round(float(max(values)), 2)}


def _failures(result: Mapping[str, Any]) -> list[str]:
    found = []
    slope = result["rss_slope_mb_per_hour"]
    if slope is not None and slope["high"] >= SLOPE_LIMIT_MB_H:
        found.append(f"memory may grow by {slope['high']} MB an hour (limit {SLOPE_LIMIT_MB_H:.0f})")
    loose = {"handles": _LOOSE_HANDLES, "threads": _LOOSE_THREADS, "frames_held": _LOOSE_FRAMES}
    for name, allowed in loose.items():
        if result[name]["last"] > result[name]["first"] + allowed:
            found.append(f"{name} grew from {result[name]['first']:.0f} to {result[name]['last']:.0f}")
    fps = result["fps"]
    if fps["samples"] and fps["p5"] < LEAST_FPS_SHARE * fps["median"]:
        found.append(f"the slowest seconds have {fps['p5']} fps, the median {fps['median']}")
    for fault in result["faults"]:
        if fault["recovered_s"] is None and fault is not result["faults"][-1]:
            found.append(f"no picture came back after {fault['name']} at {fault['second']} s")
        noticed = fault["noticed_s"]
        if fault["name"] not in SILENT and noticed is not None and noticed > NOTICED_WITHIN_S:
            found.append(f"{fault['name']} at {fault['second']} s was noticed after {noticed} s")
    return found


def write_report(folder: Path, soak: Soak, result: Mapping[str, Any]) -> tuple[str, ...]:
    """Write `result.json`, `samples.csv` and, where matplotlib is there, `soak.png`; their names.

    Raises:
        OutputError: The folder cannot be written.
    """
    make_folder(folder)
    write_text(folder / "result.json", json.dumps(result, indent=2) + "\n")
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(field.name for field in fields(Sample))
    writer.writerows(asdict(sample).values() for sample in soak.samples)
    write_text(folder / "samples.csv", table.getvalue())
    names = ("result.json", "samples.csv")
    return (*names, "soak.png") if _plot(folder / "soak.png", soak, result) else names


def _plot(path: Path, soak: Soak, result: Mapping[str, Any]) -> bool:
    try:
        from matplotlib.figure import Figure
    except ImportError:
        return False
    minutes = [sample.second / 60 for sample in soak.samples]
    figure = Figure(figsize=(9, 7), layout="constrained")
    memory, pace, counts = figure.subplots(3, 1, sharex=True)
    memory.plot(minutes, [sample.rss_mb for sample in soak.samples], linewidth=1)
    memory.set_ylabel("memory, MB")
    slope = result["rss_slope_mb_per_hour"]
    if slope is not None:
        memory.set_title(f"{slope['value']} MB an hour (95 %: {slope['low']} to {slope['high']})")
    pace.plot(minutes, [sample.fps for sample in soak.samples], linewidth=1)
    pace.set_ylabel("frames a second")
    counts.plot(minutes, [sample.handles for sample in soak.samples], label="handles")
    counts.plot(minutes, [sample.threads for sample in soak.samples], label="threads")
    held = [(m, sample.frames_held) for m, sample in zip(minutes, soak.samples, strict=True) if sample.frames_held >= 0]
    counts.plot([m for m, _ in held], [n for _, n in held], label="frames in memory")
    counts.set_xlabel("minutes")
    counts.legend(loc="upper right")
    for axes in (memory, pace, counts):
        for record in soak.faults:
            axes.axvline(record.second / 60, color="0.8", linewidth=1, zorder=0)
    with atomic_write(path) as part:
        figure.savefig(part, dpi=110)
    return True
