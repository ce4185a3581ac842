"""`tryon render --pairs`: row by row, whatever a row holds."""

import csv
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tryon_app.commands.rendering.tables import Row, read_table
from tryon_app.core.errors import InputError, UsageError

Tryon = Callable[..., tuple[int, str]]
Photo = Callable[..., Path]


def table(path: Path, *rows: str, header: str = "person,garment,slot", ends: str = "\n", bom: bool = False) -> Path:
    text = ends.join((header, *rows)) + ends
    path.write_bytes(text.encode("utf-8-sig" if bom else "utf-8"))
    return path


def report(folder: Path) -> list[dict[str, str]]:
    with (folder / "report.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pixels(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_all_rows(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    photo("data/people/Jürgen 李.png", size=(50, 60))
    photo("data/people/small.jpg", size=(40, 30))
    photo("data/clothes/red shirt.png", (200, 10, 10))
    rows = [
        "people/Jürgen 李.png,clothes/red shirt.png,top",
        "people/small.jpg,clothes/red shirt.png,",
        "people/small.jpg,tee-green,top",
    ]
    pairs = table(tmp_path / "data" / "pairs.csv", *rows)
    code, said = tryon("render", "--pairs", pairs, "--output", tmp_path / "new" / "out")
    assert code == 0
    assert "3 of 3 rows ok" in said
    out = tmp_path / "new" / "out"
    names = {f"{index:04d}{end}" for index in range(3) for end in (".png", ".layer.png")} | {"report.csv"}
    assert {entry.name for entry in out.iterdir()} == names
    lines = report(out)
    assert [line["row"] for line in lines] == ["0", "1", "2"]
    assert all(line["status"] == "ok" and line["message"] == "" and int(line["ms"]) >= 0 for line in lines)
    assert list(lines[0]) == ["row", "status", "message", "ms"]
    for index, size in enumerate([(50, 60), (40, 30), (40, 30)]):
        assert pixels(out / f"{index:04d}.png").shape == (size[1], size[0], 3)
        assert pixels(out / f"{index:04d}.layer.png").shape == (size[1], size[0], 4)
    assert np.abs(pixels(out / "0000.layer.png")[10, 12].astype(int) - (200, 10, 10, 128)).max() <= 1


def test_models_start_once_and_garments_are_imported_once_a_slot(
    world, tryon: Tryon, photo: Photo, tmp_path: Path
) -> None:
    photo("me.png")
    photo("shirt.png", (200, 10, 10))
    photo("white.png", (255, 255, 255))
    rows = ["me.png,shirt.png,top"] * 3 + ["me.png,./shirt.png,", "me.png,shirt.png,"] + ["me.png,white.png,"] * 2
    code, _ = tryon("render", "--pairs", table(tmp_path / "p.csv", *rows), "--output", tmp_path / "out")
    assert code == 1
    assert world.built == 1
    assert world.pose.opened == ["image"]
    assert world.pose.resets == 5
    assert world.imports == {("shirt.png", "top"): 1, ("shirt.png", None): 1, ("white.png", None): 1}


def test_bad_rows_do_not_stop_the_others(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    photo("me.png")
    photo("dark.png", (0, 0, 0))
    photo("odd.png", (7, 7, 77))
    photo("hungry.png", (8, 8, 88))
    photo("white.png", (255, 255, 255))
    (tmp_path / "text.png").write_text("no picture")
    world.pose.raises = {(7, 7, 77): lambda: ZeroDivisionError("by a\nzero"), (8, 8, 88): MemoryError}
    bad = {
        "missing.png,tee-green,top": "does not exist",
        "text.png,tee-green,top": "not a picture",
        "dark.png,tee-green,top": "Nobody was found",
        "me.png,white.png,": "No garment was found",
        "me.png,nothing,": "no garment called 'nothing'",
        "me.png,tee-green,hat": "no slot 'hat'",
        "me.png": "names no garment",
        ",tee-green,top": "names no person",
        "odd.png,tee-green,": "ZeroDivisionError: by a zero",
        "hungry.png,tee-green,": "memory",
        ".,tee-green,": "folder",
    }
    rows = [row for one in bad for row in (one, "me.png,tee-green,TOP")]
    code, said = tryon("render", "--pairs", table(tmp_path / "p.csv", *rows), "--output", tmp_path / "out")
    assert code == 1
    assert f"{len(bad)} of {len(rows)} rows ok" in said
    lines = report(tmp_path / "out")
    assert [line["status"] for line in lines] == ["error", "ok"] * len(bad)
    for line, part in zip(lines[::2], bad.values(), strict=True):
        assert part in line["message"]
    assert len(list((tmp_path / "out").glob("*.png"))) == 2 * len(bad)


def test_what_is_not_in_the_picture(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    photo("selfie.png")
    pairs = table(tmp_path / "p.csv", "selfie.png,jeans,bottom")
    assert tryon("render", "--pairs", pairs, "--output", tmp_path / "out")[0] == 0
    assert report(tmp_path / "out")[0]["status"] == "ok"
    assert report(tmp_path / "out")[0]["message"] == "jeans: the legs are not in the picture"
    layer = pixels(tmp_path / "out" / "0000.layer.png")
    assert layer.shape == (30, 40, 4)
    assert not layer[..., 3].any()


def test_a_row_that_fails_now_leaves_no_result_of_an_earlier_run(
    world, tryon: Tryon, photo: Photo, tmp_path: Path
) -> None:
    photo("me.png")
    arguments = ("render", "--pairs", table(tmp_path / "p.csv", "me.png,tee-green,"), "--output", tmp_path / "out")
    assert tryon(*arguments)[0] == 0
    (tmp_path / "me.png").unlink()
    assert tryon(*arguments)[0] == 1
    assert [entry.name for entry in (tmp_path / "out").iterdir()] == ["report.csv"]


def test_interrupted_the_report_says_how_far_it_went(world, tryon: Tryon, photo: Photo, tmp_path: Path) -> None:
    photo("me.png")
    photo("stop.png", (9, 9, 99))
    world.pose.raises[9, 9, 99] = KeyboardInterrupt
    pairs = table(tmp_path / "p.csv", "me.png,tee-green,", "stop.png,tee-green,", "me.png,tee-green,")
    code, said = tryon("render", "--pairs", pairs, "--output", tmp_path / "out")
    assert (code, said) == (130, "")
    assert [line["row"] for line in report(tmp_path / "out")] == ["0"]
    assert sorted(entry.name for entry in (tmp_path / "out").iterdir()) == ["0000.layer.png", "0000.png", "report.csv"]


def test_report_that_cannot_be_written_stops_before_the_models_start(
    world, tryon: Tryon, photo: Photo, tmp_path: Path
) -> None:
    photo("me.png")
    (tmp_path / "out").write_text("a file")
    pairs = table(tmp_path / "p.csv", "me.png,tee-green,")
    code, said = tryon("render", "--pairs", pairs, "--output", tmp_path / "out")
    assert code == 1
    assert "out" in said
    assert world.built == 0


@pytest.mark.parametrize("bom", [False, True])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_tables_of_all_makes(tmp_path: Path, ends: str, bom: bool) -> None:
    rows = ['"a, b.png", shirt.png ,top', "", "c.png,d.png", "e.png,f.png,,more"]
    path = table(tmp_path / "p.csv", *rows, header=" Person,GARMENT,slot,comment", ends=ends, bom=bom)
    assert read_table(path) == [
        Row("a, b.png", "shirt.png", "top"),
        Row("c.png", "d.png", ""),
        Row("e.png", "f.png", ""),
    ]


def test_columns_in_another_order(tmp_path: Path) -> None:
    assert read_table(table(tmp_path / "p.csv", "top,g,p", header="slot,garment,person")) == [Row("p", "g", "top")]


@pytest.mark.parametrize("missing", ["person", "garment", "slot"])
def test_missing_column_is_named(tmp_path: Path, missing: str) -> None:
    header = ",".join(name for name in ("person", "garment", "slot") if name != missing)
    with pytest.raises(UsageError, match=f"no column '{missing}'") as caught:
        read_table(table(tmp_path / "p.csv", "a,b", header=header))
    assert "person,garment,slot" in caught.value.remedy


def test_tables_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        read_table(tmp_path / "no.csv")
    empty = tmp_path / "empty.csv"
    empty.touch()
    with pytest.raises(UsageError, match="'person'"):
        read_table(empty)
    (tmp_path / "latin.csv").write_bytes("person,garment,slot\nJürgen.png,a,\n".encode("latin-1"))
    with pytest.raises(InputError, match="UTF-8"):
        read_table(tmp_path / "latin.csv")
    (tmp_path / "open.csv").write_text('person,garment,slot\n"never closed,a,\n')
    with pytest.raises(UsageError, match="not a CSV table"):
        read_table(tmp_path / "open.csv")
