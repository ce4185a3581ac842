"""A `.task` bundle as MediaPipe wants it."""

import io
import struct
import zipfile

from tryon_app.inference.task_bundle import bundle


def test_members_are_stored_aligned_and_whole() -> None:
    members = {"pose_detector.tflite": b"x" * 1001, "b": b"", "pose_landmarks_detector.tflite": bytes(range(256))}
    data = bundle(members)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == list(members)
        for info in archive.infolist():
            assert info.compress_type == zipfile.ZIP_STORED
            name, extra = struct.unpack_from("<HH", data, info.header_offset + 26)
            assert (info.header_offset + 30 + name + extra) % 4 == 0
            assert archive.read(info) == members[info.filename]


def test_same_bytes_every_time() -> None:
    assert bundle({"a": b"1", "bc": b"22"}) == bundle({"a": b"1", "bc": b"22"})
