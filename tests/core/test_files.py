import errno
import os
from pathlib import Path

import pytest

from tryon_app.core.errors import InputError, OutputError
from tryon_app.core.files import atomic_new, atomic_write, make_folder, output_error, part_writer, write_text


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_file_appears_only_when_the_block_has_ended(tmp_path):
    target = tmp_path / "out" / "deep" / "picture.png"
    with atomic_write(target) as part:
        assert part.parent == target.parent
        assert part.suffix == ".png"
        part.write_bytes(b"new")
        assert not target.exists()
    assert target.read_bytes() == b"new"
    assert names(target.parent) == ["picture.png"]


def test_a_failing_block_leaves_the_old_file_and_nothing_else(tmp_path):
    target = tmp_path / "a.txt"
    target.write_text("old")

    def fail():
        with atomic_write(target) as part:
            part.write_text("half")
            raise InputError("bad", "mend it")

    with pytest.raises(InputError):
        fail()
    assert target.read_text() == "old"
    assert "a.txt" in names(tmp_path)
    assert not [name for name in names(tmp_path) if ".part" in name]


def test_a_symbolic_link_is_followed(tmp_path):
    real = tmp_path / "real.txt"
    real.write_text("old")
    link = tmp_path / "link.txt"
    link.symlink_to(real)
    write_text(link, "new\n")
    assert link.is_symlink()
    assert real.read_bytes() == b"new\n"


def test_a_block_that_writes_nothing_is_an_error(tmp_path):
    with pytest.raises(OutputError, match="silent"), atomic_write(tmp_path / "silent.png"):
        pass


def test_a_folder_is_not_overwritten(tmp_path):
    (tmp_path / "folder").mkdir()
    with pytest.raises(OutputError) as caught:
        write_text(tmp_path / "folder", "x")
    assert "name of a file" in caught.value.remedy


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of this kind are POSIX")
def test_a_device_or_pipe_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OutputError, match="not an ordinary file"):
        write_text(tmp_path / "pipe", "x")
    assert (tmp_path / "pipe").is_fifo()


def test_a_parent_that_is_a_file_is_named(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(OutputError, match="file") as caught:
        write_text(tmp_path / "file" / "below" / "a.txt", "x")
    assert caught.value.remedy
    with pytest.raises(OutputError, match="a file has that name"):
        make_folder(tmp_path / "file")


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EACCES, "permissions"),
        (errno.EROFS, "read-only"),
        (errno.ENOTDIR, "a file, not a folder"),
        (errno.EIO, "connected"),
    ],
)
def test_the_remedy_follows_the_cause(tmp_path, code, remedy):
    def write():
        with atomic_write(tmp_path / "a.png") as part:
            part.write_bytes(b"some")
            raise OSError(code, os.strerror(code), str(part))

    with pytest.raises(OutputError) as caught:
        write()
    assert os.strerror(code) in caught.value.message
    assert remedy in caught.value.remedy
    assert not (tmp_path / "a.png").exists()
    assert not [name for name in names(tmp_path) if ".part" in name]


def test_an_error_without_a_number_is_readable():
    error = output_error(Path("x.mp4"), OSError("encoder said no"))
    assert "encoder said no" in error.message
    assert error.remedy


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_access(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(OutputError, match="closed"):
        write_text(closed / "a.txt", "x")


def test_a_new_file_takes_the_first_free_name_and_replaces_nothing(tmp_path):
    names_wanted = [tmp_path / "out" / f"shot{number}.png" for number in range(3)]
    for number in range(3):
        with atomic_new(names_wanted) as place:
            place[0].write_bytes(bytes([number]))
            assert place[0].suffix == ".png"
            assert not names_wanted[number].exists()
        assert place == [names_wanted[number]]
    assert [path.read_bytes() for path in names_wanted] == [b"\0", b"\1", b"\2"]
    assert names(tmp_path / "out") == ["shot0.png", "shot1.png", "shot2.png"]


def test_a_new_file_on_a_disk_without_hard_links(tmp_path, monkeypatch):
    def no_links(*_):
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "link", no_links)
    (tmp_path / "a.txt").write_text("old")
    with atomic_new([tmp_path / "a.txt", tmp_path / "b.txt"]) as place:
        place[0].write_text("new")
    assert place == [tmp_path / "b.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"
    assert names(tmp_path) == ["a.txt", "b.txt", "scratch"]


def test_a_new_file_that_fails_leaves_nothing(tmp_path):
    def fail():
        with atomic_new([tmp_path / "a.txt"]) as place:
            place[0].write_text("half")
            raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OutputError, match=r"a\.txt") as caught:
        fail()
    assert "disk is full" in caught.value.remedy
    assert names(tmp_path) == ["scratch"]


def test_incomplete_files_say_who_writes_them(tmp_path):
    with atomic_write(tmp_path / "film of me.mp4") as part:
        assert part_writer(part) == os.getpid()
        part.write_bytes(b"x")
    for name in ("film of me.mp4", ".hidden.part.mp4", ".x.12-zz345678.part.mp4", "x.12-01234567.part.mp4"):
        assert part_writer(tmp_path / name) is None
