"""Shards: the same bytes for the same samples, nothing half, nothing pickled."""

import io
import tarfile

import numpy as np
import pytest

from tryon_app.core.errors import InputError
from tryon_app.training.shards import SampleStore, decode_array, decode_picture, read_shard, write_shard


def test_what_is_written_is_read(tmp_path, sample_of):
    samples = [sample_of(3), sample_of(4)]
    write_shard(tmp_path / "shard-00000.tar", samples)
    found = dict(read_shard(tmp_path / "shard-00000.tar"))
    assert list(found) == ["0000003", "0000004"]
    for key, members in found.items():
        whole = {f"{key}.{name}": content for name, content in members.items()}
        assert whole == samples[int(key) - 3]
    only = dict(read_shard(tmp_path / "shard-00000.tar", ["before.jpg"]))
    assert {tuple(members) for members in only.values()} == {("before.jpg",)}


def test_the_same_samples_give_the_same_file(tmp_path, sample_of):
    first = write_shard(tmp_path / "a.tar", [sample_of(1)])
    assert write_shard(tmp_path / "b.tar", [sample_of(1)]) == first
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    assert write_shard(tmp_path / "c.tar", [sample_of(2)]) != first


def test_a_shard_that_fails_half_way_does_not_appear(tmp_path, sample_of):
    def samples():
        yield sample_of(1)
        raise RuntimeError("the generator died")

    with pytest.raises(RuntimeError, match="died"):
        write_shard(tmp_path / "shard-00000.tar", samples())
    assert list(tmp_path.glob("*.tar")) == []


def test_the_store_takes_what_appears_later(shards, sample_of):
    store = SampleStore(shards, ["before.jpg"])
    assert store.refresh() == 16
    assert store.refresh() == 0
    write_shard(shards / "shard-00002.tar", [sample_of(99)])
    assert store.refresh() == 1
    assert store.key(16) == "0000099"
    assert store.shards == ("shard-00000.tar", "shard-00001.tar", "shard-00002.tar")
    assert SampleStore(shards, most=1).refresh() == 8  # whole shards


def test_a_damaged_shard_says_so(tmp_path):
    path = tmp_path / "shard-00000.tar"
    path.write_bytes(b"no tar" * 200)
    with pytest.raises(InputError, match=r"shard-00000\.tar cannot be read"):
        SampleStore(tmp_path).refresh()
    with tarfile.open(path, "w") as archive:
        archive.addfile(tarfile.TarInfo("nameless"))
    with pytest.raises(InputError, match="no part of a sample"):
        SampleStore(tmp_path).refresh()


def test_arrays_of_objects_and_broken_pictures_are_refused():
    file = io.BytesIO()
    np.save(file, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(InputError):
        decode_array(file.getvalue())
    with pytest.raises(InputError):
        decode_array(b"")
    with pytest.raises(InputError):
        decode_picture(b"no picture")
