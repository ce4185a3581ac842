"""`tryon bench --soak`: what it does, what it counts, and how it judges."""

import csv
import json
import sys
from dataclasses import replace

import numpy as np
import pytest

from tryon_app.__main__ import main
from tryon_app.cameras.faulty import Fault, FaultyCamera
from tryon_app.cameras.synthetic import SyntheticCamera
from tryon_app.commands.soaking.report import evaluate, slope_per_hour, write_report
from tryon_app.commands.soaking.run import FAULTS, SILENT, FaultRecord, Pictures, Sample, Schedule, Soak, SoakRun
from tryon_app.core.types import Worn
from tryon_app.runtime.live import LiveSession

QUICK = Schedule(
    sample=0.1, garment=0.3, fault=3.5, fault_lasts=2.4, person=0.4, nobody=0.3, snapshot=0.5, count_frames=1.0
)
GOOD = Sample(0.0, 500.0, 40, 20, 30.0, -1, False)


class EnoughError(Exception):
    """Ends a run."""


def soak(samples: int = 600, **changes) -> Soak:
    """Ten good minutes; `changes` are functions of the second."""
    rng = np.random.default_rng(0)
    made = []
    for second in range(samples):
        values = {name: value(second) for name, value in changes.items()}
        base = replace(
            GOOD, second=float(second), rss_mb=500.0 + rng.normal(0, 2), frames_held=5 if second % 10 == 0 else -1
        )
        made.append(replace(base, **values))
    return Soak(made)


def test_everything_happens_and_every_fault_is_survived(world):
    outfits = [(Worn(world.load("tee-green")),), ()]

    def make(on_frame, on_status, observer):
        pipeline = world.build_pipeline()
        return LiveSession(
            pipeline,
            on_frame=on_frame,
            on_status=on_status,
            observer=observer,
            still=world.build_pipeline,
            within=(160, 90),
        )

    camera = FaultyCamera(SyntheticCamera((320, 180)), rate=60.0)
    told = []

    def tell(sample):
        told.append(sample)
        if len(run.result.faults) > len(FAULTS):  # however slow the machine is
            raise EnoughError

    run = SoakRun(camera, make, outfits, QUICK)
    with pytest.raises(EnoughError):
        run.run(600.0, tell)
    done = run.result
    assert told == done.samples
    assert {record.name for record in done.faults} == {fault.value for fault in FAULTS}
    for record in done.faults[:-1]:
        assert record.recovered_s is not None, record
        assert (record.noticed_s is None) == (Fault(record.name) in SILENT), record
    assert done.outfits > 20
    assert done.snapshots > 3
    assert done.people >= 1
    assert {sample.disturbed for sample in done.samples} == {True, False}
    held = [sample.frames_held for sample in done.samples if sample.frames_held >= 0]
    assert 0 < max(held) < 30
    assert done.stage_failures == 0  # measuring disturbs nobody


def test_pictures_are_counted_while_somebody_holds_them():
    pictures = Pictures()
    kept = [np.zeros((4, 4, 3), np.uint8) for _ in range(3)]
    for image in (*kept, *kept):
        pictures.add(image)
    pictures.add(np.zeros((4, 4, 3), np.uint8))  # gone at once
    assert len(pictures) == 3
    del kept, image
    assert len(pictures) == 0


def test_a_calm_run_misses_no_bar():
    result = evaluate(soak())
    assert result["failures"] == []
    slope = result["rss_slope_mb_per_hour"]
    assert slope["low"] < 0 < slope["high"] < 20


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"rss_mb": lambda second: 500 + second / 60}, "memory"),  # 60 MB an hour
        ({"handles": lambda second: 40 + second // 60}, "handles"),
        ({"threads": lambda second: 20 + second // 100}, "threads"),
        ({"frames_held": lambda second: 5 + second // 20 if second % 10 == 0 else -1}, "frames_held"),
        ({"fps": lambda second: 15.0 if second % 10 == 0 else 30.0}, "slowest"),
    ],
)
def test_each_kind_of_leak_is_found(changes, word):
    failures = evaluate(soak(**changes))["failures"]
    assert len(failures) == 1
    assert word in failures[0]


def test_what_happens_while_a_fault_stands_does_not_count_as_slow():
    disturbed = lambda second: second % 60 < 8  # noqa: E731
    done = soak(fps=lambda second: 0.0 if disturbed(second) else 30.0, disturbed=disturbed)
    done.faults = [FaultRecord("unplugged", 60.0, 0.1, 1.0), FaultRecord("garbage", 120.0, None, 0.1)]
    assert evaluate(done)["failures"] == []


def test_a_picture_that_never_came_back_and_a_fault_noticed_late_are_missed():
    done = soak()
    done.faults = [
        FaultRecord("unplugged", 60.0, 0.1, None),
        FaultRecord("black", 120.0, 2.5, 1.0),
        FaultRecord("frozen", 599.0, 1.5, None),  # the run ended before it could come back
    ]
    failures = evaluate(done)["failures"]
    assert ["no picture came back" in line for line in failures] == [True, False]
    assert "noticed after 2.5 s" in failures[1]


def test_the_slopes_interval_holds_the_truth_and_shrinks_with_time():
    rng = np.random.default_rng(1)
    inside, widths = 0, {}
    for minutes in (5, 30):
        for _ in range(60):
            seconds = np.arange(60.0 * minutes)
            found = slope_per_hour(seconds, 300 + 12 * seconds / 3600 + rng.normal(0, 3, seconds.size))
            inside += found["low"] <= 12 <= found["high"]
            widths[minutes] = found["high"] - found["low"]
    assert 105 <= inside <= 120  # 95 % of 120
    assert widths[30] < widths[5] / 5
    assert slope_per_hour([0.0, 1.0], [1.0, 2.0]) is None


@pytest.mark.parametrize("plots", [True, False])
def test_the_report_is_there_with_and_without_matplotlib(tmp_path, monkeypatch, plots):
    if plots:
        pytest.importorskip("matplotlib")
    else:
        monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    done = soak(60)
    names = write_report(tmp_path / "report", done, evaluate(done))
    assert ("soak.png" in names) == plots
    assert {path.name for path in (tmp_path / "report").iterdir()} == set(names)
    rows = list(csv.DictReader((tmp_path / "report" / "samples.csv").read_text("utf-8").splitlines()))
    assert len(rows) == 60
    assert float(rows[-1]["second"]) == 59.0
    assert json.loads((tmp_path / "report" / "result.json").read_text("utf-8"))["handles"]["most"] == 40


def test_short_runs_have_time_for_every_fault():
    assert Schedule.within(1800.0).fault == 60.0
    assert Schedule.within(210.0).fault * len(FAULTS) < 210.0
    assert Schedule.within(6.0).fault > Schedule.within(6.0).fault_lasts


@pytest.mark.parametrize("missed", [[], ["handles grew from 40 to 90"]])
def test_the_command_prints_the_result_and_ends_as_it_went(world, capsys, monkeypatch, tmp_path, missed):
    monkeypatch.setattr("tryon_app.commands.soaking.report._failures", lambda _result: missed)
    arguments = ["--source", "synthetic", "--garment", "tee-green", "--soak-output", str(tmp_path / "out"), "--json"]
    with pytest.raises(SystemExit) as ended:
        main(["bench", "--soak", "0.1", *arguments])
    said = capsys.readouterr()
    assert ended.value.code == (1 if missed else 0)
    assert json.loads(said.out)["failures"] == missed
    assert (tmp_path / "out" / "samples.csv").is_file()


def test_a_run_without_a_picture_is_one_line(world, capsys, tmp_path):
    film = tmp_path / "film.mp4"
    film.write_text("no film")
    with pytest.raises(SystemExit) as ended:
        main(["bench", "--soak", "0.1", "--source", str(film), "--garment", "tee-green"])
    assert ended.value.code == 1
    assert "not a video" in capsys.readouterr().err
