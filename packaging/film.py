"""A film made of one JPEG, without any encoder: Motion JPEG in AVI, which every FFmpeg reads."""

import struct

RATE = 10


def jpeg_size(data: bytes) -> tuple[int, int]:
    """Width and height of a JPEG.

    Raises:
        ValueError: It is none.
    """
    at = 2
    while data[:2] == b"\xff\xd8" and at + 9 < len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):  # start of frame, of whatever coding
            height, width = struct.unpack(">HH", data[at + 5 : at + 9])
            return width, height
        at += 2 + length
    raise ValueError("not a JPEG")


def motion_jpeg(picture: bytes, frames: int) -> bytes:
    """An AVI that shows a JPEG for a number of frames, `RATE` a second."""
    width, height = jpeg_size(picture)
    flags = 0x10  # has an index
    head = struct.pack("<14I", 1_000_000 // RATE, 0, 0, flags, frames, 0, 1, len(picture), width, height, 0, 0, 0, 0)
    stream = b"vidsMJPG" + struct.pack("<IHHIIIIIIII", 0, 0, 0, 0, 1, RATE, 0, frames, len(picture), 0xFFFFFFFF, 0)
    stream += struct.pack("<4H", 0, 0, width, height)
    form = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, b"MJPG", 3 * width * height, 0, 0, 0, 0)
    headers = _list(b"hdrl", _chunk(b"avih", head) + _list(b"strl", _chunk(b"strh", stream) + _chunk(b"strf", form)))
    one = _chunk(b"00dc", picture)
    index = b"".join(
        struct.pack("<4sIII", b"00dc", flags, 4 + number * len(one), len(picture)) for number in range(frames)
    )
    return _chunk(b"RIFF", b"AVI " + headers + _list(b"movi", one * frames) + _chunk(b"idx1", index))


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def _list(name: bytes, data: bytes) -> bytes:
    return _chunk(b"LIST", name + data)
