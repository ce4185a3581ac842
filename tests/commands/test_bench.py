"""`tryon bench` on the synthetic camera, with a pipeline that draws patches."""

import json
import time

import psutil
import pytest
from PIL import Image

KEYS = {
    "fps",
    "pose_only_fps",
    "frames",
    "dropped",
    "latency_ms",
    "stages",
    "peak_rss_mb",
    "providers",
    "width",
    "height",
    "startup_s",
}
STAGES = ["capture", "pose", "parse", "fit", "refine", "composite"]


@pytest.fixture
def bench(world, capsys):
    """Run the command: exit code, stdout, stderr."""
    from tryon_app.__main__ import main

    def run(*arguments: str) -> tuple[object, str, str]:
        with pytest.raises(SystemExit) as ended:
            main(["bench", "--seconds", "0.5", *arguments])
        said = capsys.readouterr()
        return ended.value.code, said.out, said.err

    return run


def test_the_json_holds_what_was_promised_and_nothing_else(bench, world) -> None:
    code, out, err = bench("--source", "synthetic", "--garment", "tee-green", "--json")
    assert (code, err) == (0, "")
    result = json.loads(out)
    assert set(result) == KEYS
    assert list(result["stages"]) == STAGES
    assert all(set(stage) == {"median_ms", "p95_ms"} for stage in result["stages"].values())
    assert all(0 <= stage["median_ms"] <= stage["p95_ms"] for stage in result["stages"].values())
    assert result["stages"]["refine"] == {"median_ms": 0.0, "p95_ms": 0.0}
    assert 0 < result["latency_ms"]["median"] <= result["latency_ms"]["p95"]
    assert result["frames"] > 0
    assert result["fps"] > 0
    assert result["pose_only_fps"] > 0
    assert result["startup_s"] > 0
    assert result["peak_rss_mb"] > 1
    assert world.pose.opened == ["video"]  # one session: dressed and plain blocks take turns in it


def test_dressed_and_plain_blocks_take_turns_in_one_run(world, monkeypatch) -> None:
    from tryon_app.commands import bench as module

    told: list[tuple[str, object]] = []

    class Session:
        def set_outfit(self, outfit):
            told.append(("outfit", len(outfit)))

        def set_paced(self, paced):
            told.append(("paced", paced))

        def stats(self):
            return type("Stats", (), {"dropped": sum(kind == "dressed" for kind, _ in told)})

    class Run(module._Run):
        def settle(self):
            told.append(("settle", ""))

        def count(self, seconds, *, collect):
            told.append(("dressed" if collect else "plain", round(seconds, 3)))
            return (60, seconds) if collect else (45, seconds)

    fps, plain, dropped = module._take_turns(Session(), Run(), ("a tee",), 6.0, True)
    block = [("dressed", 2.0), ("outfit", 0), ("paced", False), ("settle", ""), ("plain", 0.6)]
    assert told == [*block, ("outfit", 1), ("paced", True), ("settle", "")] * 3
    assert (round(fps), round(plain)) == (30, 75)
    assert dropped == 3  # those of the dressed blocks


def test_without_a_pace_nothing_is_dropped(bench, tmp_path) -> None:
    Image.new("RGB", (64, 48), (120, 90, 70)).save(tmp_path / "person.png")
    code, out, _ = bench("--source", str(tmp_path), "--garment", "tee-green", "--json")
    assert code == 0
    assert json.loads(out)["dropped"] == 0


@pytest.mark.parametrize(("size", "most"), [("320x180", (320, 180)), ("160x160", (160, 160))])
def test_larger_sources_are_scaled_into_the_size(bench, world, size, most) -> None:
    code, out, _ = bench("--source", "synthetic", "--garment", "tee-green", "--size", size, "--json")
    result = json.loads(out)
    assert code == 0
    assert max(result["width"] / most[0], result["height"] / most[1]) == 1.0
    assert set(world.pose.seen) == {(result["width"], result["height"])}


def test_people_read_a_table(bench) -> None:
    code, out, _ = bench("--source", "synthetic", "--garment", "tee-green", "--paced")
    assert code == 0
    for word in (*STAGES, "latency", "fps", "dropped", "first composite"):
        assert word in out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--source", "nowhere.mp4"), 1, "no source"),
        (("--source", "synthetic", "--garment", "tee-greem"), 1, "Did you mean tee-green?"),
        (("--source", "synthetic", "--size", "huge"), 2, "1280x720"),
    ],
)
def test_what_goes_wrong_is_one_line_with_a_remedy(bench, arguments, code, words) -> None:
    garment = () if "--garment" in arguments else ("--garment", "tee-green")
    ended, out, err = bench(*arguments, *garment, "--json")
    assert (ended, out) == (code, "")
    assert words in err
    assert len(err.strip().splitlines()) == 1


def test_a_source_without_people_is_measured_from_its_first_frame(bench, tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("tryon_app.commands.bench._PERSON_S", 0.2)
    monkeypatch.setattr("tryon_app.commands.bench._START_S", 30.0)
    Image.new("RGB", (64, 48), (0, 0, 0)).save(tmp_path / "nobody.png")
    before = time.time()
    code, out, _ = bench("--source", str(tmp_path), "--garment", "tee-green", "--json")
    result = json.loads(out)
    assert code == 0
    assert result["frames"] > 0
    assert result["stages"]["composite"]["p95_ms"] == 0.0
    assert 0 < result["startup_s"] < time.time() - psutil.Process().create_time()
    assert time.time() - before < 30.0


def test_a_file_that_is_no_video_is_said_instead_of_measured(bench, tmp_path) -> None:
    path = tmp_path / "film.mp4"
    path.write_text("not a film")
    code, out, err = bench("--source", str(path), "--garment", "tee-green", "--json")
    assert (code, out) == (1, "")
    assert "film.mp4 is not a video" in err
