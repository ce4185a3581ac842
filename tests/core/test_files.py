import errno
import os
from pathlib import Path

import pytest

from tryon_app.core.errors import InputError, OutputError
from tryon_app.core.files import atomic_write, make_folder, output_error, write_text


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
